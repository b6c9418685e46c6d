/// <reference lib="esnext.disposable" preserve="true" />
import type { Call, CallMatch, CallStatus, Calls, PhoneCall } from "./callTypes.ts"
import type { Fault, FaultOn } from "./faultTypes.ts"
import type { RequestMatch, Requests } from "./requestTypes.ts"
import type { Settings } from "./settings.ts"
import type { Duration, TextMatch, Within } from "./terms.ts"

/* What a test sees. Imports nothing of the other rooms: these are the declarations that are shipped. */

export type { Duration, TextMatch, Within } from "./terms.ts"

export interface StartOptions {
  /**
   * A scenario file: its seed, first instant, settings and scripted endpoints hold, unless another option says otherwise. Its steps are not
   * performed; `play` does that.
   */
  readonly scenario?: string | undefined
  /** What a settings file says (docs/settings.md), or the path of one. The environment is not read. */
  readonly settings?: Settings | string | undefined
  /** Decides every SID, token and draw: the same seed and requests give the same log. 1 by default. */
  readonly seed?: number | undefined
  /** The first virtual instant, ISO 8601 or a date; `2026-01-01T00:00:00Z` by default. */
  readonly start?: string | Date | undefined
  /** `paused` by default: time moves when the test says so. */
  readonly pace?: Pace | undefined
  /** A free port by default. */
  readonly port?: number | undefined
  /** How long, by the host's clock, each wait lasts before it fails; `4s` by default, less than test runners wait. */
  readonly within?: Duration | undefined
}

/** How virtual time moves: with the host's, `n` times as fast, by order alone, or to the next thing due as soon as all has settled. */
export type Pace = "real" | "paused" | "fast" | `${number}x`

