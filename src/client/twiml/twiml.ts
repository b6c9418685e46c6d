import { type AttributeValue, element, type TwimlElement } from "./element.ts"

/*
 * TwiML as functions, one for each verb: values that can be kept, combined and compared. What a document of messages and one of
 * calls may hold is checked by their types. Names and attributes are Twilio's.
 * Source  "TwiML for Programmable Messaging", "TwiML for Programmable Voice"
 */

export type Method = "GET" | "POST"

export interface MessageAttributes {
  /** Whom it goes to; else whoever sent the message that is answered. */
  readonly to?: string
  /** Who sends it; else the number that is answered for. */
  readonly from?: string
  /** URLs of at most ten pictures or files. */
  readonly media?: ReadonlyArray<string>
  readonly statusCallback?: string
  readonly action?: string
  readonly method?: Method
}

export type Message = TwimlElement<"Message">
export type Redirect = TwimlElement<"Redirect">
export type MessagingVerb = Message | Redirect

/** A reply; a text alone, or with media. */
const message = (body: string, { media = [], ...attributes }: MessageAttributes = {}): Message =>
  element(
    "Message",
    { ...attributes },
    media.length === 0
      ? [body]
      : [...(body === "" ? [] : [element("Body", {}, [body])]), ...media.map((url) => element("Media", {}, [url]))],
  )

/** Goes on with another document; what comes behind it is never reached. */
const redirect = (url: string, attributes: { readonly method?: Method } = {}): Redirect =>
  element("Redirect", { ...attributes }, [url])

export interface SayAttributes {
  readonly voice?: string
  readonly language?: string
  /** How often; 0 for without end. */
  readonly loop?: number
}

export interface PlayAttributes {
  readonly loop?: number
  /** Keys that are pressed, instead of a sound. */
  readonly digits?: string
}

export interface GatherAttributes {
  readonly input?: "dtmf" | "speech" | "dtmf speech"
  readonly action?: string
  readonly method?: Method
  /** Seconds. */
  readonly timeout?: number
  readonly speechTimeout?: number | "auto"
  readonly numDigits?: number
  readonly finishOnKey?: string
  readonly actionOnEmptyResult?: boolean
  readonly hints?: string
  readonly language?: string
}

export interface RecordAttributes {
  readonly action?: string
  readonly method?: Method
  /** Seconds of silence after which it ends, and of sound at most. */
  readonly timeout?: number
  readonly maxLength?: number
  readonly finishOnKey?: string
  readonly playBeep?: boolean
  readonly trim?: "trim-silence" | "do-not-trim"
  readonly recordingStatusCallback?: string
  readonly recordingStatusCallbackEvent?: ReadonlyArray<"in-progress" | "completed" | "absent">
}

export interface DialAttributes {
  readonly action?: string
  readonly method?: Method
  readonly callerId?: string
  /** Seconds that it rings, and that the call lasts, at most. */
  readonly timeout?: number
  readonly timeLimit?: number
  readonly hangupOnStar?: boolean
  readonly record?:
    | "do-not-record"
    | "record-from-answer"
    | "record-from-ringing"
    | "record-from-answer-dual"
    | "record-from-ringing-dual"
}

export interface NumberAttributes {
  readonly sendDigits?: string
  readonly url?: string
  readonly method?: Method
  readonly statusCallback?: string
  readonly statusCallbackEvent?: ReadonlyArray<"initiated" | "ringing" | "answered" | "completed">
}

export interface ConferenceAttributes {
  readonly muted?: boolean
  readonly beep?: "true" | "false" | "onEnter" | "onExit"
  readonly startConferenceOnEnter?: boolean
  readonly endConferenceOnExit?: boolean
  readonly waitUrl?: string
  readonly maxParticipants?: number
}

export interface EnqueueAttributes {
  readonly action?: string
  readonly method?: Method
  readonly waitUrl?: string
}

