import { costOf, fieldsOf, isSuccess, limited, refusedByStatus, textOf } from "./answers.ts"
import type { Dialect, ProviderAnswer, ProviderOutcome, Receipt } from "./Provider.ts"
import { authOf, receiptsPath, urlOf } from "./place.ts"

/*
 * Twilio's Messages resource, and what speaks like it: another Ringback, too. The URL is the whole one,
 * https://api.twilio.com/2010-04-01/Accounts/AC…/Messages.json; account SID and auth token are `account` and `secret`.
 *
 * Twilio cannot be asked for a request by an id of ours: an interrupted attempt stays unsure.
 * Source: "Messages resource", "Track the message status of outbound messages", "Error and Warning Dictionary", Twilio docs.
 */

/** Codes that say that the message or its recipient is wrong: another provider would not take it either. */
const messageCodes: ReadonlySet<string> = new Set([
  "21211", // invalid To
  "21265", // To is a short code
  "21266", // To and From are the same
  "21602", // no body
  "21604", // no To
  "21605", // too long
  "21610", // opted out
  "21614", // not a mobile number
  "21617", // body over 1600 characters
])

const read = (answer: ProviderAnswer): ProviderOutcome => {
  const fields = fieldsOf(answer.body)
  const code = textOf(fields, "code")
  const reason = textOf(fields, "message", "detail")
  if (answer.status === 429) return limited(undefined)
  if (isSuccess(answer)) {
    const providerMessageId = textOf(fields, "sid")
    return providerMessageId === ""
      ? { _tag: "Failed", reason: "the answer has no sid", left: true }
      : { _tag: "Accepted", providerMessageId, ...costOf(fields.price, fields.price_unit) }
  }
  if (answer.status >= 500 || code === "") return refusedByStatus(answer, reason)
  return {
    _tag: "Refused",
    code,
    reason: reason || `HTTP ${answer.status}`,
    blames: messageCodes.has(code) ? "message" : "provider",
    // 21611: the sender's queue is full.
    retryable: code === "21611",
  }
}

const statuses: ReadonlyMap<string, Receipt["status"]> = new Map([
  ["accepted", "sent"],
  ["queued", "sent"],
  ["sending", "sent"],
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["read", "delivered"],
  ["undelivered", "undelivered"],
  ["failed", "undelivered"],
  ["canceled", "undelivered"],
])

/** Twilio, and what speaks like it. */
export const twilio: Dialect = {
  name: "twilio",
  request: (config, { text, to }) => ({
    method: "POST",
    url: urlOf(config),
    params: [
      ["To", to],
      ...(config.from === undefined
        ? []
        : [[/^MG[0-9a-f]{32}$/i.test(config.from) ? "MessagingServiceSid" : "From", config.from] as const]),
      ["Body", text],
      ["StatusCallback", config.receipt_url ?? receiptsPath(config.id)],
    ],
    ...(config.receipt_url === undefined ? { absolute: ["StatusCallback"] } : {}),
    ...authOf(config),
  }),
  read,
  receipt: ({ params }) => {
    const value = (...names: ReadonlyArray<string>) => params.find(([name]) => names.includes(name))?.[1]
    const providerMessageId = value("MessageSid", "SmsSid")
    const told = value("MessageStatus", "SmsStatus")
    const status = told === undefined ? undefined : statuses.get(told)
    const code = value("ErrorCode")
    return providerMessageId === undefined || providerMessageId === "" || told === undefined || status === undefined
      ? undefined
      : {
          providerMessageId: providerMessageId.slice(0, 200),
          status,
          told,
          ...(code === undefined || code === "" ? {} : { code: code.slice(0, 200) }),
        }
  },
}
