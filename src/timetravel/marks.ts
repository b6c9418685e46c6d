import { type ClientTold, clientTold } from "../core/clientTold.ts"
import type { Entry } from "../core/Entry.ts"
import {
  answerReplaced,
  apiRequested,
  apiResponded,
  callbackHeld,
  clockChanged,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  timerCancelled,
  timerFired,
  timerSet,
  timersSwapped,
  turnFailed,
} from "../core/entries.ts"
import { numberIn, textIn } from "./reading.ts"

/** Who does what an entry tells, in the order in which the lanes stand. */
export const lanes = ["application", "api", "carrier", "clock", "endpoint"] as const
export type Lane = (typeof lanes)[number]

/** What a lane is called. */
export const laneTitles: { readonly [Name in Lane]: string } = {
  application: "Application",
  api: "API",
  carrier: "Carrier",
  clock: "Clock",
  endpoint: "Endpoint",
}

/** `done` went well, `failed` did not, `waiting` is not decided yet, `told` is no matter of good or bad. */
export type MarkState = "done" | "failed" | "waiting" | "told"

const laneOfType: ReadonlyMap<string, Lane> = new Map<string, Lane>([
  [apiRequested.type, "application"],
  [clientTold.type, "application"],
  [apiResponded.type, "api"],
  [outboundRequested.type, "endpoint"],
  [outboundAnswered.type, "endpoint"],
  [outboundFailed.type, "endpoint"],
  [answerReplaced.type, "endpoint"],
  ...[runStarted, runResumed, clockChanged, timerSet, timerFired, timerCancelled, timersSwapped].map(
    ({ type }) => [type, "clock"] as const,
  ),
  ["message.arrived", "carrier"],
])

/** The lane of an entry. Orders of operators come by the API; every other outcome is the carrier's doing. */
export const laneOf = ({ kind, type }: Entry<unknown>): Lane =>
  laneOfType.get(type) ?? (kind === "input" ? "api" : "carrier")

/** Statuses of messages, calls and what else has one, as far as they say how it ended. */
const endings: ReadonlyMap<string, MarkState> = new Map<string, MarkState>([
  ...["sent", "delivered", "read", "received", "completed", "approved", "partially_delivered"].map(
    (status) => [status, "done"] as const,
  ),
  ...["failed", "undelivered", "canceled", "busy", "no-answer", "max_attempts_reached"].map(
    (status) => [status, "failed"] as const,
  ),
])

/** How a status looks. */
export const stateOfStatus = (status: string): MarkState => endings.get(status) ?? "waiting"

/** What an entry of one of these types means by itself. */
const stateOfType: ReadonlyMap<string, MarkState> = new Map<string, MarkState>([
  [outboundRequested.type, "waiting"],
  [callbackHeld.type, "waiting"],
  [timerSet.type, "waiting"],
  [outboundFailed.type, "failed"],
  [turnFailed.type, "failed"],
  ["alert.raised", "failed"],
  ["gateway-request.dead-lettered", "failed"],
  ["gateway-request.retried", "waiting"],
])

/** What the client library tells, as far as it is good or bad. */
const stateOfTold = (data: ClientTold): MarkState => {
  switch (data.what) {
    case "sent":
      return "done"
    case "failed":
    case "attempt-failed":
      return "failed"
    case "limited":
      return "waiting"
    case "circuit-changed":
      return data.to === "open" ? "failed" : data.to === "closed" ? "done" : "waiting"
    default:
      return "told"
  }
}

export const stateOf = (entry: Entry<unknown>): MarkState => {
  if (clientTold.is(entry)) return stateOfTold(entry.data)
  const known = stateOfType.get(entry.type)
  if (known !== undefined) return known
  if (entry.type === apiResponded.type)
    return textIn(entry, "undelivered") !== undefined || (numberIn(entry, "status") ?? 0) >= 400 ? "failed" : "done"
  if (entry.type === outboundAnswered.type) {
    const status = numberIn(entry, "status") ?? 0
    return status >= 200 && status < 300 ? "done" : "failed"
  }
  const status = textIn(entry, "status")
  return status === undefined ? "told" : stateOfStatus(status)
}
