import type { SeenCall } from "../carriers/twilio/calls/seenCalls.ts"
import { limits } from "../core/limits.ts"
import type { Pair } from "./conversation.ts"
import type { CallsSource } from "./Shown.ts"

/* Calls that are going on, as phones see them. Pure; one walk over the newest calls. */

/** Who is at both ends: a phone, and whom it called or who called it. */
export const pairOfCall = ({ direction, from, to }: Pick<SeenCall, "direction" | "from" | "to">): Pair =>
  direction === "inbound" ? { phone: from, number: to } : { phone: to, number: from }

/** Calls that are shown of one pair, and of all. */
const ofPairMax = 3
const ofAllMax = 12

export interface CallsOnPhones {
  /** Calls between these two, newest first: those that go on, or else the last one that did. */
  readonly ofPair: ReadonlyArray<SeenCall>
  /** Calls that go on, newest first. */
  readonly running: ReadonlyArray<SeenCall>
}

/** The newest calls that go on, between a phone and a number and in all; at most `limits.listScanMessagesMax` are looked at. */
export const callsOnPhones = (source: CallsSource, { number, phone }: Pair): CallsOnPhones => {
  const ofPair: Array<SeenCall> = []
  const running: Array<SeenCall> = []
  let last: SeenCall | undefined
  let looked = 0
  for (const call of source.newest() ?? []) {
    if (looked++ === limits.listScanMessagesMax || (ofPair.length === ofPairMax && running.length === ofAllMax)) break
    const pair = pairOfCall(call)
    const own = pair.phone === phone && pair.number === number
    if (own) last ??= call
    if (!call.running) continue
    if (own && ofPair.length < ofPairMax) ofPair.push(call)
    if (running.length < ofAllMax) running.push(call)
  }
  return { ofPair: ofPair.length === 0 && last !== undefined ? [last] : ofPair, running }
}
