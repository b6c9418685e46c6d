import type { Pair } from "../../../core/entries.ts"
import type { Spoke } from "./events.ts"
import { speechMs } from "./speech.ts"
import type { Gather, Gathering, Verb } from "./state.ts"
import { hear } from "./talk.ts"
import { Values } from "./values.ts"
import type { Open, Work } from "./work.ts"

/*
 * Gather listens from its first prompt on.
 *
 *   prompts ──> silence ──(timeout)──> input if there are digits, else none
 *      │           ^ │
 *      └──(key)────┘ └──(speech)──> speech ──(speechTimeout)──> input
 *
 * 1. A key breaks prompts off, speech does unless `bargeIn` is false (then what is said before they end is not heard).
 * 2. The timeout counts from the end of the prompts and from each key; speechTimeout from the end of speech.
 * 3. What comes first is what is gathered: digits or speech, never both.
 * 4. The finish key ends digits; without any before it, it is nothing.
 *
 * Source  "TwiML Gather"; rule 1's second half and rule 3 are unconfirmed
 */

/** How long `speechTimeout="auto"` waits for speech to go on. */
const autoMs = 1_000

export const gather = (work: Work, frame: Open, verb: Verb): void => {
  const compiled = gatherOf(work, frame, verb)
  frame.doing = {
    what: "gathering",
    wait: null,
    phase: "prompts",
    prompts: verb.nouns,
    digits: "",
    speech: "",
    confidence_bp: 0,
    speech_ends: work.at,
    partials: 0,
    verb: compiled,
  }
  nextPrompt(work, frame, frame.doing)
}

const gatherOf = (work: Work, { source }: Open, verb: Verb): Gather => {
  const values = new Values(work, verb, source)
  const inputs = (values.text("input") ?? "dtmf").split(/[\s,]+/)
  if (inputs.some((input) => input !== "dtmf" && input !== "speech")) values.wrong(13326, "input")
  const speech = inputs.includes("speech")
  const timeout = values.number("timeout", { or: 5, min: 1, max: 600, code: 13313 }) * 1_000
  const auto = values.text("speechTimeout") === "auto"
  const speechTimeout = auto
    ? autoMs
    : values.number("speechTimeout", { or: timeout / 1_000, min: 1, max: 600, code: 13327 }) * 1_000
  const digits = values.number("numDigits", { or: 0, min: 1, max: digitsMax, code: 13314 })
  values.flag("profanityFilter", true, 13333)
  return {
    action: values.action(13312),
    action_on_empty: values.flag("actionOnEmptyResult", false, 13338),
    barge_in: values.flag("bargeIn", true, 13332),
    dtmf: inputs.includes("dtmf") || !speech,
    finish_on_key: finishKey(values),
    num_digits: digits === 0 ? null : digits,
    partial: values.target("partialResultCallback", "partialResultCallbackMethod", 11100, 13329),
    speech,
    speech_max: values.number("maxSpeechTime", { or: 60, min: 1, max: 600, code: 13328 }) * 1_000,
    speech_timeout: speechTimeout,
    timeout,
  }
}

