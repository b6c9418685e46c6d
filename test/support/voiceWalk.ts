import { deepStrictEqual } from "node:assert"
import type { VoiceEvent } from "../../src/carriers/twilio/voice/events.ts"
import { begin, type Call, isDone, type Step, step } from "../../src/carriers/twilio/voice/interpreter.ts"
import type { Order } from "../../src/carriers/twilio/voice/orders.ts"
import type { VoiceState } from "../../src/carriers/twilio/voice/state.ts"
import { canonical } from "../../src/core/canonical.ts"
import { limits } from "../../src/core/limits.ts"

/** A whole number from 0, less than `n`. */
type Below = (n: number) => number

/** Documents as an application may answer them, with their type. */
export type Documents = () => readonly [text: string, contentType: string | null]

type Awaited = Extract<
  Order["type"],
  "wait" | "fetch" | "dial" | "join-conference" | "enqueue" | "record" | "end-recording" | "send-sms"
>

/**
 * A call in which anything may happen: events are drawn, most of them answers to what was ordered, some too late or for no order at all.
 *
 * Throws when a step breaks what must always hold: states and orders are canonical JSON; the same step of a copy is the same; a call
 * that is not over waits for something; an `id` is new, and `stop` names an order that is still waited for; limits hold; and
 * once the call is hung up and all is answered, nothing is left.
 */
export class VoiceWalk {
  readonly #below: Below
  readonly #documents: Documents
  readonly #open = new Map<number, Awaited>()
  #step: Step
  #now = 0
  #highest = 0
  #ended = false

