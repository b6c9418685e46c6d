import * as Data from "effect/Data"

/*
 * Every way in which a call of the client fails.
 *
 *   TwilioSmsError
 *   ├── ConfigurationError    InvalidAccountSid InvalidAuthToken InvalidPhoneNumber InvalidBaseUrl InvalidOption
 *   ├── AuthenticationError   InvalidCredentials AccountSuspended PermissionDenied
 *   ├── MessageError          InvalidRecipient InvalidSender MessageTooLong OptedOut UnreachableNumber CarrierRejected InvalidRequest
 *   │                         NotFound NotCancelable
 *   ├── TemplateError         UnknownTemplate InvalidTemplate MissingVariables
 *   ├── RateLimitError        AccountRateLimited NumberRateLimited QueueFull
 *   ├── WebhookError          InvalidSignature PayloadParseError MissingFields UrlNotAllowed
 *   ├── NetworkError          ConnectionFailed Timeout DnsResolutionFailed OutcomeUnknown
 *   └── ServerError           InternalError ServiceUnavailable TemporarilyUnavailable UnreadableAnswer CircuitOpen
 */

/** What an error tells. No secret ever; `message` may name phone numbers, as Twilio's own messages do. */
export interface ErrorFacts {
  readonly message: string
  /** Twilio's error code: of its answer, or the one it would have answered when the client refused by itself. */
  readonly code?: number | undefined
  /** HTTP status of the answer; absent when there was none. */
  readonly status?: number | undefined
  /** Twilio's page about the code. */
  readonly moreInfo?: string | undefined
  /** `Twilio-Request-Id` of the answer. */
  readonly requestId?: string | undefined
  /** Ms after which to try again, when the answer, a bucket or the breaker says so. */
  readonly retryAfterMs?: number | undefined
  /** Requests that were made in all; absent or 0 when none was. */
  readonly attempts?: number | undefined
  /** What is behind it. */
  readonly cause?: unknown
}

export type ErrorFamily =
  | "ConfigurationError"
  | "AuthenticationError"
  | "MessageError"
  | "TemplateError"
  | "RateLimitError"
  | "WebhookError"
  | "NetworkError"
  | "ServerError"

/** Any error of the client. `_tag` names its class, for `Effect.catchTag` and `switch`. */
export abstract class TwilioSmsError extends Data.Error<ErrorFacts> {
  abstract readonly _tag: string
  abstract readonly family: ErrorFamily
  /** Whether the same call may succeed later without having had an effect now. */
  abstract readonly retryable: boolean
}

/** The client was told something that cannot be. */
export abstract class ConfigurationError extends TwilioSmsError {
  readonly family = "ConfigurationError"
  readonly retryable: boolean = false
}
/** Twilio does not let this account do it. */
export abstract class AuthenticationError extends TwilioSmsError {
  readonly family = "AuthenticationError"
  readonly retryable: boolean = false
}
/** This message cannot be sent, found or changed. */
export abstract class MessageError extends TwilioSmsError {
  readonly family = "MessageError"
  readonly retryable: boolean = false
}
export abstract class TemplateError extends TwilioSmsError {
  readonly family = "TemplateError"
  readonly retryable: boolean = false
}
/** Too many: by the client's own buckets, or by Twilio's. */
export abstract class RateLimitError extends TwilioSmsError {
  readonly family = "RateLimitError"
  readonly retryable: boolean = true
}
/** A webhook is not to be trusted, or not to be understood. */
export abstract class WebhookError extends TwilioSmsError {
  readonly family = "WebhookError"
  readonly retryable: boolean = false
}
/** No answer came. */
export abstract class NetworkError extends TwilioSmsError {
  readonly family = "NetworkError"
  readonly retryable: boolean = true
}
/** Twilio cannot answer now. */
export abstract class ServerError extends TwilioSmsError {
  readonly family = "ServerError"
  readonly retryable: boolean = true
}

