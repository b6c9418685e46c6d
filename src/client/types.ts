import type { ClientError } from "./errors.ts"

/** Twilio's statuses of a message. Source: OpenAPI, `message_enum_status`. */
export type MessageStatus =
  | "accepted"
  | "scheduled"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "undelivered"
  | "failed"
  | "canceled"
  | "receiving"
  | "received"
  | "read"
  | "partially_delivered"

export type MessageDirection = "inbound" | "outbound-api" | "outbound-call" | "outbound-reply"

/** A message as Twilio's answer has it; counts are numbers and dates are dates. */
export interface Message {
  readonly sid: string
  readonly accountSid: string
  readonly messagingServiceSid: string | null
  /** Null while a messaging service has not chosen a sender. */
  readonly from: string | null
  readonly to: string
  readonly body: string
  readonly status: MessageStatus
  readonly direction: MessageDirection
  readonly numSegments: number
  readonly numMedia: number
  /** A decimal such as `-0.00750`; null until it is billed. */
  readonly price: string | null
  readonly priceUnit: string | null
  readonly errorCode: number | null
  readonly errorMessage: string | null
  readonly dateCreated: Date | null
  readonly dateUpdated: Date | null
  readonly dateSent: Date | null
  readonly apiVersion: string
  /** A path below the API's address. */
  readonly uri: string
}

/** A message to be sent. Names are those of Twilio's own library; what is absent is not sent. */
export interface SendRequest {
  /** E.164, or a US/CA number in local form; `whatsapp:` and other channels before it. */
  readonly to: string
  /** A phone number, short code or name. The client's own `from` or `messagingServiceSid` when neither is given. */
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly body?: string | undefined
  /** A registered template, instead of `body`. */
  readonly template?: TemplateUse | undefined
  /** Up to 10 URLs: the message is an MMS. */
  readonly mediaUrl?: ReadonlyArray<string> | undefined
  readonly contentSid?: string | undefined
  /** JSON. */
  readonly contentVariables?: string | undefined
  /** Sends it then; needs a messaging service. */
  readonly sendAt?: Date | undefined
  readonly statusCallback?: string | undefined
  /** Seconds it may wait at Twilio. */
  readonly validityPeriod?: number | undefined
  readonly applicationSid?: string | undefined
  readonly smartEncoded?: boolean | undefined
  readonly shortenUrls?: boolean | undefined
  readonly sendAsMms?: boolean | undefined
  readonly provideFeedback?: boolean | undefined
  readonly forceDelivery?: boolean | undefined
  readonly attempt?: number | undefined
  readonly fallbackFrom?: string | undefined
  readonly persistentAction?: ReadonlyArray<string> | undefined
  readonly contentRetention?: "retain" | "discard" | undefined
  readonly addressRetention?: "retain" | "obfuscate" | undefined
  readonly riskCheck?: "enable" | "disable" | undefined
  readonly trafficType?: "free" | undefined
}

/** Variables of a template: plain values and objects of them. */
export type TemplateValue = string | number | boolean | { readonly [name: string]: TemplateValue }
export type TemplateVariables = { readonly [name: string]: TemplateValue }

export interface TemplateUse {
  readonly name: string
  readonly variables?: TemplateVariables | undefined
}

/** Which messages; what is absent may be anything. */
export interface ListFilter {
  readonly to?: string | undefined
  readonly from?: string | undefined
  /** Sent on this day (UTC). */
  readonly dateSent?: Date | undefined
  /** Sent at this instant or later. */
  readonly dateSentAfter?: Date | undefined
  /** Sent at this instant or earlier. */
  readonly dateSentBefore?: Date | undefined
  /** Messages a page has, 1 to 1000; 50 when absent. */
  readonly pageSize?: number | undefined
  /** Ends after so many messages. */
  readonly limit?: number | undefined
}

/** One page of a list, newest first. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** From 0. */
  readonly index: number
  readonly isLast: boolean
}

/** What became of one of several: a failure is a value, so that the others are not lost with it. */
export type Outcome<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly error: ClientError }

export interface BulkOptions {
  /** Sends at once, 1 to 1000; 50 when absent. */
  readonly concurrency?: number | undefined
}

/** What the breaker does with the next request. */
export type CircuitState = "closed" | "open" | "half-open"

/**
 * Something the client did or waited for, as it happens. No secret and no body; addresses as they are, for whoever listens to
 * redact: logs and metrics of the client itself are made of these.
 */
export type ClientEvent =
  | { readonly _tag: "LimitReached"; readonly limit: "account" | "number"; readonly waitMs: number }
  | { readonly _tag: "AttemptStarted"; readonly call: CallName; readonly attempt: number }
  | {
      readonly _tag: "AttemptFailed"
      readonly call: CallName
      readonly attempt: number
      readonly error: ClientError
      /** Ms until the next attempt; null when there is none. */
      readonly retryInMs: number | null
    }
  | { readonly _tag: "Checked"; readonly attempt: number; readonly found: string | null }
  | { readonly _tag: "CircuitChanged"; readonly from: CircuitState; readonly to: CircuitState }
  | { readonly _tag: "Sent"; readonly message: Message; readonly attempts: number; readonly tookMs: number }
  | { readonly _tag: "Failed"; readonly call: CallName; readonly error: ClientError }

export type CallName = "send" | "get" | "list" | "cancel"
