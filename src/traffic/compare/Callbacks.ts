import type { Pair } from "../../core/entries.ts"
import { paramsOf } from "../../core/traffic/about.ts"
import { headerOf, isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import type { WireRequest } from "../../network/nodeClient.ts"
import { eventOf, subjectOf } from "../story.ts"
import type { Difference } from "./Comparison.ts"
import { type Comparing, compareParams } from "./fields.ts"
import type { Sids } from "./Sids.ts"

/** A webhook or callback that the run made. */
interface MadeCallback {
  readonly at: number
  readonly method: string
  readonly event: string
  readonly subject: string
  readonly params: ReadonlyArray<Pair>
}

/** What the application answered: the same to what was made as to what was recorded. */
export interface AnswerGiven {
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

/** Webhooks and callbacks of a recording, in the order in which they happened, and those that a run makes, as they find each other. */
export class Callbacks {
  readonly #recorded: ReadonlyArray<RecordedExchange>
  /** Those that nothing was made for yet, by what they are about and what they report. */
  readonly #open = new Map<string, Array<RecordedExchange>>()
  readonly #pairs: Array<{ readonly recorded: RecordedExchange; readonly made: MadeCallback }> = []
  readonly #more: Array<MadeCallback> = []
  readonly #by: Comparing
  readonly #sids: Sids
  #asking = ""

  constructor(recorded: ReadonlyArray<RecordedExchange>, by: Comparing) {
    this.#recorded = recorded
    this.#by = by
    this.#sids = by.sids
    for (const exchange of recorded) {
      const key = keyOf(paramsOf(exchange.request), exchange.request.url)
      const alike = this.#open.get(key)
      if (alike === undefined) this.#open.set(key, [exchange])
      else alike.push(exchange)
    }
  }

  /** What the run is asked for just now: a SID that comes up and is not known stands for this one. */
  asking(sid: string): void {
    this.#asking = sid
  }

  /** Gives what the application answered. A rejection is a connection that was reset. */
  async answer(request: WireRequest, at: number): Promise<AnswerGiven> {
    const { body = "", method, url } = request
    const params = paramsOf({ method, url, headers: formType, body: { text: body } })
    const subject = subjectOf(params)
    if (this.#asking !== "" && this.#sids.toRecorded(subject) === subject) this.#sids.same(this.#asking, subject)
    const made: MadeCallback = { at, method, event: eventOf(params, url), subject, params }
    const recorded = this.#open.get(`${this.#sids.toRecorded(subject)} ${made.event}`)?.shift()
    if (recorded === undefined) {
      this.#more.push(made)
      return { status: 200 }
    }
    this.#pairs.push({ recorded, made })
    const { answer } = recorded
    if (!isAnswered(answer)) throw new Error(answer.failed)
    return {
      status: answer.status,
      body: this.#sids.toMade(textOf(answer.body) ?? ""),
      contentType: headerOf(answer.headers, "content-type") ?? "",
    }
  }

  /** How they fare beside each other. What was made after the recording's end, or without any webhook in it, is not one too many. */
  compared(end: number) {
    const differences: Array<Difference> = []
    let fields = 0
    let same = 0
    for (const { made, recorded } of this.#pairs) {
      const { at, n, request } = recorded
      const { compared, differences: found } = compareParams(paramsOf(request), made.params, this.#by)
      const method =
        request.method === made.method ? [] : [{ field: "method", recorded: request.method, made: made.method }]
      fields += compared + 1
      if (found.length + method.length === 0) same++
      for (const each of [...method, ...found])
        differences.push({ n, at, what: "callback", title: titleOf(made.event), ...each })
    }
    for (const { at, n, request } of [...this.#open.values()].flat()) {
      const event = eventOf(paramsOf(request), request.url)
      differences.push({
        n,
        at,
        what: "callback",
        title: titleOf(event),
        field: "callback",
        recorded: event,
        made: "nothing",
      })
    }
    const more = this.#recorded.length === 0 ? [] : this.#more.filter(({ at }) => at <= end)
    let before = 0
    for (const { at, event, subject } of more) {
      while ((this.#recorded[before]?.at ?? Number.POSITIVE_INFINITY) <= at) before++
      const n = this.#recorded[before - 1]?.n ?? 0
      const about = this.#sids.toRecorded(subject)
      differences.push({
        n,
        at,
        what: "callback",
        title: titleOf(event),
        field: "callback",
        recorded: "nothing",
        made: `${event} of ${about}`,
      })
    }
    return { compared: this.#recorded.length + more.length, same, fields, differences }
  }
}

const formType: ReadonlyArray<Pair> = [["content-type", "application/x-www-form-urlencoded"]]

const keyOf = (params: ReadonlyArray<Pair>, url: string): string => `${subjectOf(params)} ${eventOf(params, url)}`

const titleOf = (event: string): string => `callback ${event.replace(/^(\S+) /, "$1 to ")}`