/** `accountSid` is not `AC` and 32 hex digits. */
export class InvalidAccountSid extends ConfigurationError {
  readonly _tag = "InvalidAccountSid"
}
/** `authToken`, or the secret of an API key, is empty or cannot stand in a header. */
export class InvalidAuthToken extends ConfigurationError {
  readonly _tag = "InvalidAuthToken"
}
/** A sender in the client's own options is none. */
export class InvalidPhoneNumber extends ConfigurationError {
  readonly _tag = "InvalidPhoneNumber"
}
/** `baseUrl` is no URL, or not HTTPS where that is required. */
export class InvalidBaseUrl extends ConfigurationError {
  readonly _tag = "InvalidBaseUrl"
}
/** Another option is out of its bounds. */
export class InvalidOption extends ConfigurationError {
  readonly _tag = "InvalidOption"
}

export class InvalidCredentials extends AuthenticationError {
  readonly _tag = "InvalidCredentials"
}
export class AccountSuspended extends AuthenticationError {
  readonly _tag = "AccountSuspended"
}
/** The account may not do this: a region that is not enabled (21408), a resource of somebody else (20006), test credentials (20008). */
export class PermissionDenied extends AuthenticationError {
  readonly _tag = "PermissionDenied"
}

export class InvalidRecipient extends MessageError {
  readonly _tag = "InvalidRecipient"
}
export class InvalidSender extends MessageError {
  readonly _tag = "InvalidSender"
}
export class MessageTooLong extends MessageError {
  readonly _tag = "MessageTooLong"
}
export class OptedOut extends MessageError {
  readonly _tag = "OptedOut"
}
export class UnreachableNumber extends MessageError {
  readonly _tag = "UnreachableNumber"
}
export class CarrierRejected extends MessageError {
  readonly _tag = "CarrierRejected"
}
/** Refused for a reason that has no class of its own: `code` and `message` tell it. */
export class InvalidRequest extends MessageError {
  readonly _tag = "InvalidRequest"
}
export class NotFound extends MessageError {
  readonly _tag = "NotFound"
}
/** Only a message that is still scheduled can be canceled. */
export class NotCancelable extends MessageError {
  readonly _tag = "NotCancelable"
}

export class UnknownTemplate extends TemplateError {
  readonly _tag = "UnknownTemplate"
}
export class InvalidTemplate extends TemplateError {
  readonly _tag = "InvalidTemplate"
}
export class MissingVariables extends TemplateError {
  readonly _tag = "MissingVariables"
}

/** Too many requests of the account: Twilio's 429, or the client's bucket over all numbers. */
export class AccountRateLimited extends RateLimitError {
  readonly _tag = "AccountRateLimited"
}
/** Too many messages of one number. */
export class NumberRateLimited extends RateLimitError {
  readonly _tag = "NumberRateLimited"
}
/** Twilio's queue of the sender, or the client's own of sends that wait. */
export class QueueFull extends RateLimitError {
  readonly _tag = "QueueFull"
}

export class InvalidSignature extends WebhookError {
  readonly _tag = "InvalidSignature"
}
export class PayloadParseError extends WebhookError {
  readonly _tag = "PayloadParseError"
}
export class MissingFields extends WebhookError {
  readonly _tag = "MissingFields"
}
/** The URL it was sent to is not one of those that are expected. */
export class UrlNotAllowed extends WebhookError {
  readonly _tag = "UrlNotAllowed"
}

/** The connection did not come about, or broke. */
export class ConnectionFailed extends NetworkError {
  readonly _tag = "ConnectionFailed"
}
export class Timeout extends NetworkError {
  readonly _tag = "Timeout"
}
export class DnsResolutionFailed extends NetworkError {
  readonly _tag = "DnsResolutionFailed"
}
/**
 * A send left and was not answered, or not so that it tells: the message may exist. `cause` is what happened. Sending again may
 * send it twice, so it counts as not retryable.
 */
export class OutcomeUnknown extends NetworkError {
  readonly _tag = "OutcomeUnknown"
  override readonly retryable = false
}