/** One key, or none where the attribute is there and empty. */
const finishKey = (values: Values): string => {
  const key = values.raw("finishOnKey")
  if (key === undefined) return "#"
  if (key === "" || /^[\d*#]$/.test(key)) return key
  values.wrong(key.length > 1 ? 13311 : 13310, "finishOnKey")
  return "#"
}

/** The next prompt that there is something of to hear; behind the last one the silence begins. */
const nextPrompt = (work: Work, frame: Open, gathering: Gathering): void => {
  for (const [i, prompt] of gathering.prompts.entries()) {
    const wait = hear(work, frame, prompt)
    if (wait === undefined) continue
    frame.doing = { ...gathering, wait, prompts: gathering.prompts.slice(i + 1) }
    return
  }
  listen(work, frame, gathering)
}

const listen = (work: Work, frame: Open, gathering: Gathering): void => {
  const wait = work.wait(gathering.verb.timeout)
  frame.doing = { ...gathering, phase: "silence", prompts: [], wait }
}

export const gatherElapsed = (work: Work, frame: Open, gathering: Gathering): void => {
  const still = { ...gathering, wait: null }
  if (gathering.phase === "prompts") nextPrompt(work, frame, still)
  else submit(work, frame, still)
}

/** Keys that the other end presses; those behind the one that ends the input are not heard. */
export const gatherPressed = (work: Work, frame: Open, gathering: Gathering, keys: string): void => {
  const { finish_on_key, num_digits, dtmf } = gathering.verb
  if (!dtmf || gathering.phase === "speech") return
  let digits = gathering.digits
  for (const key of keys) {
    if (key === finish_on_key) {
      if (digits === "") continue
      stopHearing(work, gathering)
      submit(work, frame, { ...gathering, digits, wait: null })
      return
    }
    digits += key
    if (digits.length === (num_digits ?? digitsMax)) {
      stopHearing(work, gathering)
      submit(work, frame, { ...gathering, digits, wait: null })
      return
    }
  }
  if (digits === gathering.digits) return
  stopHearing(work, gathering)
  listen(work, frame, { ...gathering, digits })
}

export const gatherSpoke = (work: Work, frame: Open, gathering: Gathering, spoke: Spoke): void => {
  const { barge_in, partial, speech, speech_max, speech_timeout } = gathering.verb
  const text = spoke.text.trim()
  if (!speech || gathering.digits !== "" || text === "") return
  if (gathering.phase === "prompts" && !barge_in) return
  stopHearing(work, gathering)
  const first = gathering.phase !== "speech"
  const begins = first ? work.at : Math.max(work.at, gathering.speech_ends)
  const ends = begins + Math.min(spoke.ms ?? speechMs(text), speech_max)
  const heard: Gathering = {
    ...gathering,
    phase: "speech",
    prompts: [],
    speech: `${gathering.speech} ${text}`.trim().slice(0, speechLengthMax),
    confidence_bp: first ? spoke.confidence_bp : Math.min(gathering.confidence_bp, spoke.confidence_bp),
    speech_ends: ends,
    partials: gathering.partials + (partial === null ? 0 : 1),
    wait: work.wait(ends - work.at + speech_timeout),
  }
  frame.doing = heard
  if (partial === null) return
  const params: ReadonlyArray<Pair> = [
    ["SequenceNumber", String(gathering.partials)],
    ["StableSpeechResult", heard.speech],
    ["UnstableSpeechResult", ""],
  ]
  work.order({ type: "notify", purpose: "partial-result", ...partial, params })
}

/** Digits that end a Gather which sets no number of them, and characters of speech that one hears. */
const digitsMax = 1_000
const speechLengthMax = 4_096

const stopHearing = (work: Work, { phase, wait }: Gathering): void => {
  work.stopWait(wait)
  if (phase === "prompts") work.line({ what: "broken-off" })
}

const submit = (work: Work, frame: Open, { confidence_bp, digits, speech, verb }: Gathering): void => {
  frame.doing = { what: "nothing" }
  work.line({ what: "gathered", digits, speech })
  const empty = digits === "" && speech === ""
  if (empty && !verb.action_on_empty) return
  if (verb.action === null) {
    work.fail(frame, { code: 11100, detail: "<Gather> has no URL for its input" })
    return
  }
  const params: ReadonlyArray<Pair> =
    speech !== ""
      ? [
          ["SpeechResult", speech],
          ["Confidence", confidence(confidence_bp)],
        ]
      : [[digits === "" && !verb.dtmf ? "SpeechResult" : "Digits", digits]]
  work.tell(frame, verb.action, "gather-action", params)
}

/** Basis points as the decimal Twilio sends. */
const confidence = (bp: number): string => {
  const whole = Math.floor(bp / 10_000)
  const part = String(bp % 10_000)
    .padStart(4, "0")
    .replace(/0+$/, "")
  return `${whole}.${part === "" ? "0" : part}`
}