/** An exchange of one test's own: a server on loopback, with its log in memory. */
export interface Ringback {
  /** `http://127.0.0.1:PORT`: the address for SDKs, and for `/admin`. */
  readonly url: string
  readonly port: number
  readonly accountSid: string
  readonly authToken: string
  readonly seed: number
  readonly clock: Clock
  readonly messages: Messages
  readonly calls: Calls
  readonly callbacks: Callbacks
  readonly requests: Requests
  readonly log: Log
  /**
   * Sends what a client of Twilio's Node library asks of Twilio to this exchange, and gives the client back. A host that is not
   * simulated is refused, so that nothing ever reaches Twilio.
   */
  readonly connect: <Client extends object>(client: Client) => Client
  /** A phone sends a message. Resolves when it is in the log; what its webhook answers comes later. */
  readonly inbound: (message: PhoneMessage) => Promise<Received>
  /** A phone calls a number. Resolves when the call is in the log; what its instructions make of it comes later. */
  readonly call: (call: PhoneCall) => Promise<Call>
  /** Verifications with their codes, newest first. */
  readonly verifications: (match?: VerificationMatch) => ReadonlyArray<Verification>
  /** What went wrong with webhooks and their TwiML, by Twilio's debugger codes, oldest first. */
  readonly alerts: () => ReadonlyArray<Alert>
  /** Changes settings from here on: groups are merged, null takes a key away. */
  readonly change: (settings: SettingsPatch) => Promise<void>
  /** Makes something go wrong from here on, until it is taken away. */
  readonly fault: (fault: Fault) => Promise<FaultOn>
  /** Forgets messages, calls, callbacks, or everything; the log keeps all. */
  readonly clear: (what?: "messages" | "calls" | "callbacks" | "all") => Promise<void>
  /**
   * Resolves once nothing is queued, on its way or due now; at pace `fast`, once nothing is due at all. Fails when nothing has happened for
   * the time of one wait, and says what is on its way.
   */
  readonly settled: (options?: Within) => Promise<void>
  /** Stops the server and ends every wait. Stopping twice is stopping. */
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** The virtual clock. Orders resolve when everything that falls into them is done, callbacks answered; they fail as `settled` does. */
export interface Clock {
  readonly now: () => Date
  readonly pace: () => Pace
  /** When the next thing is due; null when nothing is. */
  readonly nextDue: () => Date | null
  /** Runs all that falls into so much time from now. */
  readonly advance: (by: Duration, options?: Within) => Promise<void>
  /** Goes to the next due instant, or to the n-th; nothing due is no error. */
  readonly step: (n?: number, options?: Within) => Promise<void>
  /** Runs until nothing is due any more. Fails when that takes more virtual time than `atMost`, `366d` by default. */
  readonly runToEnd: (options?: Within & { readonly atMost?: Duration | undefined }) => Promise<void>
  readonly setPace: (pace: Pace) => Promise<void>
}

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

/** A message as it was when it was looked at. */
export interface Message {
  readonly sid: string
  readonly accountSid: string
  readonly messagingServiceSid: string | null
  readonly direction: MessageDirection
  /** Null while a service has not chosen a sender. */
  readonly from: string | null
  readonly to: string
  readonly body: string
  /** The likeliest one-time code in the body. */
  readonly code: string | null
  /** One-time codes in the body, likeliest first. */
  readonly codes: ReadonlyArray<string>
  /** Addresses in the body. */
  readonly links: ReadonlyArray<string>
  readonly status: MessageStatus
  readonly errorCode: number | null
  readonly numMedia: number
  readonly numSegments: number
  readonly dateCreated: Date
  readonly dateUpdated: Date
  readonly dateSent: Date | null
}

/** What a message has to be; what is absent may be anything. */
export interface MessageMatch {
  /** A number in any form that the carrier takes, another address as it is written, or a regular expression. */
  readonly to?: TextMatch | undefined
  readonly from?: TextMatch | undefined
  readonly body?: TextMatch | undefined
  readonly status?: MessageStatus | undefined
  readonly direction?: MessageDirection | undefined
  /** Only messages that came after this one, by its SID or as it was read. */
  readonly after?: string | Message | undefined
}

export interface Messages {
  /** Newest first, of every account and both directions. */
  readonly list: (match?: MessageMatch) => ReadonlyArray<Message>
  /** The newest that matches; throws when there is none, and says which comes nearest. */
  readonly latest: (match?: MessageMatch) => Message
  /** The newest that matches, as soon as there is one. Fails when the time is over, and says which comes nearest. */
  readonly waitFor: (match: MessageMatch, options?: Within) => Promise<Message>
  /** The message of this SID as it is now; throws when there is none. */
  readonly get: (sid: string) => Message
}

/** One event that was told to an address, as it was when it was looked at. */
export interface Callback {
  /** The place in the log of its first attempt. */
  readonly id: number
  /** The SID it is about. */
  readonly subject: string
  /** The status it tells of. */
  readonly event: string | null
  readonly method: string
  /** Passwords in it are replaced by names. */
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  /** The same for every attempt and every copy. */
  readonly token: string
  /** 0, or which copy of the event it is: a duplicate, or one that was sent again. */
  readonly copy: number
  /** Oldest first. */
  readonly attempts: ReadonlyArray<Attempt>
}

export interface Attempt {
  readonly seq: number
  /** From 1. */
  readonly attempt: number
  readonly at: Date
  /** Of the answer; null while there is none. */
  readonly status: number | null
  /** Why there is no answer. */
  readonly failed: string | null
}

/** What a callback has to be; what is absent may be anything. */
export interface CallbackMatch {
  readonly subject?: string | undefined
  readonly event?: string | undefined
  readonly url?: TextMatch | undefined
  /** Of the answer to its last attempt. */
  readonly status?: number | undefined
}

export interface Callbacks {
  /** Oldest first. */
  readonly list: (match?: CallbackMatch) => ReadonlyArray<Callback>
  /** The newest that matches; throws when there is none, and says which comes nearest. */
  readonly latest: (match?: CallbackMatch) => Callback
  /** The newest that matches, as soon as there is one. Fails when the time is over, and says which comes nearest. */
  readonly waitFor: (match: CallbackMatch, options?: Within) => Promise<Callback>
}

export interface LogEntry {
  readonly seq: number
  /** Virtual time. */
  readonly at: Date
  /** The entry it follows from; 0 if none. */
  readonly cause: number
  readonly kind: "input" | "outcome"
  readonly type: string
  readonly subject: string
  // biome-ignore lint/suspicious/noExplicitAny: its shape follows from its type, and a test knows which it looks at
  readonly data: any
  readonly hash: string
}

export interface LogFilter {
  /** A type; with a `*` at its end every type that begins so. */
  readonly type?: string | undefined
  readonly subject?: string | undefined
  /** Only entries behind this place. */
  readonly after?: number | undefined
}

export interface Log {
  /** How many entries there are. */
  readonly length: () => number
  /** The hash of the newest entry: two runs with the same digest are the same, byte for byte. */
  readonly digest: () => string
  /** Oldest first. */
  readonly entries: (filter?: LogFilter) => ReadonlyArray<LogEntry>
  /** Writes the log as a recording (`.jsonl`), for `ringback verify` and `ringback log`. */
  readonly export: (file: string) => Promise<void>
}

export interface PhoneMessage {
  readonly from: string
  /** A number that an account has. */
  readonly to: string
  readonly body?: string | undefined
  /** URLs of pictures and files. */
  readonly media?: ReadonlyArray<string> | undefined
}

/** A message that came from a phone. */
export interface Received {
  readonly sid: string
  readonly accountSid: string
  /** The keyword that the message is. */
  readonly keyword: "STOP" | "START" | "HELP" | null
  /** What the carrier itself answered to it. */
  readonly automaticReply: string | null
}

export interface VerificationMatch {
  readonly to?: TextMatch | undefined
  readonly status?: Verification["status"] | undefined
}

export interface Verification {
  readonly sid: string
  readonly serviceSid: string
  readonly accountSid: string
  readonly to: string
  readonly code: string
  readonly status: "pending" | "approved" | "canceled" | "max_attempts_reached" | "expired"
  readonly dateCreated: Date
  readonly dateExpires: Date
  /** Wrong codes that were shown. */
  readonly checks: number
}

export interface Alert {
  readonly sid: string
  readonly accountSid: string
  readonly resourceSid: string
  readonly errorCode: number
  readonly logLevel: "error" | "warning"
  readonly alertText: string
  readonly requestMethod: string | null
  readonly requestUrl: string | null
  readonly dateCreated: Date
}

/** Applications in this process, by the URL of the endpoint of a scenario that is forwarded to them. */
export type Applications = Readonly<Record<string, Application>>

/** An application that is asked by the exchange. It is done when it has answered; one that throws has its connection reset. */
export type Application = (
  request: ApplicationRequest,
  exchange: Reached,
) => ApplicationAnswer | Promise<ApplicationAnswer>

export interface ApplicationRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The parameters of a form. */
  readonly params: Readonly<Record<string, string>>
}