export class InternalError extends ServerError {
  readonly _tag = "InternalError"
}
export class ServiceUnavailable extends ServerError {
  readonly _tag = "ServiceUnavailable"
}
/** Something on the way answered for Twilio: 502, 504 and other 5xx. */
export class TemporarilyUnavailable extends ServerError {
  readonly _tag = "TemporarilyUnavailable"
}
/** The answer is not what Twilio answers: no JSON, a field missing, a page that leads to another host. */
export class UnreadableAnswer extends ServerError {
  readonly _tag = "UnreadableAnswer"
  override readonly retryable = false
}
/** Nothing was sent, because Twilio has failed too often lately; `retryAfterMs` says when one is let through. */
export class CircuitOpen extends ServerError {
  readonly _tag = "CircuitOpen"
}

/** Every class by its tag. */
export const errorClasses: {
  readonly InvalidAccountSid: typeof InvalidAccountSid
  readonly InvalidAuthToken: typeof InvalidAuthToken
  readonly InvalidPhoneNumber: typeof InvalidPhoneNumber
  readonly InvalidBaseUrl: typeof InvalidBaseUrl
  readonly InvalidOption: typeof InvalidOption
  readonly InvalidCredentials: typeof InvalidCredentials
  readonly AccountSuspended: typeof AccountSuspended
  readonly PermissionDenied: typeof PermissionDenied
  readonly InvalidRecipient: typeof InvalidRecipient
  readonly InvalidSender: typeof InvalidSender
  readonly MessageTooLong: typeof MessageTooLong
  readonly OptedOut: typeof OptedOut
  readonly UnreachableNumber: typeof UnreachableNumber
  readonly CarrierRejected: typeof CarrierRejected
  readonly InvalidRequest: typeof InvalidRequest
  readonly NotFound: typeof NotFound
  readonly NotCancelable: typeof NotCancelable
  readonly UnknownTemplate: typeof UnknownTemplate
  readonly InvalidTemplate: typeof InvalidTemplate
  readonly MissingVariables: typeof MissingVariables
  readonly AccountRateLimited: typeof AccountRateLimited
  readonly NumberRateLimited: typeof NumberRateLimited
  readonly QueueFull: typeof QueueFull
  readonly InvalidSignature: typeof InvalidSignature
  readonly PayloadParseError: typeof PayloadParseError
  readonly MissingFields: typeof MissingFields
  readonly UrlNotAllowed: typeof UrlNotAllowed
  readonly ConnectionFailed: typeof ConnectionFailed
  readonly Timeout: typeof Timeout
  readonly DnsResolutionFailed: typeof DnsResolutionFailed
  readonly OutcomeUnknown: typeof OutcomeUnknown
  readonly InternalError: typeof InternalError
  readonly ServiceUnavailable: typeof ServiceUnavailable
  readonly TemporarilyUnavailable: typeof TemporarilyUnavailable
  readonly UnreadableAnswer: typeof UnreadableAnswer
  readonly CircuitOpen: typeof CircuitOpen
} = {
  InvalidAccountSid,
  InvalidAuthToken,
  InvalidPhoneNumber,
  InvalidBaseUrl,
  InvalidOption,
  InvalidCredentials,
  AccountSuspended,
  PermissionDenied,
  InvalidRecipient,
  InvalidSender,
  MessageTooLong,
  OptedOut,
  UnreachableNumber,
  CarrierRejected,
  InvalidRequest,
  NotFound,
  NotCancelable,
  UnknownTemplate,
  InvalidTemplate,
  MissingVariables,
  AccountRateLimited,
  NumberRateLimited,
  QueueFull,
  InvalidSignature,
  PayloadParseError,
  MissingFields,
  UrlNotAllowed,
  ConnectionFailed,
  Timeout,
  DnsResolutionFailed,
  OutcomeUnknown,
  InternalError,
  ServiceUnavailable,
  TemporarilyUnavailable,
  UnreadableAnswer,
  CircuitOpen,
}
// On the prototypes, so that the first line of a stack names the class, whatever a bundler calls it.
for (const [name, { prototype }] of Object.entries(errorClasses))
  Object.defineProperty(prototype, "name", { value: name, configurable: true, writable: true })

export type ErrorName = keyof typeof errorClasses

/** Any error a `TwilioClient` fails with: those of webhooks come from the handlers alone. */
export type ClientError = Exclude<
  InstanceType<(typeof errorClasses)[ErrorName]>,
  InvalidSignature | PayloadParseError | MissingFields | UrlNotAllowed
>
