import { iso } from "../core/Instant.ts"
import { type CallbackAttempt, type CallbackStory, whyFailed } from "../network/callbackStories.ts"
import type { Callback } from "./callbacksApi.ts"

type Shown = typeof Callback.Type

/** A callback as the control API shows it. */
export const shownCallback = ({ attempts, copy, event, id, method, subject, token, url }: CallbackStory): Shown => ({
  id,
  subject,
  event,
  method,
  url,
  token,
  copy,
  attempts: attempts.map((attempt) => ({
    seq: attempt.seq,
    attempt: attempt.request.attempt,
    at: iso(attempt.at),
    ...ended(attempt),
  })),
})

const ended = ({ end }: CallbackAttempt): Pick<Shown["attempts"][number], "failed" | "status"> => {
  if (end === undefined) return { failed: null, status: null }
  if (end._tag === "Answered") return { failed: null, status: end.answer.status }
  return { failed: whyFailed(end.failure), status: null }
}
