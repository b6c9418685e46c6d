/** The answers and callbacks a template makes. */
export const responseNames = [
  "send_sms_success",
  "send_sms_failure",
  "make_call_success",
  "make_call_failure",
  "delivery_status",
  "call_status",
] as const

/** The refusals a template makes. */
export const errorNames = ["auth_failed", "missing_parameter", "invalid_phone_number", "invalid_from_number"] as const

export const templateNames = [...responseNames, ...errorNames] as const
export type TemplateName = (typeof templateNames)[number]

const ofMessages = [
  "message_sid",
  "account_sid",
  "to",
  "from",
  "body",
  "status",
  "num_segments",
  "num_media",
  "direction",
  "api_version",
  "date_created",
  "date_updated",
  "date_sent",
  "timestamp",
  "error_code",
  "error_message",
  "price",
  "price_unit",
  "messaging_service_sid",
  "request",
]
const ofCalls = [
  "call_sid",
  "account_sid",
  "parent_call_sid",
  "phone_number_sid",
  "to",
  "to_formatted",
  "from",
  "from_formatted",
  "status",
  "direction",
  "api_version",
  "date_created",
  "date_updated",
  "start_time",
  "end_time",
  "timestamp",
  "duration",
  "price",
  "price_unit",
  "answered_by",
  "forwarded_from",
  "caller_name",
  "queue_time",
  "request",
]
const ofCallEvents = [
  ...ofCalls,
  "sequence_number",
  "billed_minutes",
  "sip_response_code",
  ...["from", "to"].flatMap((end) => ["city", "state", "zip", "country"].map((part) => `${end}_${part}`)),
  "recording_sid",
  "recording_url",
  "recording_duration",
]
const ofErrors = [
  "code",
  "message",
  "more_info",
  "status",
  "detail",
  "parameter",
  "field",
  "number",
  "from_number",
  "account_sid",
  "timestamp",
  "request",
]

/**
 * What each template can name: the first name of a path. `request` is the list of the request's parameters.
 *
 * Units   dates RFC 2822, but for `raw_dlr_done_date` (YYMMDDhhmm, when the carrier's receipt came); `timestamp` the entry's own instant; `error_code`, `code`, `status` of an error: integers;
 *         counts, prices, durations (`duration` seconds, `billed_minutes`, `queue_time` ms) are texts, so that `0` is there
 */
export const namesKnownTo: { readonly [Name in TemplateName]: ReadonlyArray<string> } = {
  send_sms_success: ofMessages,
  send_sms_failure: ofMessages,
  delivery_status: [...ofMessages, "raw_dlr_done_date"],
  make_call_success: ofCalls,
  make_call_failure: ofCalls,
  call_status: ofCallEvents,
  auth_failed: ofErrors,
  missing_parameter: ofErrors,
  invalid_phone_number: ofErrors,
  invalid_from_number: ofErrors,
}
