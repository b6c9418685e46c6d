import * as Either from "effect/Either"
import { isGroup } from "../core/group.ts"
import { limits } from "../core/limits.ts"
import { type Detail, type Reply, type Request, refused } from "./answers.ts"

/* What a request's body says, field by field. */

type Fields = Readonly<Record<string, unknown>>

/** The fields of the JSON object that a body is, of these names alone. */
export const fieldsIn = (request: Request, names: ReadonlyArray<string>): Either.Either<Fields, Reply> => {
  const { body, text = "" } = request.entry.data
  if (body !== undefined)
    return Either.left(
      body.why === "too-large"
        ? refused(
            request,
            "sms.too_large",
            `the body has ${body.length} bytes; at most ${limits.bodyBytesMax} are read`,
          )
        : refused(request, "sms.validation_error", "the body could not be read: send JSON as UTF-8"),
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return Either.left(refused(request, "sms.validation_error", "the body is no JSON"))
  }
  if (!isGroup(value)) return Either.left(refused(request, "sms.validation_error", "the body has to be a JSON object"))
  const others = Object.keys(value).filter((name) => !names.includes(name))
  return others.length === 0
    ? Either.right(value as Fields)
    : Either.left(
        invalid(
          request,
          others.slice(0, 10).map((name) => ({
            field: name.slice(0, 100),
            message: `is not known here; there are ${names.join(", ")}`,
          })),
        ),
      )
}

/** A refusal that says of each field what is wrong with it. */
export const invalid = (request: Request, details: ReadonlyArray<Detail>): Reply =>
  refused(
    request,
    "sms.validation_error",
    details.map(({ field, message }) => `${field} ${message}`).join("; "),
    details,
  )

/** Collects what is wrong with a request. */
export class Check {
  readonly details: Array<Detail> = []

  wrong(field: string, message: string): undefined {
    this.details.push({ field, message })
    return undefined
  }

  /** A text of so many characters; undefined where the field is absent, or wrong. */
  text(fields: Fields, field: string, max: number): string | undefined {
    const value = own(fields, field)
    if (value === undefined) return undefined
    if (typeof value === "string" && value !== "" && [...value].length <= max) return value
    return this.wrong(field, `has to be a text of 1 to ${max} characters`)
  }

  /** The same, or null; undefined where it is absent, or wrong. */
  textOrNull(fields: Fields, field: string, max: number): string | null | undefined {
    return own(fields, field) === null ? null : this.text(fields, field, max)
  }
}

/** A name from outside is looked for among own fields alone. */
export const own = (fields: Fields, field: string): unknown =>
  Object.hasOwn(fields, field) ? fields[field] : undefined