/** How an application reaches the exchange. */
export interface Reached {
  /** Undefined unless the scenario has an `application`. */
  readonly url: string | undefined
  readonly accountSid: string
  readonly authToken: string
}

export interface ApplicationAnswer {
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

export interface PlayOptions {
  /** Instead of the scenario's own. */
  readonly seed?: number | undefined
  /** Made anew for each playing. */
  readonly applications?: (() => Applications) | undefined
}

/** A scenario that was played to its end. */
export interface Played {
  readonly passed: boolean
  readonly seed: number
  readonly digest: string
  /** What is not as expected, in lines for people; empty when all is. */
  readonly report: string
}

export interface ExploreOptions {
  /** How many seeds are tried; 100 by default. */
  readonly seeds?: number | undefined
  /** The first of them; 1 by default. */
  readonly from?: number | undefined
  /** Made anew for each playing. */
  readonly applications?: (() => Applications) | undefined
  /** A file that the scenario which fails again is written to. */
  readonly out?: string | undefined
}

/** What exploring a scenario came to. */
export interface Explored {
  /** Whether no seed fails. */
  readonly passed: boolean
  /** The first seed that fails; null when none does, or when it fails as it is. */
  readonly seed: number | null
  /** A smallest set of faults with which it fails, in words. */
  readonly faults: ReadonlyArray<string>
  /** All of it in lines for people. */
  readonly report: string
}

/** Settings that are merged into those in force: a key with null is taken away. */
export interface SettingsPatch {
  readonly callbacks?: Patch<NonNullable<Settings["callbacks"]>> | null | undefined
  readonly endpoints?: Settings["endpoints"] | null
  readonly twilio?: Patch<NonNullable<Settings["twilio"]>> | null | undefined
}

export type Patch<Group> = {
  readonly [Key in keyof Group]?:
    | (NonNullable<Group[Key]> extends ReadonlyArray<unknown> | string | number | boolean
        ? Group[Key]
        : Patch<NonNullable<Group[Key]>>)
    | null
    | undefined
}

/** How many there should be; a number means exactly so many. */
export type Times = number | { readonly atLeast?: number | undefined; readonly atMost?: number | undefined }

/** What `expect.extend(matchers)` adds to `expect(…)` in Vitest and Jest. */
export interface RingbackMatchers<R = unknown> {
  /** Of a `Ringback`: messages that match came or went; at least one, or as many as said. */
  toHaveReceivedMessage: (match?: MessageMatch, times?: Times) => R
  /** Of a `Ringback`: an address was told of an event that matches; at least once, or as often as said. */
  toHaveCalledBack: (match?: CallbackMatch, times?: Times) => R
  /** Of a `Ringback`: requests that match were sent; at least one, or as many as said. */
  toHaveSentRequest: (match?: RequestMatch, times?: Times) => R
  /** Of a `Ringback`: nothing is queued, on its way or due now. */
  toHaveSettled: () => R
  /** Of a `Ringback`: calls that match were made, or came; at least one, or as many as said. */
  toHaveCall: (match?: CallMatch, times?: Times) => R
  /** Of a message or call as it was read: its status, and of a message its error code where one is named. */
  toHaveStatus: (status: MessageStatus | CallStatus, errorCode?: number | null) => R
}
