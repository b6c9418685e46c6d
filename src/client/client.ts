/* The SMS client library, `ringback/client`. What it exports, with the types of these files and of Effect, is what is shipped. */

export type { CircuitRules } from "./circuitBreaker.decider.ts"
export {
  type CallOptions,
  type CreateOptions,
  createClient,
  type LogLine,
  promisesOf,
  type SmsClient,
} from "./createClient.ts"
export {
  AccountRateLimited,
  AccountSuspended,
  AuthenticationError,
  CarrierRejected,
  CircuitOpen,
  type ClientError,
  ConfigurationError,
  ConnectionFailed,
  DnsResolutionFailed,
  type ErrorFacts,
  type ErrorFamily,
  type ErrorName,
  errorClasses,
  InternalError,
  InvalidAccountSid,
  InvalidAuthToken,
  InvalidBaseUrl,
  InvalidCredentials,
  InvalidOption,
  InvalidPhoneNumber,
  InvalidRecipient,
  InvalidRequest,
  InvalidSender,
  InvalidSignature,
  InvalidTemplate,
  MessageError,
  MessageTooLong,
  MissingFields,
  MissingVariables,
  NetworkError,
  NotCancelable,
  NotFound,
  NumberRateLimited,
  OptedOut,
  OutcomeUnknown,
  PayloadParseError,
  PermissionDenied,
  QueueFull,
  RateLimitError,
  ServerError,
  ServiceUnavailable,
  TemplateError,
  TemporarilyUnavailable,
  Timeout,
  TwilioSmsError,
  UnknownTemplate,
  UnreachableNumber,
  UnreadableAnswer,
  UrlNotAllowed,
  WebhookError,
} from "./errors.ts"
export { errorByCode, errorByStatus, errorNameOf, errorOfMessage, makeError } from "./errorTable.ts"
export { Http, type HttpAnswer, HttpFailure, type HttpFailureReason, type HttpRequest } from "./Http.ts"
export { clientOver, layerClient, makeClient } from "./make.ts"
export { layerNodeHttp, makeNodeHttp, type NodeHttp, type NodeHttpOptions } from "./nodeHttp.ts"
export { type ClientOptions, defaultBaseUrl, type LimitOptions, type OptionError } from "./options.ts"
export {
  layerOptOuts,
  makeOptOuts,
  type OptOut,
  type OptOutOptions,
  type OptOutPair,
  type OptOutSource,
  OptOuts,
  optOutDefaults,
} from "./optOuts.ts"
export { type Redaction, redactionFor, redactPhone, redactPhones } from "./redact.ts"
export { type RetriedName, type RetryRow, type RetryRows, retryTable } from "./retry.ts"
export { type Messages, type Templates, TwilioClient } from "./TwilioClient.ts"
export type { BucketRule } from "./tokenBucket.ts"
export type {
  BulkOptions,
  CallName,
  CircuitState,
  ClientEvent,
  ListFilter,
  Message,
  MessageDirection,
  MessageStatus,
  Outcome,
  Page,
  SendRequest,
  TemplateUse,
  TemplateValue,
  TemplateVariables,
} from "./types.ts"
