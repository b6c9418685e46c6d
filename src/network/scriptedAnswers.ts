import type { Draft } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  type ReplacedAnswer,
} from "../core/entries.ts"
import type { ScriptedAnswer } from "./settings.ts"

/* What an answer that is known beforehand comes to for one request. */

/** Virtual ms an answer inside the run has: it connects at once. */
export const patience = ({ read_ms, timeout_ms }: OutboundRequested): number =>
  Math.min(read_ms ?? timeout_ms, timeout_ms)

/** How long it takes, virtual ms: no longer than the request waits. */
export const answerMs = (request: OutboundRequested, answer: ScriptedAnswer): number =>
  answer.drop === "timeout" ? patience(request) : Math.min(answer.after_ms, patience(request))

/** What is then known: the answer, or that there is none. */
export const answerDraft = (
  request: OutboundRequested,
  answer: ScriptedAnswer,
  subject: string,
  cause: number,
): Draft =>
  answer.drop !== undefined || answer.after_ms >= patience(request)
    ? outboundFailed.draft(subject, { reason: answer.drop ?? "timeout" }, cause)
    : outboundAnswered.draft(subject, answered(request, answer), cause)

/** Media of endpoints inside the run have no bytes of their own, and callbacks no use for a type. */
const answered = ({ purpose }: OutboundRequested, { body, content_type, status }: ScriptedAnswer): OutboundAnswered =>
  content_type === undefined || purpose === "media" || purpose === "callback"
    ? { body, status }
    : { body, content_type, status }

/** The answer that an order puts in place of another, which would have taken so many virtual ms. */
export const answerInPlace = (order: ReplacedAnswer, usualMs: number): ScriptedAnswer => ({
  after_ms: order.after_ms ?? usualMs,
  ...("drop" in order ? { body: "", drop: order.drop, status: 0 } : { body: order.body, status: order.status }),
})

/** What names one attempt, whatever else a run does: the token is the event's own. */
export const attemptKey = ({
  attempt,
  copy = 0,
  purpose,
  token,
}: Pick<OutboundRequested, "attempt" | "copy" | "purpose" | "token">): string =>
  `${purpose} ${token} ${copy} ${attempt}`
