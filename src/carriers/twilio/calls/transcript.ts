import type { Entry } from "../../../core/Entry.ts"
import { outboundAnswered, outboundFailed, outboundRequested } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import { alertRaised } from "../alerts/entries.ts"
import { recordingStatusChanged } from "../recordings/entries.ts"
import type { Line, Order } from "../voice/orders.ts"
import {
  type CallStatusChanged,
  callBridged,
  callCreated,
  callDigitsSent,
  callHungUp,
  callPartyDetected,
  callPressed,
  callSpoken,
  callStatusChanged,
  callStepped,
} from "./entries.ts"
import { twimlPurpose } from "./talk.ts"

/** What is heard or done in a call: in a word, and what belongs to it. `seq` is that of the entry, `at` virtual ms. */
export interface TranscriptLine {
  readonly seq: number
  readonly at: number
  readonly what: string
  readonly text?: string
  readonly digits?: string
  readonly url?: string
  readonly ms?: number
  readonly sid?: string
  readonly code?: number
}

type Said = Omit<TranscriptLine, "at" | "seq">

/**
 * The transcript of a call, of all entries about it in their order; or a part of it, with requests among the entries before that are answered in
 * this part.
 */
export const transcriptOf = (
  entries: ReadonlyArray<Entry<unknown>>,
  before: ReadonlyArray<Entry<unknown>> = [],
): ReadonlyArray<TranscriptLine> => {
  const asks = (entry: Entry<unknown>) => outboundRequested.is(entry) && entry.data.purpose === twimlPurpose
  const asked = new Set<number>(before.filter(asks).map(({ seq }) => seq))
  return entries.flatMap((entry) => {
    if (asks(entry)) asked.add(entry.seq)
    return said(entry, asked.has(entry.cause)).map((line) => ({ seq: entry.seq, at: entry.at, ...line }))
  })
}

const reasons: { readonly [Reason in NonNullable<CallStatusChanged["reason"]>]: string } = {
  loop: "instructions of the number itself have led to this call",
  "no-voice-url": "the number has no VoiceUrl",
  "nobodys-number": "nobody has the number any more",
  "too-many-legs": `instructions of ${limits.callLegsMax} numbers in a row have led to this call`,
}

/** What an entry says, in the words of a transcript. `answers`: it is the answer to a request for instructions. */
const said = (entry: Entry<unknown>, answers: boolean): ReadonlyArray<Said> => {
  if (callStatusChanged.is(entry))
    return [
      { what: entry.data.status, ...(entry.data.reason === undefined ? {} : { text: reasons[entry.data.reason] }) },
    ]
  if (callCreated.is(entry))
    return entry.data.dialled_by === undefined ? [] : [{ what: "dialled-by", sid: entry.data.dialled_by }]
  if (callStepped.is(entry)) return (entry.data.orders as unknown as ReadonlyArray<Order>).flatMap(told)
  if (callPressed.is(entry)) return [{ what: "pressed", digits: entry.data.digits }]
  if (callDigitsSent.is(entry)) return [{ what: "sent-digits", digits: entry.data.digits }]
  if (callSpoken.is(entry)) return [{ what: "spoke", text: entry.data.text }]
  if (callHungUp.is(entry)) return [{ what: "hung-up" }]
  if (callBridged.is(entry)) return [{ what: "bridged", sid: entry.data.with }]
  if (callPartyDetected.is(entry)) return [{ what: "party-detected", text: entry.data.answered_by }]
  if (recordingStatusChanged.is(entry)) {
    const { length_ms: ms, sid, status } = entry.data
    return [{ what: `recording-${status}`, sid, ...(ms === undefined ? {} : { ms }) }]
  }
  if (alertRaised.is(entry)) return [{ what: "alert", code: entry.data.error_code, text: entry.data.detail ?? "" }]
  return fetched(entry, answers)
}

const fetched = (entry: Entry<unknown>, answers: boolean): ReadonlyArray<Said> => {
  if (outboundRequested.is(entry))
    return entry.data.purpose === twimlPurpose ? [{ what: "asked", text: entry.data.method, url: entry.data.url }] : []
  if (!answers) return []
  if (outboundAnswered.is(entry)) {
    const { body, status } = entry.data
    return [{ what: "fetched", code: status, ...(typeof body === "string" ? { text: body } : {}) }]
  }
  if (outboundFailed.is(entry))
    return [{ what: "not-fetched", text: [entry.data.reason, entry.data.detail].filter(Boolean).join(": ") }]
  return []
}

/** What an order lets be heard. What the other end does has entries of its own. */
const told = (order: Order): ReadonlyArray<Said> => {
  if (order.type === "answer") return [{ what: "answered" }]
  if (order.type !== "line" || order.line.what === "pressed" || order.line.what === "spoke") return []
  return [{ what: order.line.what, ...detailOf(order.line) }]
}

const detailOf = (line: Line): Omit<Said, "what"> => {
  switch (line.what) {
    case "said":
      return { text: line.text, ...msOf(line.ms) }
    case "played":
      return { url: line.url, ...msOf(line.ms) }
    case "tones":
      return { digits: line.digits, ms: line.ms }
    case "paused":
      return { ms: line.ms }
    case "gathered":
      return { digits: line.digits, text: line.speech }
    case "recorded":
      return { ms: line.ms, text: line.by }
    case "dialed":
      return { text: line.to.join(", ") }
    case "dial-ended":
      return { text: line.status }
    case "conference":
    case "queued":
      return { text: line.name }
    case "left-queue":
      return { text: line.result }
    case "sms":
      return { text: line.body }
    case "redirected":
      return { url: line.url }
    case "not-carried-out":
      return { text: line.verb }
    default:
      return {}
  }
}

const msOf = (ms: number | null): { readonly ms?: number } => (ms === null ? {} : { ms })
