import type { JsonObject } from "../core/canonical.ts"
import { formatDuration } from "../core/Instant.ts"
import { paramsOf, pathOf } from "../core/traffic/about.ts"
import { isAnswered, type RecordedExchange, textOf } from "../core/traffic/RecordedExchange.ts"
import { type Ending, jsonOf, subjectOf, webhookOf } from "./story.ts"

/* What a run has to be set up with, so that in it can happen what a recording shows. */

/** The account whose traffic it is: the first that a path of the API names. */
export const accountOf = (exchanges: ReadonlyArray<RecordedExchange>): string | undefined => {
  for (const { direction, request } of exchanges) {
    const found =
      direction === "api"
        ? /\/Accounts\/(AC[0-9a-zA-Z]{32})(?=[/.?]|$)/.exec(pathOf(request.url))?.[1]
        : paramsOf(request).find(([name, value]) => name === "AccountSid" && /^AC[0-9a-zA-Z]{32}$/.test(value))?.[1]
    if (found !== undefined) return found
  }
  return undefined
}

/** Numbers that something arrives at, with the addresses that are told, unless the recording shows how they were bought. */
export const numbersNeeded = (
  exchanges: ReadonlyArray<RecordedExchange>,
): ReadonlyMap<string, { readonly sms?: string; readonly voice?: string }> => {
  const bought = new Set(
    exchanges.flatMap(({ answer, direction, request }) =>
      direction === "api" && /\/IncomingPhoneNumbers/.test(pathOf(request.url)) && isAnswered(answer)
        ? [String(jsonOf(textOf(answer.body) ?? "").phone_number)]
        : [],
    ),
  )
  const needed = new Map<string, { readonly sms?: string; readonly voice?: string }>()
  const known = new Set<string>()
  for (const exchange of exchanges) {
    if (exchange.direction !== "webhook") continue
    const webhook = webhookOf(exchange, known)
    known.add(subjectOf(paramsOf(exchange.request)))
    if (webhook.tells === "news" || bought.has(webhook.to)) continue
    const before = needed.get(webhook.to) ?? {}
    const url = exchange.request.url.replace(/\?.*$/s, exchange.request.method === "GET" ? "" : "$&")
    needed.set(webhook.to, webhook.tells === "message arrived" ? { sms: url, ...before } : { voice: url, ...before })
  }
  return needed
}

/** An ending as the settings have it, under a number in `twilio.numbers`. */
export const behaviorOf = ({ endedAfter, errorCode, sentAfter, status }: Ending): JsonObject => {
  const delays = {
    ...(sentAfter === undefined ? {} : { [status === "failed" ? "failed" : "sent"]: formatDuration(sentAfter) }),
    ...(endedAfter === undefined ? {} : { [status]: formatDuration(endedAfter) }),
  }
  return {
    outcome: status,
    ...(errorCode === undefined || status === "delivered" || status === "sent" ? {} : { error_code: errorCode }),
    ...(Object.keys(delays).length === 0 ? {} : { delays }),
  }
}

/** Where a From was refused because it is not the account's, those that were taken are all there are. */
export const sendersOf = (exchanges: ReadonlyArray<RecordedExchange>): JsonObject => {
  const taken = new Set<string>()
  let code: number | undefined
  for (const { answer, direction, request } of exchanges) {
    if (direction !== "api" || !isAnswered(answer) || request.method !== "POST") continue
    const from = paramsOf(request).find(([name]) => name === "From")?.[1]
    const answered = jsonOf(textOf(answer.body) ?? "").code
    if (answered === 21606 || answered === 21659 || answered === 21660) code = answered
    else if (answer.status < 300 && from !== undefined && /^\+[1-9]\d{6,14}$/.test(from)) taken.add(from)
  }
  return code === undefined || taken.size === 0
    ? {}
    : { allowed_from_numbers: [...taken].sort(), from_not_owned_code: code }
}
