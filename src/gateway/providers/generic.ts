import { costOf, fieldsOf, isSuccess, limited, refusedByStatus, textOf } from "./answers.ts"
import type { Asked, Dialect, ProviderAnswer, ProviderOutcome, Receipt } from "./Provider.ts"
import { authOf, urlOf } from "./place.ts"

/*
 * JSON, as the gateway's own API speaks it: a provider that takes what `POST /api/sms/send` takes.
 *
 *   POST <url>                     { "phone": "+8801921317475", "text": "Hello", "reference": "7f3c2a2d-…" }
 *   200                            { "success": true, "message_id": "p1-…", "cost": "0.0075", "currency": "USD" }
 *   400, 422                       { "success": false, "code": "invalid_phone", "error": "…" }: the message is wrong
 *   429                            { "success": false, "error": "…", "retry_after": 0.4 }
 *   GET <url>?reference=7f3c2a2d-… 200 or 404, with the reference in it: what became of that request
 *   receipt                        { "message_id": "p1-…", "status": "delivered" }
 */

const read = (answer: ProviderAnswer): ProviderOutcome => {
  const fields = fieldsOf(answer.body)
  const reason = textOf(fields, "error", "message", "detail")
  if (answer.status === 429) return limited(fields.retry_after)
  if (isSuccess(answer)) {
    const providerMessageId = textOf(fields, "message_id", "messageId", "id")
    if (fields.success === false) return refused(fields, reason, "message")
    return fields.success === true || providerMessageId !== ""
      ? { _tag: "Accepted", providerMessageId, ...costOf(fields.cost, fields.currency) }
      : { _tag: "Failed", reason: "the answer says neither success nor a message_id", left: true }
  }
  return answer.status === 400 || answer.status === 422
    ? refused(fields, reason, "message")
    : refusedByStatus(answer, reason)
}

const refused = (
  fields: ReturnType<typeof fieldsOf>,
  reason: string,
  blames: "message" | "provider",
): ProviderOutcome => ({
  _tag: "Refused",
  code: textOf(fields, "code") || "refused",
  reason: reason || "refused",
  blames,
  retryable: false,
})

const statuses: ReadonlyMap<string, Receipt["status"]> = new Map([
  ["accepted", "sent"],
  ["queued", "sent"],
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["rejected", "undelivered"],
  ["expired", "undelivered"],
])

const readAsked = (answer: ProviderAnswer, id: string): Asked => {
  const fields = fieldsOf(answer.body)
  // A server that knows no references answers 404 as well; one that was understood repeats what it was asked for.
  if (fields.reference !== id) return { _tag: "Unanswered" }
  if (answer.status === 404) return { _tag: "Unknown" }
  const providerMessageId = textOf(fields, "message_id", "messageId", "id")
  return isSuccess(answer) && providerMessageId !== ""
    ? { _tag: "Taken", providerMessageId, ...costOf(fields.cost, fields.currency) }
    : { _tag: "Unanswered" }
}

/** Providers that speak plain JSON. */
export const generic: Dialect = {
  name: "generic",
  request: (config, { id, text, to }) => ({
    method: "POST",
    url: urlOf(config),
    json: JSON.stringify({
      phone: to,
      text,
      reference: id,
      ...(config.receipt_url === undefined ? {} : { callback_url: config.receipt_url }),
    }),
    headers: [["Idempotency-Key", id]],
    ...authOf(config),
  }),
  read,
  receipt: ({ text }) => {
    const fields = fieldsOf(text)
    const providerMessageId = textOf(fields, "message_id", "messageId", "id")
    const told = textOf(fields, "status")
    const status = statuses.get(told.toLowerCase())
    const code = textOf(fields, "code", "error_code")
    return providerMessageId === "" || status === undefined
      ? undefined
      : {
          providerMessageId,
          status,
          told,
          ...(code === "" ? {} : { code }),
          ...costOf(fields.cost, fields.currency),
        }
  },
  ask: {
    request: (config, id) => ({
      method: "GET",
      url: urlOf(config),
      params: [["reference", id]],
      ...authOf(config),
    }),
    read: readAsked,
  },
}
