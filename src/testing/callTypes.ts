import type { TextMatch, Within } from "./terms.ts"

/* Calls as a test sees them, and what it does at their other end. */

export type CallStatus =
  | "queued"
  | "initiated"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "failed"
  | "no-answer"
  | "canceled"

export type CallDirection = "inbound" | "outbound-api" | "outbound-dial"

/** A call as it was when it was looked at. */
export interface Call {
  readonly sid: string
  readonly accountSid: string
  /** The call whose `<Dial>` made it. */
  readonly parentCallSid: string | null
  readonly direction: CallDirection
  readonly from: string
  readonly to: string
  readonly status: CallStatus
  /** Who has picked up, where somebody found out: `human`, `machine_start`, `fax` … */
  readonly answeredBy: string | null
  /** Seconds; null before its end. */
  readonly duration: number | null
  readonly dateCreated: Date
  /** When it was answered. */
  readonly startTime: Date | null
  readonly endTime: Date | null
}

/** What was heard or done in a call. */
export interface CallLine {
  /** The place in the log. */
  readonly seq: number
  readonly at: Date
  /** In a word: `answered`, `said`, `played`, `pressed`, `spoke`, `gathered`, `recorded`, `asked`, `fetched`, `alert`, a status … */
  readonly what: string
  readonly text: string | null
  readonly digits: string | null
  readonly url: string | null
  /** How long it takes, virtual ms. */
  readonly ms: number | null
  /** The other call, or the recording, that it is about. */
  readonly sid: string | null
  /** An HTTP status, or an error code. */
  readonly code: number | null
}

/** What a call has to be; what is absent may be anything. */
export interface CallMatch {
  /** A number in any form that the carrier takes, another address as it is written, or a regular expression. */
  readonly to?: TextMatch | undefined
  readonly from?: TextMatch | undefined
  readonly status?: CallStatus | undefined
  readonly direction?: CallDirection | undefined
  /** One of the texts that the call has said to its other end. */
  readonly said?: TextMatch | undefined
  /** Only calls that came after this one, by its SID or as it was read. */
  readonly after?: string | Call | undefined
}

export interface Calls {
  /** Newest first, of every account and direction. */
  readonly list: (match?: CallMatch) => ReadonlyArray<Call>
  /** The newest that matches; throws when there is none, and says which comes nearest. */
  readonly latest: (match?: CallMatch) => Call
  /** The newest that matches, as soon as there is one. Fails when the time is over, and says which comes nearest. */
  readonly waitFor: (match: CallMatch, options?: Within) => Promise<Call>
  /** The call of this SID as it is now; throws when there is none. */
  readonly get: (sid: string) => Call
  /** What was heard and done in a call so far, oldest first; throws when there is no such call. */
  readonly transcript: (call: string | Call) => ReadonlyArray<CallLine>
  /** Whoever is at the other end presses keys: `0` to `9`, `*`, `#`, `A` to `D`. This and the others fail when the call cannot hear it now. */
  readonly press: (call: string | Call, digits: string) => Promise<Call>
  /** Whoever is at the other end says something; `confidence` is that of its recognition, 0 to 1, and 0.9 by default. */
  readonly speak: (call: string | Call, text: string, options?: SpeakOptions) => Promise<Call>
  /** Whoever is called picks up now: of a call that rings. */
  readonly answer: (call: string | Call) => Promise<Call>
  /** Whoever is at the other end hangs up. */
  readonly hangUp: (call: string | Call) => Promise<Call>
}

export interface SpeakOptions {
  readonly confidence?: number | undefined
}

export interface PhoneCall {
  readonly from: string
  /** A number that an account has. */
  readonly to: string
  /** What the caller does by itself: `press 1#`, `say yes`, `wait 2s`, `hang up`. */
  readonly then?: ReadonlyArray<string> | undefined
}
