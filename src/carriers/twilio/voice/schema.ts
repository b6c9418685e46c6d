import type { AlertCode } from "../alerts/debugger.ts"

/*
 * The verbs of calls as data: which attributes and nouns each may have. Names count as they are written.
 *
 * Source  TwiML for Programmable Voice; the builder of twilio-node 6.2, which has them all
 */

/** What may stand in an element. */
export interface Shape {
  readonly attributes: ReadonlySet<string>
  readonly nouns: ReadonlyMap<string, Shape>
  /** Text that is spoken may hold markup; without text, none may stand there. */
  readonly text: "speech" | "plain" | "none"
  /** What another noun is. */
  readonly strange: AlertCode
}

const shape = (attributes: string, more: Partial<Omit<Shape, "attributes">> = {}): Shape => ({
  attributes: new Set(attributes.split(" ")),
  nouns: new Map(),
  text: "none",
  strange: 12200,
  ...more,
})

const say = shape("voice language loop", { text: "speech" })
const play = shape("loop digits", { text: "plain" })
const pause = shape("length")
const parameter = shape("name value")
const parameters = new Map([["Parameter", parameter]])

const callback = "statusCallback statusCallbackEvent statusCallbackMethod"
const recordingCallback =
  "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingConfigurationId trim"
const machineDetection =
  "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"

const dialNouns = new Map<string, Shape>([
  ["Number", shape(`url method sendDigits byoc ${callback} ${machineDetection}`, { text: "plain" })],
  [
    "Client",
    shape(`url method ${callback}`, {
      text: "plain",
      nouns: new Map([["Identity", shape("", { text: "plain" })], ...parameters]),
    }),
  ],
  [
    "Sip",
    shape(`url method username password ${callback} ${machineDetection}`, {
      text: "plain",
      nouns: new Map([
        ["Uri", shape("priority weight username password", { text: "plain" })],
        ["Headers", shape("", { nouns: new Map([["Header", parameter]]) })],
      ]),
    }),
  ],
  [
    "Conference",
    shape(
      `muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record region coach participantLabel jitterBufferSize eventCallbackUrl ${callback} ${recordingCallback}`,
      { text: "plain" },
    ),
  ],
  ["Queue", shape("url method reservationSid postWorkActivitySid", { text: "plain" })],
  [
    "Application",
    shape(`url method customerId copyParentTo ${callback}`, {
      text: "plain",
      nouns: new Map([["ApplicationSid", shape("", { text: "plain" })], ...parameters]),
    }),
  ],
  ["Sim", shape("", { text: "plain" })],
  ["WhatsApp", shape(`url method ${callback}`, { text: "plain" })],
])

export const verbs: ReadonlyMap<string, Shape> = new Map([
  ["Say", say],
  ["Play", play],
  ["Pause", pause],
  [
    "Gather",
    shape(
      "action method input timeout speechTimeout maxSpeechTime finishOnKey numDigits partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult profanityFilter speechModel enhanced",
      {
        strange: 13320,
        nouns: new Map([
          ["Say", say],
          ["Play", play],
          ["Pause", pause],
        ]),
      },
    ),
  ],
  [
    "Record",
    shape(
      `action method timeout finishOnKey maxLength playBeep transcribe transcribeCallback recordingTrack ${recordingCallback}`,
    ),
  ],
  [
    "Dial",
    shape(
      `action method timeout hangupOnStar timeLimit callerId record recordingTrack answerOnBridge ringTone sequential referUrl referMethod events passports ${recordingCallback}`,
      { text: "plain", strange: 13215, nouns: dialNouns },
    ),
  ],
  ["Redirect", shape("method", { text: "plain" })],
  ["Hangup", shape("", { nouns: parameters })],
  ["Reject", shape("reason", { nouns: parameters })],
  [
    "Enqueue",
    shape("action method waitUrl waitUrlMethod maxQueueSize workflowSid", {
      text: "plain",
      nouns: new Map([["Task", shape("priority timeout", { text: "plain" })]]),
    }),
  ],
  ["Leave", shape("")],
  ["Sms", shape("to from action method statusCallback", { text: "plain" })],
])

/** Twilio's other verbs: a document may hold them, but nothing here carries them out. */
export const otherVerbs: ReadonlySet<string> = new Set(
  "Connect Conversation Echo Pay Prompt Queue Refer Siprec Start Stop Stream VirtualAgent".split(" "),
)

/** Markup of speech, and its attributes. Source: "Text-to-speech: SSML". */
export const markup: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    "amazon:auto-breaths": "volume frequency duration",
    "amazon:domain": "name",
    "amazon:effect": "name phonation vocal-tract-length",
    break: "strength time",
    emphasis: "level",
    lang: "xml:lang",
    p: "",
    phoneme: "alphabet ph",
    prosody: "volume rate pitch",
    s: "",
    "say-as": "interpret-as format role",
    speak: "",
    sub: "alias",
    w: "role",
  }).map(([name, attributes]) => [name, new Set(attributes.split(" "))]),
)

/** The verbs that a document may have which is heard while a call waits, or by who is called before the parties are connected. */
export const verbsIn: Readonly<
  Record<"queue-wait" | "queue-whisper" | "conference-wait" | "whisper", ReadonlySet<string>>
> = {
  "queue-wait": new Set(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Leave"]),
  // Source: "TwiML Queue", url.
  "queue-whisper": new Set(["Say", "Play", "Pause", "Redirect"]),
  "conference-wait": new Set(["Say", "Play", "Pause", "Redirect"]),
  whisper: new Set(["Say", "Play", "Pause", "Gather", "Record", "Redirect", "Reject", "Hangup", "Sms"]),
}
