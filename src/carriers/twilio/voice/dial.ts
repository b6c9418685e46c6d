import { parseE164 } from "../../../core/E164.ts"
import type { Pair } from "../../../core/entries.ts"
import { conference } from "./conference.ts"
import type { ChildEnded, ConferenceLeft } from "./events.ts"
import type { Dial, DialTarget, RecordingAttributes } from "./orders.ts"
import { recordingParams } from "./record.ts"
import type { Verb } from "./state.ts"
import { callEvents, Values } from "./values.ts"
import type { DoingOf, Open, Work } from "./work.ts"

/** Others that one `<Dial>` calls. Source: "TwiML Number". */
const targetsMax = 10

/**
 * Dials, or joins a conference where that is the first noun.
 *
 * Warns   of each attribute that is wrong by its own code, of a number that is none (13223), of a noun beyond the tenth (13215)
 * Source  "TwiML Dial", "TwiML Number", errors 13210 to 13256
 */
export const dial = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const attributes = dialAttributes(values)
  const action = values.text("action") === undefined ? null : values.action(13210)
  const noun = verb.nouns.find(({ name }) => name === "Conference")
  if (noun !== undefined) {
    work.answer()
    conference(work, frame, noun, { ...attributes, action })
    return
  }
  const targets = targetsOf(work, frame, verb)
  if (targets.length === 0) {
    work.line({ what: "dial-ended", status: "failed" })
    work.tell(frame, action, "dial-action", [["DialCallStatus", "failed"]])
    return
  }
  if (!attributes.answer_on_bridge) work.answer()
  const id = work.id()
  work.line({ what: "dialed", to: targets.map(({ to }) => to) })
  const { hangup_on_star, ...order } = attributes
  work.order({ type: "dial", id, targets, ...order })
  frame.doing = { what: "dialing", id, kind: "dial", action, hangup_on_star, since: work.at, wait_url: null }
}

export type DialAttributes = Omit<Dial, "type" | "id" | "targets"> & { readonly hangup_on_star: boolean }

const dialAttributes = (values: Values): DialAttributes => {
  const record = values.oneOf("record", records, "do-not-record", 13217)
  const ringing = record.startsWith("record-from-ringing")
  const recording: RecordingAttributes = {
    trim: values.oneOf("trim", ["trim-silence", "do-not-trim"], "do-not-trim", 13699) === "trim-silence",
    callback: values.recordingCallback(),
  }
  return {
    sequential: values.flag("sequential", false, 13218),
    timeout: values.number("timeout", { or: 30, min: 1, max: 600, code: 13212 }),
    time_limit: values.number("timeLimit", { or: 14_400, min: 1, max: 86_400, code: 13216 }),
    caller_id: callerId(values),
    answer_on_bridge: values.flag("answerOnBridge", false, 13219),
    ring_tone: values.like("ringTone", /^[a-z]{2}(?:-old)?$/, 13220),
    record:
      record === "do-not-record" || record === "false"
        ? "do-not-record"
        : ringing
          ? "record-from-ringing"
          : "record-from-answer",
    dual: record.endsWith("-dual"),
    recording_track: values.oneOf("recordingTrack", ["both", "inbound", "outbound"], "both", 13622),
    recording,
    hangup_on_star: values.flag("hangupOnStar", false, 13213),
  }
}

const records = [
  "do-not-record",
  "record-from-answer",
  "record-from-ringing",
  "record-from-answer-dual",
  "record-from-ringing-dual",
  "true",
  "false",
] as const

/** A number in E.164 form, or a name of a client or SIP user. */
const callerId = (values: Values): string | null => {
  const text = values.text("callerId")
  if (text === undefined) return null
  const number = parseE164(text)
  if (number !== undefined) return number
  if (/^[\w+:@.-]{1,255}$/.test(text) && /[a-z]/i.test(text)) return text
  values.wrong(13214, "callerId")
  return null
}

