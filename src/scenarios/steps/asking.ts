import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { looking } from "../expectations/looking.ts"
import { fits, isStatusPattern, told } from "../expectations/patterns.ts"
import { type Form, optional, Value } from "../file/words.ts"
import { type Answered, type Play, type StepError, StepFailed } from "../Play.ts"
import type { Place } from "../Scenario.ts"

/* What steps that ask the carrier's API have in common. */

/** What the answer has to be: a status, `any`, or a pattern for its fields; nothing said: 2xx. */
export const answer = optional(
  Value.annotations({
    description:
      "What it has to be answered: a status or a pattern for it, any, or a pattern for the answer's fields; nothing said: 2xx",
  }),
)

export interface Asking {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly form?: Readonly<Record<string, Form[string] | undefined>> | undefined
  readonly body?: { readonly text: string; readonly contentType: string } | undefined
  /** `none`, or `user:password`; nothing said: the account's own. */
  readonly auth?: string | undefined
}

/** A form as a client writes it: what is not given is left out, of a list each item is a parameter of that name. */
export const formText = (form: Readonly<Record<string, Form[string] | undefined>>): string => {
  let text = ""
  const add = (name: string, value: unknown) => {
    text += `${text === "" ? "" : "&"}${encoded(name)}=${encoded(String(value))}`
  }
  for (const [name, value] of Object.entries(form)) {
    if (value === undefined) continue
    if (Array.isArray(value)) for (const each of value) add(name, each)
    else add(name, value)
  }
  return text
}

/** Half a character of two units has no form in UTF-8. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

/** What a step says about its answer. */
export interface AnswerSaid {
  /** What it has to be. */
  readonly answer?: Json
  /** Its name, where anybody asks for it later. */
  readonly as?: string
}

/** Credentials (`user:password`) as HTTP Basic has them. */
export const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString("base64")}`

/** Asks, and gives the answer as a result: its fields, and `http` with the status. Fails when it is not what the step says. */
export const ask = (
  play: Play,
  place: Place,
  { auth, body, form, method, url }: Asking,
  { answer: expected, as }: AnswerSaid,
): Effect.Effect<JsonObject | undefined, StepError> => {
  const text = body?.text ?? (form === undefined ? "" : formText(form))
  const contentType = body?.contentType ?? (form === undefined ? undefined : "application/x-www-form-urlencoded")
  const asked = play.ask(place, {
    method,
    url,
    authorization:
      auth === undefined ? Redacted.value(play.stage.authorization) : auth === "none" ? undefined : basic(auth),
    contentType,
    body: Buffer.from(text),
  })
  const refused = (answered: Answered) =>
    new StepFailed({
      check: {
        place,
        expected: play.stage.hide(`${method} ${url.replace(/\?.*$/s, "")} answered ${expectedShown(expected)}`),
        met: false,
        why: play.stage.hide(`it was answered ${answerShown(answered)}`),
      },
    })
  return Effect.flatMap(asked, (answered) => {
    // Most answers nobody looks into.
    const result = as === undefined && isStatusPattern(expected ?? null) ? undefined : resultOf(answered)
    return Effect.flatMap(
      looking(place, () => isExpected(expected, answered, result)),
      (met) => (met ? Effect.succeed(result) : refused(answered)),
    )
  })
}

/** The fields of a JSON answer beside `http`. */
const resultOf = ({ body, status, undelivered }: Answered): JsonObject => {
  const http = { status, ...(undelivered === undefined ? {} : { undelivered }) }
  const parsed = parse(body)
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? { ...(parsed as JsonObject), http }
    : { http: { ...http, body } }
}

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined // Bytes of a medium, or nothing.
  }
}

const isExpected = (
  expected: Json | undefined,
  { status, undelivered }: Answered,
  result: JsonObject | undefined,
): boolean => {
  if (expected === "any") return true
  if (expected === undefined) return undelivered === undefined && status >= 200 && status < 300
  return isStatusPattern(expected) ? undelivered === undefined && fits(expected, status) : fits(expected, result)
}

const expectedShown = (expected: Json | undefined): string => (expected === undefined ? "2xx" : told(expected))

const answerShown = ({ body, status, undelivered }: Answered): string =>
  undelivered !== undefined ? `nothing: the connection was ${undelivered}` : `${status} ${body}`.slice(0, 600)
