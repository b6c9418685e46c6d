import type { AlertCode } from "../alerts/debugger.ts"
import type { Target } from "./orders.ts"

/*
 * What happens to a call while a document is carried out: the answers to the orders that were given, and what the other end does.
 *
 * An event that answers an order carries its `id`. One whose order has been broken off or answered comes too late: it changes nothing
 * and leads to no orders, so a driver need not know what is still waited for. `at` is virtual ms and never decreases.
 */

/**
 * A document was fetched. `content_type` is without parameters, in small letters; null from an endpoint that need not say one: what
 * begins with `<` is XML then, anything else text.
 */
export interface DocumentFetched {
  readonly type: "document"
  readonly at: number
  readonly id: number
  readonly text: string
  readonly content_type: string | null
}

/** A document could not be had. `voice/retrieve.ts` makes this event and the one above of what came back. */
export interface DocumentFailed {
  readonly type: "document-failed"
  readonly at: number
  readonly id: number
  readonly code: AlertCode
  readonly detail: string
}

/** The wait that was ordered is over. */
export interface Elapsed {
  readonly type: "elapsed"
  readonly at: number
  readonly id: number
}

/** The other end presses keys, one after the other: `0` to `9`, `*`, `#`, `A` to `D`; others are not heard. */
export interface Pressed {
  readonly type: "pressed"
  readonly at: number
  readonly digits: string
}

/**
 * The other end begins to speak. How long that takes follows from the text, as for `<Say>`, unless `ms` says it.
 * `confidence_bp` is in basis points, 0 to 10 000.
 */
export interface Spoke {
  readonly type: "spoke"
  readonly at: number
  readonly text: string
  readonly confidence_bp: number
  readonly ms?: number
}

/** The call is over, whoever ended it. Requests that Twilio still makes then are ordered with `final`. */
export interface HungUp {
  readonly type: "hung-up"
  readonly at: number
}

/** A recording as parameters name it. `url` without `.wav`; the driver may give a path and have it made absolute on the way out. */
export interface RecordingMade {
  readonly sid: string
  readonly url: string
  /** Whole seconds. */
  readonly duration: number
}

export type DialCallStatus = "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled"

/** What was dialled has ended: a child call, or a call out of a queue. `sid` is null where no call was made. */
export interface ChildEnded {
  readonly type: "child-ended"
  readonly at: number
  readonly id: number
  readonly status: DialCallStatus
  readonly sid: string | null
  /** Whole seconds it was connected. */
  readonly duration: number
  readonly bridged: boolean
  readonly recording: RecordingMade | null
}

/** The recording that `end-recording` ended has a name. */
export interface Recorded {
  readonly type: "recorded"
  readonly at: number
  readonly id: number
  readonly recording: RecordingMade
}

/** The call has to wait in a conference: it is its first participant, or none has started it. */
export interface ConferenceWaits {
  readonly type: "conference-waits"
  readonly at: number
  readonly id: number
}

/** The conference goes on: the waiting ends. */
export interface ConferenceStarted {
  readonly type: "conference-started"
  readonly at: number
  readonly id: number
}

/** The call is out of the conference: it left, was removed, or the conference ended. */
export interface ConferenceLeft {
  readonly type: "conference-left"
  readonly at: number
  readonly id: number
  readonly sid: string
  /** Whole seconds in it. */
  readonly duration: number
  readonly recording: RecordingMade | null
}

/** The call has a place in the queue: its waiting begins. */
export interface QueueEntered {
  readonly type: "queue-entered"
  readonly at: number
  readonly id: number
}

/**
 * Somebody takes it out of the queue: the waiting is broken off, and `queue-ended` comes when that ends. They are connected at once, or behind
 * the document that is to be heard first, by `bridge`.
 */
export interface QueueBridged {
  readonly type: "queue-bridged"
  readonly at: number
  readonly id: number
  readonly whisper?: Target
}

export type QueueResult =
  | "bridged"
  | "bridging-in-process"
  | "error"
  | "hangup"
  | "leave"
  | "queue-full"
  | "redirected"
  | "redirected-from-bridged"
  | "system-error"

/** It is out of the queue, or never got in. `sid` is null then. */
export interface QueueEnded {
  readonly type: "queue-ended"
  readonly at: number
  readonly id: number
  readonly result: QueueResult
  readonly sid: string | null
  /** Whole seconds in it. */
  readonly duration: number
}

/** The message that `send-sms` ordered was made, or refused. */
export interface SmsSent {
  readonly type: "sms-sent"
  readonly at: number
  readonly id: number
  /** Null where none was made. */
  readonly sid: string | null
  /** `queued`, `failed` … */
  readonly status: string
}

/** The inbound call, which had not been answered, is: by a `<Dial answerOnBridge>` whose child answered. */
export interface Answered {
  readonly type: "answered"
  readonly at: number
}

/** An update gives the call other instructions: a URL, or a document as text. What was going on is broken off. */
export interface Replaced {
  readonly type: "replaced"
  readonly at: number
  readonly by: Target | { readonly twiml: string }
  /** Who is asked from here on when a document cannot be had; left out, it stays. */
  readonly fallback?: Target | null
}

export type VoiceEvent =
  | DocumentFetched
  | DocumentFailed
  | Elapsed
  | Pressed
  | Spoke
  | HungUp
  | ChildEnded
  | Recorded
  | ConferenceWaits
  | ConferenceStarted
  | ConferenceLeft
  | QueueEntered
  | QueueBridged
  | QueueEnded
  | SmsSent
  | Answered
  | Replaced
