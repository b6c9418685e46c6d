import { costOf, fieldsOf, isSuccess, limited, refusedByStatus, textOf } from "./answers.ts"
import type { Dialect, ProviderAnswer, ProviderOutcome, Receipt } from "./Provider.ts"
import { authOf, urlOf } from "./place.ts"

/*
 * Plivo's Message API. The URL is https://api.plivo.com/v1/Account/<auth id>/Message/; auth id and auth token are `account` and `secret`.
 *
 *   POST    { "src", "dst", "text", "url", "method" }
 *   202     { "message": "message(s) queued", "message_uuid": ["…"], "api_id": "…" }
 *   4xx     { "api_id": "…", "error": "…" }
 *   receipt a form: MessageUUID, Status, ErrorCode, TotalAmount
 *
 * Plivo cannot be asked for a request by an id of ours: an interrupted attempt stays unsure. Receipts come only where `receipt_url` says to.
 * Source: "Send a message", "Message status callbacks", Plivo docs; amounts are in USD.
 */

const read = (answer: ProviderAnswer): ProviderOutcome => {
  const fields = fieldsOf(answer.body)
  const reason = textOf(fields, "error", "message")
  if (answer.status === 429) return limited(undefined)
  if (isSuccess(answer)) {
    const { message_uuid: ids } = fields
    const providerMessageId = Array.isArray(ids) ? textOf({ id: ids[0] }, "id") : ""
    return providerMessageId === ""
      ? { _tag: "Failed", reason: "the answer has no message_uuid", left: true }
      : { _tag: "Accepted", providerMessageId }
  }
  // What is wrong with a request has no code of its own; the destination is named where it is that.
  return answer.status === 400 && /\bdst\b|destination|text/i.test(reason)
    ? { _tag: "Refused", code: "http 400", reason, blames: "message", retryable: false }
    : refusedByStatus(answer, reason)
}

const statuses: ReadonlyMap<string, Receipt["status"]> = new Map([
  ["queued", "sent"],
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["read", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["rejected", "undelivered"],
])

/** Plivo. */
export const plivo: Dialect = {
  name: "plivo",
  request: (config, { text, to }) => ({
    method: "POST",
    url: urlOf(config),
    json: JSON.stringify({
      ...(config.from === undefined ? {} : { src: config.from }),
      dst: to,
      text,
      ...(config.receipt_url === undefined ? {} : { url: config.receipt_url, method: "POST" }),
    }),
    ...authOf(config),
  }),
  read,
  receipt: ({ params }) => {
    const fields = Object.fromEntries(params.filter(([name]) => /^[A-Za-z]{1,40}$/.test(name)))
    const providerMessageId = textOf(fields, "MessageUUID")
    const told = textOf(fields, "Status")
    const status = statuses.get(told.toLowerCase())
    const code = textOf(fields, "ErrorCode")
    return providerMessageId === "" || status === undefined
      ? undefined
      : {
          providerMessageId,
          status,
          told,
          ...(code === "" ? {} : { code }),
          ...costOf(fields.TotalAmount, "USD"),
        }
  },
}
