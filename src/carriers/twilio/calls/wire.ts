import { rfc2822 } from "../../../core/Instant.ts"
import { friendlyNumber } from "../senders/plan.ts"
import type { Twilio } from "../state.ts"
import { asciiJson, type TemplateValues } from "../template.ts"
import type { Call } from "./calls.ts"
import { minutesOf, secondsBetween } from "./lifecycle.decider.ts"

const apiVersion = "2010-04-01"

export const callUri = (accountSid: string, sid: string): string =>
  `/${apiVersion}/Accounts/${accountSid}/Calls/${sid}.json`

/** Seconds a call lasted: of one that is over. */
export const durationOf = ({ answered, ended }: Call): number | undefined =>
  ended === undefined ? undefined : answered === undefined ? 0 : secondsBetween(answered, ended)

/** Minutes that are billed, of a call that is completed. */
export const billedMinutes = (call: Call): number | undefined =>
  call.ended === undefined ? undefined : minutesOf(durationOf(call) ?? 0)

const dateOf = (at: number | undefined): string | null => (at === undefined ? null : rfc2822(at))

/** What templates about a call can name, besides `request`. */
export const callValues = (call: Call): TemplateValues => {
  const { accountSid, answeredBy, made, priceMicros, sid, status } = call
  const duration = durationOf(call)
  return {
    account_sid: accountSid,
    answered_by: answeredBy ?? null,
    api_version: apiVersion,
    call_sid: sid,
    caller_name: null,
    date_created: dateOf(call.created),
    date_updated: dateOf(call.updated),
    direction: made.direction,
    duration: duration === undefined ? null : String(duration),
    end_time: dateOf(call.ended),
    forwarded_from: null,
    from: made.from,
    from_formatted: friendlyNumber(made.from),
    parent_call_sid: made.parent_call_sid ?? null,
    phone_number_sid: made.phone_number_sid ?? null,
    price: priceMicros === undefined ? null : `-${(priceMicros / 1_000_000).toFixed(5)}`,
    price_unit: "USD",
    queue_time: String(made.plan?.wait_ms ?? 0),
    // Dialling is told by callbacks alone. Source: OpenAPI, `call_enum_status`.
    status: status === "initiated" ? "queued" : status,
    start_time: dateOf(call.answered),
    timestamp: rfc2822(call.updated),
    to: made.to,
    to_formatted: friendlyNumber(made.to),
  }
}

/** Resources below a call, as its `subresource_uris` name them. Those that are not there yet are 404. */
const below = {
  notifications: "Notifications",
  recordings: "Recordings",
  payments: "Payments",
  events: "Events",
  siprec: "Siprec",
  streams: "Streams",
  transcriptions: "Transcriptions",
  user_defined_message_subscriptions: "UserDefinedMessageSubscriptions",
  user_defined_messages: "UserDefinedMessages",
} as const

/** A call as fetch and list show it. One that failed is rendered by its template. */
export const callJson = (twilio: Twilio, call: Call): string => {
  const values = callValues(call)
  if (call.status === "failed") return twilio.templates.make_call_failure.render(values)
  const uri = callUri(call.accountSid, call.sid)
  return asciiJson({
    sid: call.sid,
    date_created: values.date_created,
    date_updated: values.date_updated,
    parent_call_sid: values.parent_call_sid,
    account_sid: call.accountSid,
    to: values.to,
    to_formatted: values.to_formatted,
    from: values.from,
    from_formatted: values.from_formatted,
    phone_number_sid: values.phone_number_sid,
    status: values.status,
    start_time: values.start_time,
    end_time: values.end_time,
    duration: values.duration,
    price: values.price,
    price_unit: values.price_unit,
    direction: values.direction,
    answered_by: values.answered_by,
    api_version: apiVersion,
    annotation: null,
    forwarded_from: null,
    group_sid: null,
    caller_name: null,
    queue_time: values.queue_time,
    trunk_sid: "",
    uri,
    subresource_uris: Object.fromEntries(
      Object.entries(below).map(([name, path]) => [name, `${uri.slice(0, -".json".length)}/${path}.json`]),
    ),
  })
}
