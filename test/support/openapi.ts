import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/*
 * Twilio's OpenAPI descriptions, kept beside the repository, not in it: tests that use them skip, saying so, where they are absent.
 */

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly enum?: ReadonlyArray<Json>
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: ReadonlyArray<string>
  readonly properties?: { readonly [name: string]: Schema }
  readonly items?: Schema
}

interface Operation {
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly [type: string]: { readonly schema: Schema } } }
  }
}

/** An OpenAPI description, as far as answers are checked against it. */
export interface Description {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: Schema } }
}

/** One of Twilio's descriptions by its file's name; `undefined` when it is not there. */
export const describedBy = (name: string): Description | undefined => {
  const file = fileURLToPath(new URL(`../../../shared/reference/${name}.json`, import.meta.url))
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Description) : undefined
}

/**
 * Checks an answer against a description: its status is one of the operation's, and its body has the shape of it, no field of
 * the schema missing. Throws an error that names every place that is wrong.
 */
export const checkAnswer = (
  description: Description,
  method: string,
  path: string,
  status: number,
  json: unknown,
): void => {
  const [template, operations] = Object.entries(description.paths).find(([one]) => fits(one, path)) ?? []
  const operation = operations?.[method.toLowerCase()]
  if (operation === undefined) throw new Error(`the description knows no ${method} ${path}`)
  const response = operation.responses[String(status)]
  if (response === undefined) throw new Error(`${method} ${template} is never answered ${status}`)
  const schema = Object.values(response.content ?? {})[0]?.schema
  const problems =
    schema === undefined
      ? json === undefined
        ? []
        : ["a body where there is none"]
      : problemsOf(description, schema, json, "")
  if (problems.length > 0) throw new Error(`${method} ${template} (${status}): ${problems.join("; ")}`)
}

/** A template with more fixed text is listed first where two fit: `/Local.json` before `/{Sid}.json`. */
const fits = (template: string, path: string): boolean =>
  new RegExp(
    `^${template.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, (_, name) => (name === "Sid" ? sidGroup : "[^/]+"))}$`,
  ).test(path)
const sidGroup = "[A-Z]{2}[0-9a-f]{32}"

const problemsOf = (description: Description, schema: Schema, json: unknown, at: string): ReadonlyArray<string> => {
  if (schema.$ref !== undefined) {
    const named = description.components.schemas[schema.$ref.replace("#/components/schemas/", "")]
    return named === undefined ? [`${at}: ${schema.$ref} is not described`] : problemsOf(description, named, json, at)
  }
  const wrong = (expected: string) => [`${at || "the body"}: expected ${expected}, found ${JSON.stringify(json)}`]
  if (json === null) return schema.nullable === true ? [] : wrong("no null")
  if (schema.enum !== undefined && !schema.enum.includes(json as Json)) return wrong(schema.enum.join(" | "))
  switch (schema.type) {
    case "string":
      return typeof json === "string" ? textProblems(schema, json).flatMap(wrong) : wrong("a text")
    case "integer":
      return Number.isInteger(json) ? [] : wrong("an integer")
    case "number":
      // The examples of the descriptions themselves write latitudes as texts.
      return typeof json === "number" || (typeof json === "string" && /^-?\d+(\.\d+)?$/.test(json))
        ? []
        : wrong("a number")
    case "boolean":
      return typeof json === "boolean" ? [] : wrong("true or false")
    case "array":
      return Array.isArray(json)
        ? json.flatMap((item, i) => problemsOf(description, schema.items ?? {}, item, `${at}[${i}]`))
        : wrong("a list")
    default:
      return schema.properties === undefined ? [] : fieldProblems(description, schema, json, at)
  }
}

const fieldProblems = (description: Description, schema: Schema, json: unknown, at: string): ReadonlyArray<string> => {
  if (typeof json !== "object" || Array.isArray(json)) return [`${at}: expected fields`]
  const fields = json as { readonly [name: string]: unknown }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const place = at === "" ? name : `${at}.${name}`
    if (Object.hasOwn(fields, name)) return problemsOf(description, field, fields[name], place)
    return mayBeMissing.has(name) ? [] : [`${place} is missing`]
  })
}

/** Fields that Twilio's own examples leave out. */
const mayBeMissing: ReadonlySet<string> = new Set([
  "end", // Available numbers are a list without paging.
  "first_page_uri",
  "next_page_uri",
  "page",
  "page_size",
  "previous_page_uri",
  "start",
  "fax",
])

const textProblems = ({ format, maxLength, minLength, pattern }: Schema, text: string): ReadonlyArray<string> => [
  ...(pattern !== undefined && text !== "" && !new RegExp(pattern).test(text) ? [pattern] : []),
  ...(minLength !== undefined && text !== "" && text.length < minLength ? [`${minLength} characters`] : []),
  ...(maxLength !== undefined && text.length > maxLength ? [`at most ${maxLength} characters`] : []),
  ...(format === "date-time-rfc-2822" && !rfc2822.test(text) ? ["a date of RFC 2822"] : []),
  ...(format === "date-time" && !iso8601.test(text) ? ["a date of ISO 8601"] : []),
]
const rfc2822 = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/
const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
