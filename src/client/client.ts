/* The SMS client library, `ringback/client`. What it exports, with the types of these files and of Effect, is what is shipped. */

export type { RecordedExchange } from "../core/traffic/RecordedExchange.ts"
export type { CircuitRules } from "./circuitBreaker.decider.ts"
export {
  type CallOptions,
  type CreateOptions,
  createClient,
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
export type { LogLine, LogOptions } from "./plainLog.ts"
export { type Redaction, redactionFor, redactPhone, redactPhones } from "./redact.ts"
export { type RetriedName, type RetryRow, type RetryRows, retryTable } from "./retry.ts"
export type { Expectation, SendMatch, SentRecord } from "./simulation/expectations.ts"
export { interactionsOf, readInteractions } from "./simulation/interactions.ts"
export { type MockOptions, MockTwilioClient, NotAsExpected } from "./simulation/MockTwilioClient.ts"
export { magicRecipients, magicSenders } from "./simulation/magicNumbers.ts"
export { type MemoryApiOptions, makeMemoryApi } from "./simulation/memoryApi.ts"
export { type Recording, readRecording } from "./simulation/readRecording.ts"
export { makeRecorder, type Recorder, type RecorderOptions } from "./simulation/recorder.ts"
export { makeReplayer, NotRecorded, type Replayer, type ReplayerOptions } from "./simulation/replayer.ts"
export {
  type Simulated,
  type SimulatedMessage,
  type SimulatedStatus,
  signedJsonWebhook,
  signedWebhook,
  simulatedInbound,
  simulatedStatus,
} from "./simulation/simulatedWebhooks.ts"
export { type Messages, type Templates, TwilioClient } from "./TwilioClient.ts"
export type { BucketRule } from "./tokenBucket.ts"
export { type AttributeValue, TwimlElement } from "./twiml/element.ts"
export {
  type ConferenceAttributes,
  type DialAttributes,
  type EnqueueAttributes,
  type GatherAttributes,
  type MessageAttributes,
  type MessagingVerb,
  type NumberAttributes,
  type PlayAttributes,
  type RecordAttributes,
  type SayAttributes,
  type Twiml,
  twiml,
  type VoiceVerb,
} from "./twiml/twiml.ts"
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
export {
  type CreateWebhooksOptions,
  createWebhooks,
  type PlainEndpoint,
  type PlainWebhooks,
} from "./webhooks/createWebhooks.ts"
export {
  type DuplicateOptions,
  type Duplicates,
  duplicateDefaults,
  makeDuplicates,
  type WebhookAnswer,
} from "./webhooks/duplicates.ts"
export { type HttpModules, webhookApp, webhookRoutes } from "./webhooks/effectHttp.ts"
export type { InboundMessage, MessagePattern, Reply } from "./webhooks/inbound.ts"
export type { TrustedWebhook, WebhookRefusal, WebhookRequest } from "./webhooks/incoming.ts"
export { answerNode, fromNodeRequest } from "./webhooks/node.ts"
export {
  type MessageHandler,
  type StatusListener,
  type WebhookOptions,
  webhookDefaults,
} from "./webhooks/options.ts"
export { isSigned, type Signed } from "./webhooks/signatureCheck.ts"
export type { StatusUpdate } from "./webhooks/statusUpdates.ts"
export { makeWebhooks, type WebhookEndpoint, type Webhooks } from "./webhooks/Webhooks.ts"
export { fromWebRequest, toWebResponse } from "./webhooks/web.ts"
