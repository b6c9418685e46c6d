import { receiptMinute, rfc2822 } from "../../core/Instant.ts"
import { type ErrorCode, type ErrorValues, messageFailure, type TwilioError, twilioError } from "./errors.ts"
import { type Message, sentOf, updatedOf } from "./messages.ts"
import type { Links, Paging } from "./paging.ts"
import type { Reply, Request } from "./request.ts"
import type { Twilio } from "./state.ts"
import { asciiJson, type TemplateValues } from "./template.ts"

/** The version every 2010 resource names. */
const apiVersion = "2010-04-01"

/** Errors that have a template of their own. */
type ErrorTemplate = "auth_failed" | "missing_parameter" | "invalid_phone_number" | "invalid_from_number"

/** An error's body. */
export const errorBody = (error: TwilioError): string => {
  const { code, detail, message, more_info, status } = error
  return asciiJson(
    detail === undefined ? { code, message, more_info, status } : { code, detail, message, more_info, status },
  )
}

/** The answer that refuses a request with an error. */
export const refusal = (error: TwilioError): Reply => ({ status: error.status, body: errorBody(error) })

/** The answer for what is not there. Newer APIs name the path without their version. Source: captures. */
export const notFound = ({ entry }: Request): Reply =>
  refusal(twilioError(20404, { path: entry.data.path.replace(/^\/v\d+/, "").slice(0, 500) }))

/** An error's body by its template, which knows the error's own fields and `values`. */
export const templateError = (
  { templates }: Twilio,
  template: ErrorTemplate,
  code: ErrorCode,
  values: ErrorValues & { readonly [name: string]: string | number | undefined },
  message?: string,
): string =>
  templates[template].render({
    ...values,
    ...twilioError(code, values),
    ...(message === undefined ? {} : { message }),
  })

export const messageUri = (accountSid: string, sid: string): string =>
  `/${apiVersion}/Accounts/${accountSid}/Messages/${sid}.json`

/**
 * What templates about a message can name, besides `request`: as it is, or at a status it is reported with. `receiptAt` is when
 * its carrier's receipt came, if that is told.
 */
export const messageValues = (message: Message, status = message.status, receiptAt?: number): TemplateValues => ({
  account_sid: message.accountSid,
  api_version: apiVersion,
  body: message.body,
  date_created: rfc2822(message.created),
  date_sent: sentAt(message),
  date_updated: rfc2822(updatedOf(message)),
  direction: message.direction,
  error_code: message.errorCode ?? null,
  error_message: errorText(message) ?? null,
  from: message.from === "" ? null : message.from,
  message_sid: message.sid,
  messaging_service_sid: message.rare?.serviceSid ?? null,
  num_media: String(message.numMedia),
  num_segments: String(message.numSegments),
  price: priceOf(message),
  price_unit: priceUnitOf(message),
  raw_dlr_done_date: receiptAt === undefined ? null : receiptMinute(receiptAt),
  status,
  timestamp: rfc2822(updatedOf(message)),
  to: message.to,
})

const sentAt = (message: Message): string | null => {
  const at = sentOf(message)
  return at === undefined ? null : rfc2822(at)
}

/** What was billed: a negative decimal with five places, once the message is sent. */
const priceOf = ({ priceMicros, sentAfter }: Message): string | null =>
  priceMicros === undefined || sentAfter === undefined
    ? null
    : `${priceMicros === 0 ? "" : "-"}${(priceMicros / 1_000_000).toFixed(5)}`

/** A service's message has no currency before it has a sender. */
const priceUnitOf = ({ status }: Message): string | null =>
  status === "accepted" || status === "scheduled" || status === "canceled" ? null : "USD"

const errorText = ({ errorCode }: Message): string | undefined =>
  errorCode === undefined ? undefined : (messageFailure(errorCode)?.message ?? "Unknown error")

/** A message as fetch and list show it. One that failed is rendered by its template. */
export const messageJson = (twilio: Twilio, message: Message): string => {
  if (message.status === "failed") return twilio.templates.send_sms_failure.render(messageValues(message))
  const { accountSid, sid } = message
  const uri = messageUri(accountSid, sid)
  return asciiJson({
    sid,
    date_created: rfc2822(message.created),
    date_updated: rfc2822(updatedOf(message)),
    date_sent: sentAt(message),
    account_sid: accountSid,
    to: message.to,
    from: message.from === "" ? null : message.from,
    messaging_service_sid: message.rare?.serviceSid ?? null,
    body: message.body,
    status: message.status,
    num_segments: String(message.numSegments),
    num_media: String(message.numMedia),
    direction: message.direction,
    api_version: apiVersion,
    price: priceOf(message),
    price_unit: priceUnitOf(message),
    error_code: message.errorCode ?? null,
    error_message: errorText(message) ?? null,
    uri,
    subresource_uris: {
      media: `${uri.slice(0, -".json".length)}/Media.json`,
      feedback: `${uri.slice(0, -".json".length)}/Feedback.json`,
    },
  })
}

/** A page of a 2010 collection; `items` are rendered already. */
export interface ListPage {
  readonly key: string
  readonly items: ReadonlyArray<string>
  readonly links: Links
  readonly paging: Paging
  readonly nextToken: string | undefined
  readonly previousToken: string | undefined
}

/** The envelope of a 2010 list: exactly one key besides the paging ones, as SDKs' iterators need it. */
export const listJson = ({ items, key, links, nextToken, paging, previousToken }: ListPage): string => {
  const { page, pageSize } = paging
  const { path, query, self } = links
  const link = (at: number, token: string) => `${path}?${query}&Page=${at}&PageToken=${token}`
  const start = items.length === 0 ? 0 : page * pageSize
  const envelope = asciiJson({
    end: items.length === 0 ? 0 : start + items.length - 1,
    first_page_uri: `${path}?${query}&Page=0`,
    next_page_uri: nextToken === undefined ? null : link(page + 1, nextToken),
    page,
    page_size: pageSize,
    previous_page_uri: previousToken === undefined ? null : link(Math.max(0, page - 1), previousToken),
    start,
    uri: self,
  })
  return `${envelope.slice(0, -1)},${asciiJson(key)}:[${items.join(",")}]}`
}
