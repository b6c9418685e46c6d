import type { Pair } from "../../../core/entries.ts"
import type { FetchPurpose, Target } from "./orders.ts"

/*
 * Where a call stands in its document: plain canonical JSON, made by `begin` and `step` alone. It holds the verbs that are still to
 * come, never the text they were read from; at most about four times `limits.answerBytesMax`.
 *
 *   frames[0]  the call's own document
 *   frames[1]  while it waits in a queue or a conference: the document of its waiting; out of the queue: what it hears first
 */

/** A verb or noun as it is carried out: what the schema does not know is left out of it. */
export interface Verb {
  readonly name: string
  /** Known ones, as they are written. */
  readonly attributes: ReadonlyArray<Pair>
  /** Without white space around it; of speech with its markup taken away and white space as single blanks. */
  readonly text: string
  /** Silence that markup of speech orders in its text. */
  readonly pause_ms: number
  readonly nouns: ReadonlyArray<Verb>
}

/** Where a verb's input goes. Null: to no one, the next verb follows. */
export type Action = Target | null

/** What is waited for. Each carries the `id` of the order whose answer that is; `wait` is that of a wait beside it, or null. */
export type Doing =
  /** Between two verbs, and when all is over. */
  | { readonly what: "nothing" }
  | { readonly what: "fetching"; readonly id: number; readonly purpose: FetchPurpose; readonly target: Target }
  /** A Say, Play or Pause; without `wait` it never ends by itself. */
  | { readonly what: "talking"; readonly wait: number | null }
  | Gathering
  | Recording
  | { readonly what: "naming"; readonly id: number; readonly action: Action; readonly digits: string }
  | {
      readonly what: "dialing"
      readonly id: number
      readonly kind: "dial" | "conference"
      readonly action: Action
      readonly hangup_on_star: boolean
      /** When it was ordered. */
      readonly since: number
      /** What a conference lets a waiting call hear. */
      readonly wait_url: Action
    }
  | {
      readonly what: "queued"
      readonly id: number
      readonly action: Action
      readonly since: number
      readonly wait_url: Action
    }
  | { readonly what: "sending"; readonly id: number; readonly action: Target }

export interface Gathering {
  readonly what: "gathering"
  /** Of the prompt that is heard, of the silence after it, or of the end of speech. */
  readonly wait: number | null
  readonly phase: "prompts" | "silence" | "speech"
  /** Those still to come. */
  readonly prompts: ReadonlyArray<Verb>
  readonly digits: string
  readonly speech: string
  readonly confidence_bp: number
  /** When the speech so far is at its end. */
  readonly speech_ends: number
  /** Partial results told so far. */
  readonly partials: number
  readonly verb: Gather
}

/** `<Gather>` with its attributes checked. Times in ms. */
export interface Gather {
  readonly action: Action
  readonly action_on_empty: boolean
  readonly barge_in: boolean
  readonly dtmf: boolean
  readonly finish_on_key: string
  readonly num_digits: number | null
  readonly partial: Action
  readonly speech: boolean
  readonly speech_max: number
  readonly speech_timeout: number
  readonly timeout: number
}

export interface Recording {
  readonly what: "recording"
  readonly id: number
  /** Of the silence, or of the longest length. */
  readonly wait: number | null
  readonly since: number
  /** When the last that was spoken is at its end; null before anything was. */
  readonly spoken: { readonly from: number; readonly to: number } | null
  readonly action: Action
  readonly finish_on_key: string
  readonly trim: boolean
  /** Times in ms. */
  readonly length: number
  readonly timeout: number
}

export interface Frame {
  readonly place: "call" | "queue-wait" | "queue-whisper" | "conference-wait"
  /** Whence the document is; null where it was given as text. */
  readonly source: Target | null
  /** Verbs still to come. */
  readonly rest: ReadonlyArray<Verb>
  readonly doing: Doing
  /** It could not go on: what is said of that is the last that is heard. */
  readonly failed: boolean
}

export interface VoiceState {
  readonly role: "call" | "whisper"
  readonly answered: boolean
  /** Nothing more is carried out. While there are frames, how something ended is still to be told to its action, by a `final` fetch. */
  readonly over: boolean
  readonly fallback: Target | null
  /** How long a file takes to play. */
  readonly play_ms: number
  /** The `id` of the next order. */
  readonly next: number
  /** Ever, and since time last passed or the other end last did something. */
  readonly documents: number
  readonly verbs: number
  readonly documents_at_once: number
  readonly verbs_at_once: number
  readonly frames: ReadonlyArray<Frame>
}
