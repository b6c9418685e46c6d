import type { Pair } from "../../../core/entries.ts"
import type { AlertCode } from "../alerts/debugger.ts"

/*
 * What carrying a document out asks of who drives the call. Orders are given in the order in which they are to be obeyed, and are plain
 * canonical JSON. One that is answered by an event carries an `id`, which no other order of this call has; `stop` names it when the
 * answer is no longer wanted. Every attribute is checked, has its default, and every URL is absolute.
 */

export interface Target {
  readonly method: "GET" | "POST"
  readonly url: string
}

/** Where something is told, and what of it; `events` as Twilio names them, at least one. */
export interface Callback extends Target {
  readonly events: ReadonlyArray<string>
}

/** A fetch that leads to a document. `action` is that of the verb named. */
export type FetchPurpose =
  | "url"
  | "update"
  | "fallback"
  | "redirect"
  | "gather-action"
  | "record-action"
  | "dial-action"
  | "enqueue-action"
  | "sms-action"
  | "queue-wait"
  | "queue-whisper"
  | "conference-wait"

/** Fires `elapsed` after so many ms; at least 1. */
export interface Wait {
  readonly type: "wait"
  readonly id: number
  readonly ms: number
}

/**
 * Asks for a document: `document` or `document-failed` answers it.
 *
 * `params` are those the verb adds; the driver puts them behind the standard ones of a call, those of the queue (`queue-wait`) or the
 * conference (`conference-wait`). `final`: the call is over, the answer is not carried out, and no event is wanted.
 */
export interface Fetch extends Target {
  readonly type: "fetch"
  readonly id: number
  readonly purpose: FetchPurpose
  readonly params: ReadonlyArray<Pair>
  readonly final: boolean
}

/** Tells an application something; what it answers is no document. */
export interface Notify extends Target {
  readonly type: "notify"
  readonly purpose: "partial-result"
  readonly params: ReadonlyArray<Pair>
}

/** The inbound call is picked up. Comes at most once, and never for a call that was answered when it began. */
export interface Answer {
  readonly type: "answer"
}

/** How a recording is made, and who is told of it. Events `in-progress`, `completed`, `absent`. */
export interface RecordingAttributes {
  readonly trim: boolean
  readonly callback: Callback | null
}

export interface MachineDetection {
  readonly mode: "Enable" | "DetectMessageEnd"
  /** Seconds; the others are ms. */
  readonly timeout: number
  readonly speech_threshold: number
  readonly speech_end_threshold: number
  readonly silence_timeout: number
  readonly callback: Target | null
}

/** One of those a `<Dial>` calls. `url` is a document for the called party before it is connected: `begin` it as a `whisper`. */
export interface DialTarget {
  readonly kind: "number" | "client" | "sip" | "queue" | "application" | "sim" | "whatsapp"
  /** A phone number (E.164), identity, SIP URI, name or SID of a queue, application or SIM, `whatsapp:` and a number. */
  readonly to: string
  readonly url: Target | null
  readonly send_digits: string | null
  /** Events `initiated`, `ringing`, `answered`, `completed`. */
  readonly callback: Callback | null
  readonly machine_detection: MachineDetection | null
  /** `<Parameter>`s of a client or application. */
  readonly parameters: ReadonlyArray<Pair>
}

/**
 * Calls others and connects the one who answers first; `child-ended` answers it, also when nobody could be called.
 * The driver keeps `timeout` (seconds of ringing) and `time_limit` (seconds connected).
 */
export interface Dial {
  readonly type: "dial"
  readonly id: number
  /** At least one, at most ten. */
  readonly targets: ReadonlyArray<DialTarget>
  /** One after the other instead of all at once. */
  readonly sequential: boolean
  readonly timeout: number
  readonly time_limit: number
  /** Null: the number of who called. */
  readonly caller_id: string | null
  /** The inbound call is answered only when a child is: the driver does that and says `answered`. */
  readonly answer_on_bridge: boolean
  readonly ring_tone: string | null
  readonly record: "do-not-record" | "record-from-answer" | "record-from-ringing"
  readonly dual: boolean
  readonly recording_track: "both" | "inbound" | "outbound"
  readonly recording: RecordingAttributes
}

/** The call joins a conference. `conference-waits`, `conference-started` and `conference-left` answer it. */
export interface JoinConference {
  readonly type: "join-conference"
  readonly id: number
  readonly name: string
  readonly start_on_enter: boolean
  readonly end_on_exit: boolean
  readonly muted: boolean
  readonly beep: "true" | "false" | "onEnter" | "onExit"
  readonly max_participants: number
  readonly label: string | null
  /** The SID of the call that alone hears this one. */
  readonly coach: string | null
  readonly record: boolean
  readonly recording: RecordingAttributes
  /** Events `start`, `end`, `join`, `leave`, `mute`, `hold`, `modify`, `speaker`, `announcement`. */
  readonly callback: Callback | null
  /** Seconds connected, from the `<Dial>` around it. */
  readonly time_limit: number
  /** From the `<Dial>` around it: the participant's own recording. */
  readonly dial_record: Dial["record"]
}

