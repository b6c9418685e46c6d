import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { VoiceEvent } from "../../src/carriers/twilio/voice/events.ts"
import { begin, type Call, isDone, type Step, step } from "../../src/carriers/twilio/voice/interpreter.ts"
import type { Fetch, Line, Order, Wait } from "../../src/carriers/twilio/voice/orders.ts"
import { canonical } from "../../src/core/canonical.ts"

/** The orders of a kind that a step gave. */
export const ordersOf = <Type extends Order["type"]>(
  { orders }: { readonly orders: ReadonlyArray<Order> },
  type: Type,
): ReadonlyArray<Extract<Order, { readonly type: Type }>> =>
  orders.filter((order): order is Extract<Order, { readonly type: Type }> => order.type === type)

/** What an event has besides the instant, which the call knows. */
type Happening = VoiceEvent extends infer Event ? (Event extends VoiceEvent ? Omit<Event, "at"> : never) : never

export const base = "https://app.example/voice"

/** A call under test: it keeps the time, and what its orders are still waited for. */
export class TestCall {
  now = 0
  step: Step
  /** All orders so far. */
  readonly given: Array<Order> = []
  readonly #waits = new Map<number, { readonly due: number; readonly order: Wait }>()

  constructor(call: Partial<Call> = {}) {
    const whole: Call = {
      at: 0,
      by: { method: "POST", url: base },
      fallback: null,
      role: "call",
      answered: true,
      play_ms: 5_000,
      ...call,
    }
    this.step = begin(whole)
    this.#keep()
  }

  /** Orders of the last step. */
  get orders(): ReadonlyArray<Order> {
    return this.step.orders
  }

  get done(): boolean {
    return isDone(this.step.state)
  }

  /** Orders of the last step but for lines of the transcript and waits. */
  get acts(): ReadonlyArray<Order> {
    return this.orders.filter(({ type }) => type !== "line" && type !== "wait")
  }

  /** The transcript of the last step. */
  get lines(): ReadonlyArray<Line> {
    return ordersOf(this, "line").map(({ line }) => line)
  }

  get alerts(): ReadonlyArray<number> {
    return ordersOf(this, "alert").map(({ code }) => code)
  }

  /** The only fetch of the last step. */
  get fetch(): Fetch {
    const [fetch, ...more] = ordersOf(this, "fetch")
    if (fetch === undefined || more.length > 0) throw new Error(`no single fetch in ${JSON.stringify(this.orders)}`)
    return fetch
  }

  /** Ms until what is waited for next. */
  get wait(): number | undefined {
    const dues = [...this.#waits.values()].map(({ due }) => due)
    return dues.length === 0 ? undefined : Math.min(...dues) - this.now
  }

  /** The last order of a kind. */
  last<Type extends Order["type"]>(type: Type): Extract<Order, { readonly type: Type }> {
    const found = ordersOf({ orders: this.given }, type).at(-1)
    if (found === undefined) throw new Error(`no ${type} was ordered`)
    return found
  }

  happens(happening: Happening): this {
    this.step = step(this.step.state, { ...happening, at: this.now } as VoiceEvent)
    this.#keep()
    return this
  }

  /** Lets so much time pass, or all until the next wait is over; what is due then happens. */
  passes(ms = this.wait ?? 0): this {
    const until = this.now + ms
    for (;;) {
      const [next] = [...this.#waits.values()].sort((a, b) => a.due - b.due)
      if (next === undefined || next.due > until) break
      this.now = next.due
      this.#waits.delete(next.order.id)
      this.happens({ type: "elapsed", id: next.order.id })
      if (next.due === until) break
    }
    this.now = until
    return this
  }

  /** Answers the last fetch with these verbs. */
  gets(verbs: string): this {
    return this.answers(`<Response>${verbs}</Response>`)
  }

  answers(text: string, content_type: string | null = "text/xml"): this {
    return this.happens({ type: "document", id: this.last("fetch").id, text, content_type })
  }

  presses(digits: string): this {
    return this.happens({ type: "pressed", digits })
  }

  says(text: string, ms?: number): this {
    return this.happens({ type: "spoke", text, confidence_bp: 9_000, ...(ms === undefined ? {} : { ms }) })
  }

  #keep(): void {
    // Every state a test reaches is one that the log could hold, and a copy of it is as good.
    deepStrictEqual(JSON.parse(canonical(this.step.state)), this.step.state)
    canonical(this.orders)
    for (const order of this.orders) {
      this.given.push(order)
      if (order.type === "wait") this.#waits.set(order.id, { due: this.now + order.ms, order })
      else if (order.type === "stop" && order.of === "wait") strictEqual(this.#waits.delete(order.id), true)
    }
  }
}

/** A call that carries out these verbs, from a document at `base`. */
export const callOf = (verbs: string, call: Partial<Call> = {}): TestCall => new TestCall(call).gets(verbs)
