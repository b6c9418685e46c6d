import type { Pair } from "../../../core/entries.ts"
import type { QueueEnded } from "./events.ts"
import type { Verb } from "./state.ts"
import { Values } from "./values.ts"
import type { DoingOf, Open, Work } from "./work.ts"

/** Source: "TwiML Enqueue". */
const nameLengthMax = 64

/**
 * Puts the call into a queue.
 *
 * Refuses a queue without a name, or with one that is too long (14204, 14205), and a task that is no JSON (14221): the action is
 *         told `error`, or the next verb follows
 * Source  "TwiML Enqueue"; errors 14201 to 14221
 */
export const enqueue = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const name = verb.text.trim()
  const workflow = values.text("workflowSid") ?? null
  const task = verb.nouns.find((noun) => noun.name === "Task")?.text ?? null
  const method = values.method("method", 14201)
  const url = values.url("action", 14203)
  const action = url === null ? null : { method, url }
  const wrong =
    name === "" && workflow === null
      ? 14204
      : name.length > nameLengthMax
        ? 14205
        : task !== null && !isJson(task)
          ? 14221
          : undefined
  if (wrong !== undefined) {
    work.alert({ code: wrong, detail: wrong === 14221 ? "<Task> is no JSON" : name.slice(0, 100) })
    work.line({ what: "left-queue", result: "error" })
    work.tell(frame, action, "enqueue-action", [["QueueResult", "error"]])
    return
  }
  const id = work.id()
  const maxSize = values.number("maxQueueSize", { or: 0, min: 1, max: 5_000, code: 12200 })
  work.line({ what: "queued", name })
  work.order({ type: "enqueue", id, name, workflow_sid: workflow, task, max_size: maxSize === 0 ? null : maxSize })
  const wait_url = values.target("waitUrl", "waitUrlMethod", 14202, 14206)
  frame.doing = { what: "queued", id, action, since: work.at, wait_url }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** How the call came out of its queue, told to the action. */
export const queueEnded = (work: Work, frame: Open, { action }: DoingOf<"queued">, ended: QueueEnded): void => {
  const { duration, result, sid } = ended
  work.line({ what: "left-queue", result })
  const params: ReadonlyArray<Pair> = [
    ["QueueResult", result],
    ...(sid === null ? [] : [["QueueSid", sid] as const, ["QueueTime", String(duration)] as const]),
  ]
  work.tell(frame, action, "enqueue-action", params)
}
