import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Json, JsonObject } from "../../core/canonical.ts"
import type { Pair } from "../../core/pair.ts"
import { andThen } from "../atOnce.ts"
import { looked } from "../expectations/looking.ts"
import { fits, isStatusPattern, told } from "../expectations/patterns.ts"
import { type Form, optional, Value } from "../file/words.ts"
import { type Answered, type Play, type StepError, StepFailed } from "../Play.ts"
import type { Place } from "../Scenario.ts"
import type { StageRequest } from "../Stage.ts"

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
  readonly form?: FormSaid | undefined
  readonly body?: { readonly text: string; readonly contentType: string } | undefined
  /** `none`, or `user:password`; nothing said: the account's own. */
  readonly auth?: string | undefined
}

type FormSaid = Readonly<Record<string, Form[string] | undefined>>

/** The pairs of a form: what is not given is left out, of a list each item is a parameter of that name. */
const pairsOf = (form: FormSaid): ReadonlyArray<Pair> => {
  const pairs: Array<Pair> = []
  for (const name of Object.keys(form)) {
    const value = form[name]
    if (value === undefined) continue
    if (Array.isArray(value)) for (const each of value) pairs.push([whole(name), whole(String(each))])
    else pairs.push([whole(name), whole(String(value))])
  }
  return pairs
}

/** Half a character of two units has no form in UTF-8. */
const whole = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed())

/** A form as a client writes it. */
export const formText = (form: FormSaid): string => textOf(pairsOf(form))

const textOf = (pairs: ReadonlyArray<Pair>): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")

/** A request whose body is a form; hardly anybody looks at its bytes, as the pairs are known. */
class FormRequest implements StageRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType = "application/x-www-form-urlencoded"
  readonly form: ReadonlyArray<Pair>

  constructor(asking: Asking, authorization: string | undefined, form: FormSaid) {
    this.method = asking.method
    this.url = asking.url
    this.authorization = authorization
    this.form = pairsOf(form)
  }

  get body(): Uint8Array {
    return Buffer.from(textOf(this.form))
  }
}

const requestOf = (play: Play, asking: Asking): StageRequest => {
  const { auth, body, form, method, url } = asking
  const authorization =
    auth === undefined ? Redacted.value(play.stage.authorization) : auth === "none" ? undefined : basic(auth)
  if (body === undefined && form !== undefined) return new FormRequest(asking, authorization, form)
  return { method, url, authorization, contentType: body?.contentType, body: Buffer.from(body?.text ?? "") }
}

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
  asking: Asking,
  { answer: expected, as }: AnswerSaid,
): Effect.Effect<JsonObject | undefined, StepError> => {
  const { method, url } = asking
  const refused = (answered: Answered) =>
    new StepFailed({
      check: {
        place,
        expected: play.stage.hide(`${method} ${url.replace(/\?.*$/s, "")} answered ${expectedShown(expected)}`),
        met: false,
        why: play.stage.hide(`it was answered ${answerShown(answered)}`),
      },
    })
  return andThen(play.ask(place, requestOf(play, asking)), (answered) => {
    // Most answers nobody looks into.
    const result = as === undefined && isStatusPattern(expected ?? null) ? undefined : resultOf(answered)
    return andThen(
      looked(place, () => isExpected(expected, answered, result)),
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
