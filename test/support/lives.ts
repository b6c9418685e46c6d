/** An entry as far as the lives of calls and messages are in it; `data` is JSON. */
interface Told {
  readonly type: string
  readonly subject: string
  readonly data: string
}

/**
 * What may follow a status; nothing follows one that is not here. Written down without the rules, which are to be found out by it.
 * Sources: "Call resource", call status values; "Outbound message status in status callbacks".
 */
const follows: { readonly [kind: string]: { readonly [status: string]: ReadonlyArray<string> } } = {
  call: {
    queued: ["initiated", "busy", "no-answer", "failed", "canceled"],
    initiated: ["ringing", "busy", "no-answer", "failed", "canceled"],
    ringing: ["in-progress", "busy", "no-answer", "failed", "canceled"],
    "in-progress": ["completed"],
  },
  message: {
    accepted: ["queued", "failed"],
    scheduled: ["queued", "failed", "canceled"],
    queued: ["sending", "failed"],
    sending: ["sent"],
    sent: ["delivered", "undelivered"],
  },
}

/** Follows the statuses of calls and messages through a log, and says where one comes that cannot come. */
export class Lives {
  /** The last status by SID. */
  readonly #last = new Map<string, string>()

  /** What is wrong with an entry, read after all that are before it. */
  take({ data, subject, type }: Told): string | undefined {
    const [kind = "", what] = type.split(".")
    if (!Object.hasOwn(follows, kind) || (what !== "created" && what !== "status-changed")) return undefined
    const { status } = JSON.parse(data) as { status: string }
    const last = this.#last.get(subject)
    this.#last.set(subject, status)
    if (what === "created") return last === undefined ? undefined : `${subject} is created again, after ${last}`
    if (last === undefined) return `${subject} is ${status} and was never created`
    return follows[kind]?.[last]?.includes(status) ? undefined : `${subject} is ${status} after ${last}`
  }
}

/** What is wrong with the lives in a whole log, the first ten. */
export const brokenLives = (entries: Iterable<Told>): ReadonlyArray<string> => {
  const lives = new Lives()
  const problems: Array<string> = []
  for (const entry of entries) {
    const problem = lives.take(entry)
    if (problem !== undefined && problems.length < 10) problems.push(problem)
  }
  return problems
}