const targetsOf = (work: Work, frame: Open, verb: Verb): ReadonlyArray<DialTarget> => {
  const plain: Verb = { ...verb, name: schemeOf(verb.text), attributes: [], nouns: [] }
  const nouns = verb.text === "" ? verb.nouns : [plain, ...verb.nouns]
  if (nouns.length > targetsMax) work.alert({ code: 13215, detail: `more than ${targetsMax} nouns in <Dial>` })
  const targets: Array<DialTarget> = []
  for (const noun of nouns.slice(0, targetsMax)) {
    const target = targetOf(work, frame, noun)
    if (target !== undefined) targets.push(target)
  }
  if (nouns.length === 0) work.alert({ code: 13223, detail: "<Dial> names nobody" })
  return targets
}

/** What a `<Dial>` without a noun calls. */
const schemeOf = (text: string): string =>
  text.startsWith("client:")
    ? "Client"
    : /^sips?:/.test(text)
      ? "Sip"
      : text.startsWith("whatsapp:")
        ? "WhatsApp"
        : "Number"

const kinds: ReadonlyMap<string, DialTarget["kind"]> = new Map([
  ["Number", "number"],
  ["Client", "client"],
  ["Sip", "sip"],
  ["Queue", "queue"],
  ["Application", "application"],
  ["Sim", "sim"],
  ["WhatsApp", "whatsapp"],
])

/** Nouns that may hold their address in a noun of their own. */
const addressNouns: ReadonlySet<string> = new Set(["Identity", "Uri", "ApplicationSid"])

const targetOf = (work: Work, frame: Open, noun: Verb): DialTarget | undefined => {
  const kind = kinds.get(noun.name) ?? "number"
  const values = new Values(work, noun, frame.source)
  const written = noun.text === "" ? (noun.nouns.find(({ name }) => addressNouns.has(name))?.text ?? "") : noun.text
  const to = addressOf(work, kind, written)
  if (to === undefined) return undefined
  return {
    kind,
    to,
    url: values.target("url", "method", kind === "queue" ? 14211 : 11100, kind === "queue" ? 14210 : 13221),
    send_digits: values.like("sendDigits", /^[\d*#A-DwW]{1,200}$/, 13222),
    callback: values.callback("statusCallback", callEvents),
    machine_detection: values.machineDetection(),
    parameters: values.parameters(),
  }
}

const addressOf = (work: Work, kind: DialTarget["kind"], written: string): string | undefined => {
  const text = written.trim()
  const wrong = (code: 13223 | 13243 | 14212 | 14213): undefined => {
    work.alert({ code, detail: text.slice(0, 100) })
    return undefined
  }
  switch (kind) {
    case "number":
      return parseE164(text) ?? wrong(13223)
    case "client":
      return text === "" ? wrong(13223) : text.replace(/^client:/, "")
    case "sip":
      return /^sips?:[^\s@]+@?[^\s]*$/.test(text) ? text : wrong(13243)
    case "queue":
      return text === "" ? wrong(14212) : text.length > 64 ? wrong(14213) : text
    case "whatsapp": {
      const number = parseE164(text.replace(/^whatsapp:/, ""))
      return number === undefined ? wrong(13223) : `whatsapp:${number}`
    }
    case "application":
    case "sim":
      return text === "" ? wrong(13223) : text
  }
}

/** How a dialled call ended, told to the action. */
export const childEnded = (work: Work, frame: Open, { action }: DoingOf<"dialing">, child: ChildEnded): void => {
  const { bridged, duration, recording, sid, status } = child
  work.line({ what: "dial-ended", status })
  const params: ReadonlyArray<Pair> = [
    ["DialCallStatus", status],
    ...(sid === null ? [] : [["DialCallSid", sid] as const]),
    ...(status === "completed" || status === "answered" ? [["DialCallDuration", String(duration)] as const] : []),
    ["DialBridged", String(bridged)],
    ...(recording === null ? [] : recordingParams(recording)),
  ]
  work.tell(frame, action, "dial-action", params)
}

/** A conference is answered, whatever became of it. Source: "TwiML Dial", DialCallStatus. */
export const conferenceLeft = (work: Work, frame: Open, { action }: DoingOf<"dialing">, left: ConferenceLeft): void => {
  work.line({ what: "dial-ended", status: "answered" })
  work.tell(frame, action, "dial-action", [
    ["DialCallStatus", "answered"],
    ["DialCallDuration", String(left.duration)],
    ["DialBridged", "true"],
    ...(left.recording === null ? [] : recordingParams(left.recording)),
  ])
}
