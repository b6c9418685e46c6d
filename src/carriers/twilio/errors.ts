/*
 * Twilio's error codes as data. `source` says what a row's text and HTTP status rest on:
 *   wire        the text was seen in a live answer (third parties' recordings and captures, 2014–2026)
 *   dictionary  the code is Twilio's ("Error and Warning Dictionary", 2023–2026), the text follows its title
 *   ours        Twilio documents nothing; made after the same numbering
 * A row with `statusUnconfirmed` has an HTTP status deduced from its neighbours. Several texts of one code's history
 * exist for some rows; the one here is the older, unmasked one unless the newer is what SDK users meet.
 */

/** A code the simulated API can answer with. */
export type ErrorCode = keyof typeof rows

/** The values that texts of the table name: `{to}`, `{path}` … */
export type ErrorValues = { readonly [Name in Placeholder]?: string | number }

/** An error as Twilio answers it; `status` is the HTTP status too. */
export interface TwilioError {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly more_info: string
  readonly detail?: string
}

/** The answer for a code. A value the text names and that is not given is left empty. */
export const twilioError = (code: ErrorCode, values: ErrorValues = {}): TwilioError => {
  const { status, message, detail }: ErrorRow = rows[code]
  const error = { status, code, message: filled(message, values), more_info: moreInfo(code) }
  return detail === undefined ? error : { ...error, detail }
}

/** Whether a number is a code of the table. */
export const isErrorCode = (code: number): code is ErrorCode => Object.hasOwn(rows, code)

/** Every code of the table, in ascending order. */
export const errorCodes = (): ReadonlyArray<ErrorCode> => Object.keys(rows).map(Number) as Array<ErrorCode>

/** Twilio's page about a code. */
export const moreInfo = (code: number): string => `https://www.twilio.com/docs/errors/${code}`

/** What a message's `error_code` means, and the status it usually ends in. */
export interface MessageFailure {
  readonly message: string
  readonly status: "failed" | "undelivered"
}

/** The text and usual final status of a message's `error_code`; `undefined` for a code Twilio does not list. */
export const messageFailure = (code: number): MessageFailure | undefined =>
  Object.hasOwn(messageFailures, code) ? messageFailures[code] : undefined

type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never
type Placeholder = PlaceholderOf<(typeof rows)[ErrorCode]["message"]>

const filled = (message: string, values: ErrorValues): string =>
  message.includes("{") ? message.replace(/\{(\w+)\}/g, (_, name: Placeholder) => String(values[name] ?? "")) : message

interface ErrorRow {
  /** HTTP status of the answer. */
  readonly status: number
  /** `{name}` stands for a value of the request. */
  readonly message: string
  readonly detail?: string
  readonly source: "wire" | "dictionary" | "ours"
  readonly statusUnconfirmed?: true
}