export type Say = TwimlElement<"Say">
export type Play = TwimlElement<"Play">
export type Pause = TwimlElement<"Pause">
export type DialNoun = TwimlElement<"Number" | "Conference" | "Queue">
export type VoiceVerb =
  | Say
  | Play
  | Pause
  | Redirect
  | TwimlElement<"Gather" | "Record" | "Dial" | "Enqueue" | "Hangup" | "Reject">

const say = (text: string, attributes: SayAttributes = {}): Say => element("Say", { ...attributes }, [text])

/** A sound by its URL, or with `digits` keys. */
const play = (url: string, attributes: PlayAttributes = {}): Play =>
  element("Play", { ...attributes }, url === "" ? [] : [url])

const pause = (seconds?: number): Pause => element("Pause", { length: seconds })

/** Waits for keys or words, while the prompts are heard. */
const gather = (
  attributes: GatherAttributes = {},
  ...prompts: ReadonlyArray<Say | Play | Pause>
): TwimlElement<"Gather"> => element("Gather", { ...attributes }, prompts)

const record = (attributes: RecordAttributes = {}): TwimlElement<"Record"> => element("Record", { ...attributes })

/** Calls a number, or whom the nouns say. */
const dial = (whom: string | ReadonlyArray<DialNoun>, attributes: DialAttributes = {}): TwimlElement<"Dial"> =>
  element("Dial", { ...attributes }, typeof whom === "string" ? [whom] : whom)

const number = (phone: string, attributes: NumberAttributes = {}): TwimlElement<"Number"> =>
  element("Number", { ...attributes }, [phone])

const conference = (name: string, attributes: ConferenceAttributes = {}): TwimlElement<"Conference"> =>
  element("Conference", { ...attributes }, [name])

const queue = (name: string): TwimlElement<"Queue"> => element("Queue", {}, [name])

const enqueue = (name: string, attributes: EnqueueAttributes = {}): TwimlElement<"Enqueue"> =>
  element("Enqueue", { ...attributes }, [name])

const hangup = (): TwimlElement<"Hangup"> => element("Hangup")

const reject = (reason?: "rejected" | "busy"): TwimlElement<"Reject"> => element("Reject", { reason })

/** A verb that has no function here. Attributes and text are written as they are given. */
const verb = <Name extends string>(
  name: Name,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  children: ReadonlyArray<TwimlElement | string> = [],
): TwimlElement<Name> => {
  if (!nameOfXml.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of an element`)
  for (const key of Object.keys(attributes))
    if (!nameOfXml.test(key)) throw new TypeError(`${JSON.stringify(key)} is no name of an attribute`)
  return element(name, attributes, children)
}
const nameOfXml = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/

/** A whole document. */
export type Twiml = TwimlElement<"Response">

/** The answer to an inbound message; without verbs, no reply. */
const messaging = (...verbs: ReadonlyArray<MessagingVerb>): Twiml => element("Response", {}, verbs)

/** The answer to a call. */
const voice = (...verbs: ReadonlyArray<VoiceVerb>): Twiml => element("Response", {}, verbs)

/** Verbs by their functions, and the two kinds of documents. */
export const twiml: {
  readonly messaging: typeof messaging
  readonly voice: typeof voice
  readonly message: typeof message
  readonly redirect: typeof redirect
  readonly say: typeof say
  readonly play: typeof play
  readonly pause: typeof pause
  readonly gather: typeof gather
  readonly record: typeof record
  readonly dial: typeof dial
  readonly number: typeof number
  readonly conference: typeof conference
  readonly queue: typeof queue
  readonly enqueue: typeof enqueue
  readonly hangup: typeof hangup
  readonly reject: typeof reject
  readonly verb: typeof verb
} = {
  messaging,
  voice,
  message,
  redirect,
  say,
  play,
  pause,
  gather,
  record,
  dial,
  number,
  conference,
  queue,
  enqueue,
  hangup,
  reject,
  verb,
}
