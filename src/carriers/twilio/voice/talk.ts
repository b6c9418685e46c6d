import { urlIn } from "../twiml/urls.ts"
import type { Line } from "./orders.ts"
import { speechMs, tonesMs } from "./speech.ts"
import type { Frame, Verb } from "./state.ts"
import { Values } from "./values.ts"
import type { Work } from "./work.ts"

/* Say, Play and Pause, for themselves and as prompts. */

/** Characters of one `<Say>`, and repetitions. Source: error 13521; "TwiML Say". */
const textLengthMax = 4_096
const loopMax = 1_000

/** What is heard, and for how long: null is until something ends it. */
interface Heard {
  readonly line: Line
  readonly ms: number | null
}

/**
 * Lets a verb be heard and gives its wait: null when it never ends by itself, `undefined` when there is nothing to hear.
 *
 * Warns   of an empty or too long text (13520, 13521), a URL that is none (11100), tones that are none (13430), a length or
 *         a number of repetitions that is none (13910, 13410, 13510, 13322), a voice or language of no known form (13511, 13512)
 */
export const hear = (work: Work, frame: Frame, verb: Verb): number | null | undefined => {
  const values = new Values(work, verb, frame.source)
  const heard =
    verb.name === "Say"
      ? said(work, frame, verb, values)
      : verb.name === "Play"
        ? played(work, frame, verb, values)
        : paused(values)
  if (heard === undefined) return undefined
  work.line(heard.line)
  if (heard.line.what === "tones") work.order({ type: "send-digits", digits: heard.line.digits })
  return heard.ms === null ? null : work.wait(heard.ms)
}

const said = (work: Work, { doing }: Frame, { pause_ms, text }: Verb, values: Values): Heard | undefined => {
  const loop = values.number("loop", {
    or: 1,
    min: 0,
    max: loopMax,
    code: doing.what === "gathering" ? 13322 : 13510,
  })
  const voice = values.like("voice", /^(?:man|woman|alice|[\w-]+\.[\w:.-]+)$/i, 13511) ?? "man"
  const language = values.like("language", /^[a-z]{2,8}(?:-[a-z\d]{1,8})*$/i, 13512) ?? "en-US"
  if (text === "" && pause_ms === 0) {
    work.alert({ code: 13520, detail: "<Say> has no text" })
    return undefined
  }
  if (text.length > textLengthMax) {
    work.alert({ code: 13521, detail: `more than ${textLengthMax} characters` })
    return undefined
  }
  const ms = loop === 0 ? null : ((text === "" ? 0 : speechMs(text)) + pause_ms) * loop
  return { line: { what: "said", text, ms, loop, language, voice }, ms }
}

const played = (work: Work, { source }: Frame, { text }: Verb, values: Values): Heard | undefined => {
  const loop = values.number("loop", { or: 1, min: 0, max: loopMax, code: 13410 })
  if (values.text("digits") !== undefined) {
    const digits = values.like("digits", /^[\d*#A-DwW]{1,200}$/, 13430)
    return digits === null ? undefined : { line: { what: "tones", digits, ms: tonesMs(digits) }, ms: tonesMs(digits) }
  }
  const url = text === "" ? undefined : urlIn(text, source?.url ?? "")
  if (url === undefined) {
    work.alert({ code: 11100, detail: `<Play> of "${text.slice(0, 100)}"` })
    return undefined
  }
  const ms = loop === 0 ? null : work.state.play_ms * loop
  return { line: { what: "played", url, ms, loop }, ms }
}

const paused = (values: Values): Heard => {
  const ms = values.number("length", { or: 1, min: 1, max: 86_400, code: 13910 }) * 1_000
  return { line: { what: "paused", ms }, ms }
}