const rows = {
  20002: { status: 400, message: "Invalid FriendlyName", source: "dictionary", statusUnconfirmed: true },
  20003: {
    status: 401,
    message: "Authenticate",
    detail: "Your AccountSid or AuthToken was incorrect.",
    source: "wire",
  },
  20004: { status: 405, message: "Method not allowed", source: "dictionary", statusUnconfirmed: true },
  20005: { status: 403, message: "Account not active", source: "dictionary", statusUnconfirmed: true },
  20006: { status: 403, message: "Access Denied", source: "dictionary", statusUnconfirmed: true },
  20007: { status: 400, message: "Page size too large", source: "dictionary", statusUnconfirmed: true },
  20008: { status: 403, message: "Resource not accessible with Test Account Credentials", source: "dictionary" },
  20009: {
    status: 409,
    message: "Resource not in a deletable state: it is not complete",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  20400: { status: 400, message: "The request could not be read: {reason}", source: "ours" },
  20403: { status: 403, message: "No more can be made: {reason}", source: "ours" },
  20404: { status: 404, message: "The requested resource {path} was not found", source: "wire" },
  20413: { status: 413, message: "The request body is larger than {max} bytes", source: "ours" },
  20415: { status: 415, message: "The content type {type} is not supported; send a form", source: "ours" },
  20429: { status: 429, message: "Too Many Requests", source: "wire" },
  20500: { status: 500, message: "Internal Server Error", source: "dictionary" },
  20503: { status: 503, message: "Service Unavailable", source: "dictionary" },
  21201: { status: 400, message: "No 'To' number is specified", source: "wire" },
  21203: { status: 400, message: "International calling not enabled", source: "dictionary" },
  21205: { status: 400, message: "Url parameter is required.", source: "wire" },
  21206: { status: 400, message: "Invalid SendDigits", source: "dictionary" },
  21208: { status: 400, message: "Invalid Timeout", source: "dictionary" },
  21210: {
    status: 400,
    message: "The source phone number provided, {from}, is not yet verified for your account.",
    source: "wire",
  },
  21211: { status: 400, message: "The 'To' number {to} is not a valid phone number.", source: "wire" },
  21212: {
    status: 400,
    message: "The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.",
    source: "wire",
  },
  21213: { status: 400, message: "From phone number is required.", source: "dictionary" },
  21214: { status: 400, message: "'To' phone number cannot be reached", source: "dictionary" },
  21215: { status: 400, message: "Account not authorized to call {to}", source: "dictionary" },
  21216: { status: 400, message: "Call blocked by Twilio blocklist", source: "dictionary" },
  21217: { status: 400, message: "Phone number does not appear to be valid", source: "dictionary" },
  21218: { status: 400, message: "Invalid ApplicationSid", source: "dictionary" },
  21219: { status: 400, message: "'To' phone number not verified", source: "dictionary" },
  21220: { status: 400, message: "Call is not in-progress. Cannot redirect.", source: "wire" },
  21265: { status: 400, message: "'To' number cannot be a Short Code: {to}", source: "dictionary" },
  21266: { status: 400, message: "'To' and 'From' number cannot be the same: {to}", source: "dictionary" },
  21267: {
    status: 400,
    message: "Alphanumeric Sender ID cannot be used as the 'From' number on trial accounts",
    source: "dictionary",
  },
  21401: { status: 400, message: "Invalid Phone Number", source: "dictionary" },
  21402: { status: 400, message: "Invalid Url", source: "dictionary" },
  21403: { status: 400, message: "Invalid Method", source: "dictionary" },
  21408: {
    status: 400,
    message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    source: "wire",
  },
  21421: { status: 400, message: "PhoneNumber is invalid", source: "dictionary" },
  21422: { status: 400, message: "PhoneNumber is not available", source: "dictionary" },
  21452: { status: 400, message: "No phone numbers found in area code", source: "dictionary" },
  21601: { status: 400, message: "Phone number is not a valid SMS-capable inbound phone number", source: "dictionary" },
  21602: { status: 400, message: "Message body is required.", source: "wire" },
  21603: { status: 400, message: "A 'From' phone number is required.", source: "wire" },
  21604: { status: 400, message: "A 'To' phone number is required.", source: "wire" },
  21605: { status: 400, message: "Maximum body length is 160 characters", source: "dictionary" },
  21606: {
    status: 400,
    message:
      "The From phone number {from} is not a valid, SMS-capable inbound phone number or short code for your account.",
    source: "wire",
  },
  21607: {
    status: 400,
    message: "The 'From' number must be the sandbox phone number for trial accounts",
    source: "dictionary",
  },
  21608: {
    status: 400,
    message: "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers.",
    source: "wire",
  },
  21609: {
    status: 400,
    message: "The 'StatusCallback' URL {url} is not a valid URL.",
    source: "wire",
    statusUnconfirmed: true,
  },
  21610: { status: 400, message: "Attempt to send to unsubscribed recipient", source: "wire" },
  21611: { status: 429, message: "SMS queue is full.", source: "wire" },
  21612: {
    status: 400,
    message: "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from} via SMS.",
    source: "wire",
  },
  21614: { status: 400, message: "To number: {to}, is not a mobile number", source: "wire" },
  21616: { status: 400, message: "The 'From' number matches multiple numbers for your account", source: "dictionary" },
  21617: {
    status: 400,
    message: "The concatenated message body exceeds the 1600 character limit.",
    source: "wire",
  },
  21618: { status: 400, message: "The message body was content filtered by carriers", source: "dictionary" },
  21619: {
    status: 400,
    message: "A text message body, media URL or content SID must be specified",
    source: "dictionary",
  },
  21620: { status: 400, message: "Invalid media URL(s)", source: "dictionary" },
  21621: { status: 400, message: "The 'From' number has not been enabled for MMS", source: "dictionary" },
  21622: { status: 400, message: "MMS has not been enabled for your account", source: "dictionary" },
  21623: { status: 400, message: "Number of media files exceeds allowed limit", source: "dictionary" },
  21624: { status: 400, message: "Invalid validity period value", source: "dictionary" },
  21626: { status: 400, message: "Invalid StatusCallbackEvent", source: "dictionary", statusUnconfirmed: true },
  21654: { status: 400, message: "ContentSid is required when ContentVariables is given", source: "dictionary" },
  21655: { status: 400, message: "The ContentSid {sid} is invalid", source: "dictionary" },
  21656: { status: 400, message: "The ContentVariables parameter is invalid", source: "dictionary" },
  21658: { status: 400, message: "Parameter {parameter} exceeded the character limit", source: "dictionary" },
  21659: {
    status: 400,
    message: "'From' {from} is not a Twilio phone number or Short Code country mismatch",
    source: "dictionary",
  },
  21660: { status: 400, message: "Mismatch between the 'From' number {from} and the account {sid}", source: "wire" },
  21661: { status: 400, message: "'From' number {from} is not SMS-capable", source: "dictionary" },
  21701: { status: 404, message: "The Messaging Service does not exist", source: "dictionary" },
  21702: {
    status: 400,
    message: "The Messaging Service is not available",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21703: {
    status: 400,
    message: "The Messaging Service does not have a phone number available to send a message",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21704: {
    status: 400,
    message: "The Messaging Service contains no phone numbers",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21705: {
    status: 400,
    message: "The Messaging Service Sid {sid} is invalid",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21708: {
    status: 400,
    message: "The Alphanumeric Sender ID is missing",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21709: {
    status: 400,
    message: "The Alphanumeric Sender ID is invalid",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21710: {
    status: 409,
    message: "The phone number or short code is already in the Messaging Service",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21711: {
    status: 400,
    message: "The phone number or short code is not associated with the Messaging Service",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21712: {
    status: 409,
    message: "The phone number or short code is in another Messaging Service",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  21910: {
    status: 400,
    message: "'From' and 'To' pair contains numbers of different channels",
    source: "dictionary",
  },
  30400: {
    status: 400,
    message: "The Body or Status parameter of the update is missing or invalid",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  30404: { status: 404, message: "Message not found", source: "dictionary", statusUnconfirmed: true },
  30409: { status: 409, message: "Message not cancelable", source: "dictionary", statusUnconfirmed: true },
  35111: {
    status: 400,
    message: "SendAt is required with ScheduleType",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  35114: {
    status: 400,
    message: "SendAt must be at least {min} and at most {max} from now; it is now {now}",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  35115: {
    status: 400,
    message: "SendAt must be more than {min} and at most {max} from now; it is now {now}",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  35117: {
    status: 400,
    message: "SendAt must be at least 15 minutes and at most 35 days from now",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  35118: {
    status: 400,
    message: "MessagingServiceSid is required to schedule a message",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  35125: { status: 400, message: "Too many scheduled messages", source: "dictionary", statusUnconfirmed: true },
  35126: {
    status: 400,
    message: "ScheduleType is not available for this channel",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  60200: { status: 400, message: "Invalid parameter `{parameter}`", source: "dictionary" },
  60202: { status: 429, message: "Max check attempts reached", source: "dictionary", statusUnconfirmed: true },
  60203: { status: 429, message: "Max send attempts reached", source: "dictionary", statusUnconfirmed: true },
  60204: {
    status: 403,
    message: "Service does not support this feature: custom code",
    source: "dictionary",
    statusUnconfirmed: true,
  },
  60205: {
    status: 403,
    message: "SMS is not supported by landline phone number",
    source: "dictionary",
    statusUnconfirmed: true,
  },
} as const satisfies { readonly [code: number]: ErrorRow }

/**
 * Error codes of messages that were accepted and not delivered. Texts follow the dictionary's titles; the final status
 * is the usual one by the code's meaning, unconfirmed.
 */
const messageFailures: { readonly [code: number]: MessageFailure } = {
  11200: { message: "HTTP retrieval failure", status: "failed" },
  11751: { message: "Media exceeds the size limit", status: "failed" },
  12300: { message: "Invalid Content-Type", status: "failed" },
  21610: { message: "Attempt to send to unsubscribed recipient", status: "failed" },
  21703: {
    message: "The Messaging Service does not have a phone number available to send a message",
    status: "failed",
  },
  30001: { message: "Queue overflow", status: "failed" },
  30002: { message: "Account suspended", status: "failed" },
  30003: { message: "Unreachable destination handset", status: "undelivered" },
  30004: { message: "Message blocked", status: "undelivered" },
  30005: { message: "Unknown destination handset", status: "undelivered" },
  30006: { message: "Landline or unreachable carrier", status: "undelivered" },
  30007: { message: "Carrier violation", status: "undelivered" },
  30008: { message: "Unknown error", status: "undelivered" },
  30010: { message: "Message price exceeds max price", status: "failed" },
  30011: { message: "MMS not supported by the receiving phone number in this region", status: "undelivered" },
  30012: { message: "TTL too small", status: "failed" },
  30013: { message: "TTL too big", status: "failed" },
  30019: { message: "Content size exceeds carrier limit", status: "undelivered" },
  30022: { message: "US A2P 10DLC: rate limits exceeded", status: "failed" },
  30023: { message: "US A2P 10DLC: daily message cap reached", status: "failed" },
  30024: { message: "Numeric sender ID not provisioned on carrier", status: "undelivered" },
  30032: { message: "Toll-free number has not been verified", status: "undelivered" },
  30034: { message: "US A2P 10DLC: message from an unregistered number", status: "undelivered" },
  30036: { message: "Validity period expired", status: "failed" },
  30037: { message: "Outbound messaging disabled", status: "failed" },
  30038: { message: "OTP message body filtered", status: "failed" },
  30410: { message: "Provider timeout", status: "undelivered" },
  30450: { message: "Message delivery blocked: fraud protection", status: "failed" },
  30485: { message: "Message could not be delivered", status: "undelivered" },
}
