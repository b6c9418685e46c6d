import type { VoiceEvent } from "./events.ts"
import type { Order, Target } from "./orders.ts"
import type { VoiceState } from "./state.ts"

/*
 * TwiML of calls, carried out: a pure step from a state and an event to a state and orders.
 *
 *   begin(call) ──> orders ──> the driver obeys ──> events ──> step(state, event) ──> orders …
 *
 * 1. Whatever the events, after each there is something waited for, or the call is over: `hang-up`, `reject` or `bridge` was ordered.
 * 2. An event nobody waits for changes nothing and orders nothing.
 * 3. What is carried out without time passing is bounded by `limits.callRedirectsMax` and `limits.callVerbsAtOnceMax`, all of it by
 *    `limits.callDocumentsMax` and `limits.callVerbsMax`; reaching one is 11215, and the call ends.
 * 4. An order with an `id` is answered by at most one step; `stop` says that its answer is no longer wanted.
 */

/** A call whose instructions begin. */
export interface Call {
  readonly at: number
  /** Where its document is, or the document itself. */
  readonly by: Target | { readonly twiml: string }
  /** Who is asked when a document cannot be had or read. */
  readonly fallback: Target | null
  /** A whisper is what the party that a `<Dial>` called hears before it is connected. */
  readonly role: "call" | "whisper"
  /** False for an inbound call: `answer` is ordered unless the document rejects it. */
  readonly answered: boolean
  /** Ms a file takes to play, since its length is not known. */
  readonly play_ms: number
}

export interface Step {
  readonly state: VoiceState
  readonly orders: ReadonlyArray<Order>
}

/** Begins a call: its document is asked for, or carried out at once where it is given as text. */
export type Begin = (call: Call) => Step

/** What an event leads to. Once `state.over` is true and `state.frames` is empty, no event leads to anything any more. */
export type Next = (state: VoiceState, event: VoiceEvent) => Step
