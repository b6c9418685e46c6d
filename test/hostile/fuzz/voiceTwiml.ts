import type { Random } from "./random.ts"

/* Documents of calls as applications might write them, and as none would. */

const values = [
  "/next",
  "other?a=1&amp;b=2",
  "https://b.example/x",
  "ftp://x",
  "",
  "0",
  "1",
  "3",
  "600",
  "-1",
  "99999999999",
  "true",
  "false",
  "busy",
  "dtmf speech",
  "GET",
  "PUT",
  "#",
  "1*",
  "auto",
  "ww12",
  "+14155550100",
  "record-from-answer-dual",
  "do-not-trim",
  "&#x1F427;",
  "__proto__",
]

const attributes: Readonly<Record<string, string>> = {
  Say: "loop voice language",
  Play: "loop digits",
  Pause: "length",
  Gather:
    "action method input timeout speechTimeout maxSpeechTime finishOnKey numDigits partialResultCallback bargeIn actionOnEmptyResult",
  Record:
    "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback recordingStatusCallbackEvent",
  Dial: "action method timeout hangupOnStar timeLimit callerId record answerOnBridge sequential trim",
  Number: "url method sendDigits statusCallback statusCallbackEvent machineDetection",
  Conference:
    "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants coach participantLabel statusCallback",
  Enqueue: "action method waitUrl waitUrlMethod maxQueueSize workflowSid",
  Redirect: "method",
  Reject: "reason",
  Sms: "to from action method statusCallback",
}
const texts = [
  "Hello",
  "+14155550100",
  "support",
  "/a.mp3",
  "",
  "client:bob",
  "sip:a@b.example",
  "<![CDATA[<b>]]>",
  "&amp;",
]
/** What is right most often: then something comes of it. */
const fitting: Readonly<Record<string, string>> = {
  Dial: "+14155550100",
  Number: "+14155550100",
  Conference: "room",
  Enqueue: "support",
  Play: "/a.mp3",
  Redirect: "/more",
}
const prompts = ["Say", "Play", "Pause"]
const nouns = ["Number", "Conference", "Client", "Queue", "Sip", "Strange"]
const verbs = [
  ...prompts,
  "Gather",
  "Record",
  "Dial",
  "Enqueue",
  "Redirect",
  "Reject",
  "Sms",
  "Hangup",
  "Leave",
  "Connect",
  "Strange",
]

/** A document, most often one that is well-formed. */
export const voiceDocument = (random: Random): string =>
  `<Response>${random.some(5, () => element(random, random.pick(verbs))).join("")}</Response>`

const element = (random: Random, name: string): string => {
  const given = new Map(
    random.some(3, () => {
      const attribute = random.pick((attributes[name] ?? "strange").split(" "))
      const url = /action|url|callback$/i.test(attribute)
      return [attribute, url && random.chance(75) ? "/next" : random.pick(values)] as const
    }),
  )
  const written = [...given].map(([attribute, value]) => ` ${attribute}="${value}"`).join("")
  return `<${name}${written}>${inside(random, name)}</${name}>`
}

const inside = (random: Random, name: string): string => {
  if (name === "Gather") return random.some(2, () => element(random, random.pick(prompts))).join("")
  if (name === "Dial" && random.chance(70)) return random.some(3, () => element(random, random.pick(nouns))).join("")
  if (name === "Say" && random.chance(20)) return `${random.pick(texts)}<break time="1s"/><p>two</p>`
  return random.chance(75) ? (fitting[name] ?? random.pick(texts)) : random.pick(texts)
}