  constructor(below: Below, documents: Documents) {
    this.#below = below
    this.#documents = documents
    const [twiml] = documents()
    const call: Call = {
      at: 0,
      by: below(3) === 0 ? { twiml } : { method: "POST", url: "https://app.example/voice" },
      fallback: below(3) === 0 ? { method: "GET", url: "https://app.example/fallback" } : null,
      role: below(4) === 0 ? "whisper" : "call",
      answered: below(2) === 0,
      play_ms: 1 + below(10_000),
    }
    this.#step = begin(call)
    deepStrictEqual(begin(call), this.#step)
    this.#check(this.#step)
  }

  get state(): VoiceState {
    return this.#step.state
  }

  /** Lets so many events happen, hangs up, and answers what is still to be told. */
  run(events: number): void {
    for (let i = 0; i < events && !isDone(this.state); i++) this.#happens(this.#event())
    this.#happens({ type: "hung-up", at: this.#now })
    for (const [id, awaited] of [...this.#open])
      for (const event of endings(awaited, id, this.#now)) this.#happens(event)
    if (!isDone(this.state)) throw new Error(`something is left: ${JSON.stringify(this.state)}`)
    for (const event of this.#anyEvents()) {
      const after = step(this.state, event)
      deepStrictEqual(after, { state: this.state, orders: [] })
    }
  }

  #happens(event: VoiceEvent): void {
    const before = this.state
    this.#forget(event)
    if (event.type === "hung-up") this.#ended = true
    const after = step(before, event)
    const copy: VoiceState = JSON.parse(canonical(before))
    deepStrictEqual(step(copy, event), after)
    this.#check(after)
  }

  /** An answer closes its order, but for those that have several. */
  #forget(event: VoiceEvent): void {
    const { type } = event
    if (!("id" in event) || type.startsWith("conference-") || type === "queue-entered" || type === "queue-bridged")
      return
    const awaited = this.#open.get(event.id)
    if (awaited !== undefined && answersOf(awaited).includes(type)) this.#open.delete(event.id)
  }

  #check(after: Step): void {
    const { orders, state } = after
    if (canonical(state).length > limits.entryBytesMax) throw new Error("the state is too large for an entry")
    canonical(orders)
    for (const order of orders) this.#obey(order)
    if (state.documents > limits.callDocumentsMax) throw new Error("there are too many documents")
    if (state.documents_at_once > limits.callRedirectsMax) throw new Error("there are too many documents at once")
    if (state.frames.length > 2) throw new Error("there are too many frames")
    const waits = state.frames.at(-1)?.doing.what !== "nothing"
    if (!state.over && !waits) throw new Error(`nothing is waited for: ${JSON.stringify(state)}`)
    if (state.over && !this.#ended) throw new Error("it is over without an order")
    this.#step = after
  }

  #obey(order: Order): void {
    if (order.type === "hang-up" || order.type === "reject" || order.type === "bridge") this.#ended = true
    if (order.type === "stop") {
      if (!this.#open.has(order.id)) throw new Error(`nobody waits for ${JSON.stringify(order)}`)
      if (!order.answer) this.#open.delete(order.id)
      return
    }
    if (order.type === "end-recording") {
      if (this.#open.get(order.id) !== "record") throw new Error("what is no recording ends")
      if (order.ms > 0) this.#open.set(order.id, order.type)
      else this.#open.delete(order.id)
      return
    }
    if (!("id" in order) || order.type === "leave") return
    if (order.id <= this.#highest) throw new Error(`the id of ${JSON.stringify(order)} is not new`)
    this.#highest = order.id
    if (order.type === "wait" && !(order.ms >= 1)) throw new Error("a wait is none")
    const answered = (order.type !== "fetch" || !order.final) && (order.type !== "send-sms" || order.answer)
    if (answered) this.#open.set(order.id, order.type)
  }

  #event(): VoiceEvent {
    this.#now += this.#below(3) === 0 ? this.#below(10_000) : 0
    const open = [...this.#open]
    const [id, awaited] = open[this.#below(Math.max(1, open.length))] ?? [this.#below(50), "wait" as const]
    const at = this.#now
    switch (this.#below(14)) {
      case 0:
        return { type: "pressed", at, digits: pick(this.#below, ["1", "#", "*", "12#", "1*2", "x", "0123456789"]) }
      case 1:
        return {
          type: "spoke",
          at,
          text: pick(this.#below, ["Yes", "", "I want sales"]),
          confidence_bp: this.#below(10_001),
        }
      case 2:
        return pick(this.#below, this.#anyEvents())
      case 3:
        return this.#below(8) === 0 ? { type: "hung-up", at } : { type: "answered", at }
      case 4:
        if (this.#below(4) === 0)
          return {
            type: "replaced",
            at,
            by: { twiml: this.#documents()[0] },
            ...(this.#below(2) === 0 ? {} : { fallback: null }),
          }
        return { type: "pressed", at, digits: "5" }
      default:
        return this.#answer(id, awaited)
    }
  }

  #answer(id: number, awaited: Awaited): VoiceEvent {
    if (awaited === "wait") this.#now += this.#below(2)
    const at = this.#now
    if (awaited === "fetch" && this.#below(10) > 0) {
      const [text, content_type] = this.#documents()
      return { type: "document", at, id, text, content_type }
    }
    return pick(this.#below, endings(awaited, id, at, this.#below(2) === 0))
  }

  #anyEvents(): ReadonlyArray<VoiceEvent> {
    const at = this.#now
    const id = this.#highest + 1 + this.#below(5)
    const kinds: ReadonlyArray<Awaited> = [
      "wait",
      "fetch",
      "dial",
      "join-conference",
      "enqueue",
      "end-recording",
      "send-sms",
    ]
    return kinds.flatMap((kind) => endings(kind, id, at, true))
  }
}

const pick = <A>(below: Below, list: ReadonlyArray<A>): A => list[below(list.length)] as A

const recording = { sid: "RE1", url: "https://api.example/RE1", duration: 3 }

/** Events that answer an order; with `all` those too that leave it open. */
const endings = (awaited: Awaited, id: number, at: number, all = false): ReadonlyArray<VoiceEvent> => {
  switch (awaited) {
    case "wait":
      return [{ type: "elapsed", at, id }]
    case "fetch":
      return [{ type: "document-failed", at, id, code: 11200, detail: "no answer in time" }]
    case "dial": {
      const common = { type: "child-ended", at, id, sid: "CA2", duration: 5 } as const
      return [
        { ...common, status: "completed", bridged: true, recording },
        { ...common, status: "busy", bridged: false, recording: null },
      ]
    }
    case "join-conference":
      return [
        { type: "conference-left", at, id, sid: "CF1", duration: 7, recording: null },
        ...(all
          ? ([
              { type: "conference-waits", at, id },
              { type: "conference-started", at, id },
            ] as const)
          : []),
      ]
    case "enqueue":
      return [
        { type: "queue-ended", at, id, result: "leave", sid: "QU1", duration: 7 },
        ...(all
          ? ([
              { type: "queue-entered", at, id },
              { type: "queue-bridged", at, id },
            ] as const)
          : []),
      ]
    case "record":
    case "end-recording":
      return [{ type: "recorded", at, id, recording }]
    case "send-sms":
      return [{ type: "sms-sent", at, id, sid: "SM1", status: "queued" }]
  }
}

const answersOf = (awaited: Awaited): ReadonlyArray<VoiceEvent["type"]> =>
  awaited === "fetch"
    ? ["document", "document-failed"]
    : awaited === "record"
      ? []
      : endings(awaited, 0, 0).map(({ type }) => type)
