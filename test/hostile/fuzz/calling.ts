import { sid as sidOf, sidUnder } from "../../../src/core/chance.ts"
import { nasty, type Random } from "./random.ts"

/* What cases about calls, recordings, conferences and queues are made of. */

export const callParameters = [
  "Url",
  "Twiml",
  "Method",
  "FallbackUrl",
  "Record",
  "SendDigits",
  "Timeout",
  "TimeLimit",
  "MachineDetection",
  "AsyncAmd",
  "StatusCallbackEvent",
  "RecordingStatusCallback",
  "Muted",
  "Hold",
  "Label",
  "MaxSize",
  "StartTime>",
  "EndTime",
  "ParentCallSid",
  "CallSid",
]

const document = (text: string): string => `Twiml=${encodeURIComponent(`<Response>${text}</Response>`)}`

/** What the rules take in these parameters, so that some requests get far. */
export const callGood = [
  document("<Say>Hello</Say><Pause length='30'/>"),
  document("<Gather numDigits='1'><Say>One</Say></Gather><Record maxLength='5'/>"),
  document("<Dial timeLimit='20' record='record-from-answer'>+15558880001</Dial>"),
  document("<Dial><Conference endConferenceOnExit='true'>Team</Conference></Dial>"),
  document("<Enqueue>line</Enqueue>"),
  document("<Dial><Number sendDigits='w1'>+14155550100</Number></Dial>"),
  document("<Dial><Queue url='https://a.example/whisper'>line</Queue></Dial>"),
  "SendDigits=w1W2%23&To=%2B14155550100",
  document("<Dial><Queue>line</Queue></Dial><Sms>x</Sms>"),
  "Url=https%3A%2F%2Fu%3Ap%40a.example%2Fvoice&FallbackUrl=https%3A%2F%2Fa.example%2Fsorry",
  "Record=true&RecordingChannels=dual",
  "MachineDetection=Enable&AsyncAmd=true",
  "StatusCallback=https%3A%2F%2Fa.example%2F&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing",
  "Status=completed",
  "Status=paused",
  "Status=stopped",
  "FriendlyName=line&MaxSize=2",
  "Muted=true&Hold=true",
]

/** Orders to the other ends of calls. */
export const callOrders = [
  '{"from":"+15551234567","to":"+15550000001"}',
  '{"from":"+15551234567","to":"+15550000001","then":["press 1","wait 2s","say yes","hang up"]}',
  '{"from":"+15551234567","to":"+15550000001","then":["jump",null]}',
  '{"digits":"1#"}',
  '{"digits":"x"}',
  '{"text":"Hello","confidence":0.5}',
  '{"text":"","confidence":1e999}',
  "{}",
  "null",
  "[".repeat(5_000),
]

/** Paths of calls and what comes of them; now and then of one that exists. */
export const callPath = (random: Random, seed: number, accountSid: string): string => {
  const own = `/2010-04-01/Accounts/${accountSid}`
  const call = sidOf("CA", seed, random.below(30))
  const recording = sidUnder("RE", seed, call, random.pick(["call", "order 3", "order 4", "api 0"]))
  const conference = sidUnder("CF", seed, `${accountSid} Team`, String(random.below(4)))
  const queue = sidUnder("QU", seed, accountSid, `line ${random.below(3)}`)
  return random.pick([
    `${own}/Calls.json`,
    `${own}/Calls.json`,
    `${own}/Calls.json`,
    `${own}/Calls/${call}.json`,
    `${own}/Calls/${call}.json`,
    `${own}/Calls/${call}/Recordings.json`,
    `${own}/Calls/${call}/Recordings/Twilio.CURRENT.json`,
    `${own}/Recordings.json`,
    `${own}/Recordings/${recording}.json`,
    `${own}/Recordings/${recording}${random.pick(["", ".wav", ".mp3"])}`,
    `${own}/Conferences.json`,
    `${own}/Conferences/${conference}.json`,
    `${own}/Conferences/${random.pick([conference, "Team", encodeURIComponent(random.pick(nasty).toWellFormed())])}/Participants.json`,
    `${own}/Conferences/${conference}/Participants/${call}.json`,
    `${own}/Conferences/${conference}/Recordings.json`,
    `${own}/Queues.json`,
    `${own}/Queues/${queue}.json`,
    `${own}/Queues/${queue}/Members/${random.pick(["Front", call])}.json`,
    "/admin/calls",
    "/admin/calls",
    `/admin/calls/${call}/${random.pick(["press", "speak", "answer", "hangup", "transcript", "__proto__"])}`,
    `/admin/calls/${call}/${random.pick(["press", "speak", "answer", "hangup", "transcript"])}`,
  ])
}