/** Recording begins. The interpreter ends it, by `end-recording` or `stop`. */
export interface StartRecording {
  readonly type: "record"
  readonly id: number
  readonly beep: boolean
  /** Seconds. */
  readonly max_length: number
  readonly transcribe: boolean
  readonly transcribe_callback: string | null
  readonly recording: RecordingAttributes
}

/**
 * Recording ends. `ms` is what it holds: silence at its ends left out where it is trimmed. With 0 the recording is `absent`, and
 * no answer is wanted; otherwise `recorded` answers, in the same turn or later.
 */
export interface EndRecording {
  readonly type: "end-recording"
  readonly id: number
  readonly ms: number
  readonly by: "key" | "silence" | "max-length" | "hangup"
}

/** The call goes into a queue. `queue-entered`, then perhaps `queue-bridged`, then `queue-ended` answer it. */
export interface Enqueue {
  readonly type: "enqueue"
  readonly id: number
  /** Empty where only a workflow is named. */
  readonly name: string
  readonly workflow_sid: string | null
  /** The text of its `<Task>`: JSON, as it is written. */
  readonly task: string | null
  readonly max_size: number | null
}

/** The call leaves the queue of this order: `queue-ended` with `leave` answers. */
export interface Leave {
  readonly type: "leave"
  readonly id: number
}

/**
 * What an order began is broken off. Of a `dial`, `conference` or `queue` the driver still says how it ended if `answer` is true (the
 * interpreter may have to tell an action); otherwise nothing about it is wanted any more.
 */
export interface Stop {
  readonly type: "stop"
  readonly id: number
  readonly of: "wait" | "fetch" | "dial" | "conference" | "queue" | "record"
  readonly answer: boolean
}

/** A message is sent. `to` and `from` are null where the document leaves them to the call. With `answer`, `sms-sent` is waited for. */
export interface SendSms {
  readonly type: "send-sms"
  readonly id: number
  readonly to: string | null
  readonly from: string | null
  readonly body: string
  readonly status_callback: string | null
  readonly answer: boolean
}

/** Tones go to the other end: `0` to `9`, `*`, `#`, `A` to `D`, `w` half a second, `W` a second. */
export interface SendDigits {
  readonly type: "send-digits"
  readonly digits: string
}

/** What was to be heard before has come to its end: the parties are connected. */
export interface Bridge {
  readonly type: "bridge"
}

/** The inbound call is not picked up; it ends as `busy`, or as `no-answer` when `rejected`. */
export interface Reject {
  readonly type: "reject"
  readonly reason: "rejected" | "busy"
}

/** The call ends. `error`: a document could not be had or carried out, or a limit is reached; an alert came before. */
export interface HangUp {
  readonly type: "hang-up"
  readonly reason: "hangup" | "end-of-document" | "rejected" | "error"
}

/** Something is wrong that Twilio's debugger tells. `url` is the document's; empty where it was given as text. */
export interface Alert {
  readonly type: "alert"
  readonly code: AlertCode
  readonly detail: string
  readonly url: string
}

/**
 * A line of the transcript: what the other end hears and does, at the instant of the event.
 *
 * `said.ms` and `played.ms` are for all repetitions together; null: until something ends it. `broken-off` says that the last line was
 * not heard to its end.
 */
export type Line =
  | {
      readonly what: "said"
      readonly text: string
      readonly ms: number | null
      readonly loop: number
      readonly language: string
      readonly voice: string
    }
  | { readonly what: "played"; readonly url: string; readonly ms: number | null; readonly loop: number }
  | { readonly what: "tones"; readonly digits: string; readonly ms: number }
  | { readonly what: "paused"; readonly ms: number }
  | { readonly what: "broken-off" }
  | { readonly what: "pressed"; readonly digits: string }
  | { readonly what: "spoke"; readonly text: string }
  | { readonly what: "gathered"; readonly digits: string; readonly speech: string }
  | { readonly what: "recording"; readonly beep: boolean }
  | { readonly what: "recorded"; readonly ms: number; readonly by: EndRecording["by"] }
  | { readonly what: "dialed"; readonly to: ReadonlyArray<string> }
  | { readonly what: "dial-ended"; readonly status: string }
  | { readonly what: "conference"; readonly name: string }
  | { readonly what: "queued"; readonly name: string }
  | { readonly what: "left-queue"; readonly result: string }
  | { readonly what: "sms"; readonly body: string }
  | { readonly what: "redirected"; readonly url: string }
  | { readonly what: "not-carried-out"; readonly verb: string }

export interface Told {
  readonly type: "line"
  readonly line: Line
}

export type Order =
  | Wait
  | Fetch
  | Notify
  | Answer
  | Dial
  | JoinConference
  | StartRecording
  | EndRecording
  | Enqueue
  | Leave
  | Stop
  | SendSms
  | SendDigits
  | Bridge
  | Reject
  | HangUp
  | Alert
  | Told
