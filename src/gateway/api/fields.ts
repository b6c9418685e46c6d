import * as Either from "effect/Either"
import { e164In, parseE164 } from "../../core/E164.ts"
import type { ApiRequested } from "../../core/entries.ts"
import { type Group, isGroup } from "../../core/group.ts"
import { parseInstant } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import type { Priority } from "../entries.ts"
import { invalid, type Reply, refused, type Wrong } from "./answers.ts"

/* What a request to send says. Keys that are not known are passed over, as FastAPI does by default. */

/** A text that is to be sent. */
export interface Sendable {
  /** In E.164 form. */
  readonly phone: string
  readonly text: string
  readonly priority: Priority
  /** Not before this instant; absent: at once. */
  readonly sendAt?: number
}

/** Characters of a text. Source: "The maximum length of a message", Twilio docs; ten segments. */
const textLengthMax = 1_600
/** How far ahead a text may be scheduled. */
const aheadMsMax = 366 * 24 * 3_600_000

const priorities: ReadonlyArray<Priority> = ["high", "normal", "low"]
const isPriority = (value: unknown): value is Priority => priorities.some((each) => each === value)

/** The object that a body of JSON is. */
export const objectIn = ({ body, params, text }: ApiRequested): Either.Either<Group, Reply> => {
  if (body?.why === "too-large")
    return Either.left(refused("body_too_large", `a body has at most ${limits.bodyBytesMax} bytes`))
  const wrong = (type: string, msg: string) => Either.left(invalid([{ type, loc: ["body"], msg }], 400))
  if (body !== undefined) return wrong("encoding", "Body should be JSON in UTF-8")
  if (text === undefined)
    return params.length > 0
      ? wrong("json_expected", "Body should be JSON, not a form: Content-Type: application/json")
      : Either.left(invalid([{ type: "missing", loc: ["body"], msg: "Field required" }]))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return wrong("json_invalid", "JSON decode error")
  }
  return isGroup(value)
    ? Either.right(value)
    : Either.left(invalid([{ type: "model_attributes_type", loc: ["body"], msg: "Input should be a JSON object" }]))
}

/** What an object asks to be sent. Numbers in national form are of `country`. */
export const sendableIn = (object: Group, country: string, at: number): Either.Either<Sendable, Reply> => {
  const wrong: Array<Wrong> = []
  const add = (field: string, type: string, msg: string) => void wrong.push({ type, loc: ["body", field], msg })
  const given = (field: string): unknown => (Object.hasOwn(object, field) ? (object[field] ?? undefined) : undefined)
  const words = (field: string): string => {
    const value = given(field)
    if (typeof value === "string") return value
    if (value === undefined) add(field, "missing", "Field required")
    else add(field, "string_type", "Input should be a valid string")
    return ""
  }
  const written = words("phone")
  const text = words("text")
  const phone = wrong.some(({ loc }) => loc[1] === "phone") ? "" : numberIn(written, country)
  if (typeof phone !== "string")
    add("phone", "value_error", `Value error, not a phone number of ${country} or in E.164 form: ${phone.fault}`)
  if (typeof given("text") === "string") {
    if (text === "") add("text", "string_too_short", "String should have at least 1 character")
    else if ([...text].length > textLengthMax)
      add("text", "string_too_long", `String should have at most ${textLengthMax} characters`)
    else if (!text.isWellFormed()) add("text", "string_unicode", "Input should be valid Unicode")
  }
  const priority = given("priority") ?? "normal"
  if (!isPriority(priority)) add("priority", "enum", "Input should be 'high', 'normal' or 'low'")
  const sendAt = instantIn(given("send_at"), at, (msg) => add("send_at", "datetime_parsing", msg))
  if (wrong.length > 0 || typeof phone !== "string" || !isPriority(priority)) return Either.left(invalid(wrong))
  return Either.right({ phone, text, priority, ...(sendAt === undefined ? {} : { sendAt }) })
}

/** A number in E.164 form; or in the national form of a country, separators and all. */
export const numberIn = (text: string, country: string): string | { readonly fault: string } => {
  if (text.startsWith("+")) {
    const known = parseE164(text)
    if (known !== undefined) return known
  }
  return e164In(text, country)
}

/** An hour that is still to come; one that is past is now. */
const instantIn = (value: unknown, at: number, wrong: (msg: string) => void): number | undefined => {
  if (value === undefined) return undefined
  const instant = typeof value === "string" ? parseInstant(value) : undefined
  if (instant === undefined) wrong("Input should be an ISO 8601 date and time with its zone: 2026-11-22T09:00:00Z")
  else if (instant > at + aheadMsMax) wrong("Input should be at most 366 days ahead")
  else if (instant > at) return instant
  return undefined
}
