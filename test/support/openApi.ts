import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"

/*
 * Twilio's OpenAPI descriptions as a check of answers. They are no part of the repository: where they are absent the tests that
 * need them are skipped and say so.
 */

/** An answer to be checked. */
export interface Answered {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  /** Parsed JSON. */
  readonly body: unknown
}

export interface Description {
  /** Throws what is wrong with an answer: a field that is missing, not described, or of another type or form. */
  readonly check: (answer: Answered) => void
}

type Json = { readonly [key: string]: unknown }

/** Runs tests that need a description, `twilio_api_v2010.json` for instance; or skips them, saying why. */
export const describeWithOpenApi = (file: string, name: string, tests: (api: Description) => void): void => {
  const path = join(import.meta.dirname, "..", "..", "..", "shared", "reference", file)
  if (existsSync(path)) describe(name, () => tests(descriptionOf(JSON.parse(readFileSync(path, "utf8")) as Json)))
  else {
    // biome-ignore lint/suspicious/noSkippedTests: what the tests need is no part of the repository
    describe.skip(`${name} (skipped: ../shared/reference/${file} is not there)`, () => it("needs it", () => {}))
  }
}

/** The checker of a parsed description. */
export const descriptionOf = (api: Json): Description => {
  const operations = Object.entries(api.paths as Json).map(([template, methods]) => ({
    template: new RegExp(
      `^${template
        .split(/(\{[^}]+\})/)
        .map((part) => (part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&")))
        .join("")}$`,
    ),
    parameters: template.split("{").length,
    methods: methods as Json,
  }))
  return {
    check: ({ body, method, path, status }) => {
      // The description has paths of the same form with a fixed part in place of a parameter: the more fixed one counts.
      const found = operations.filter(({ template }) => template.test(path)).sort((a, b) => a.parameters - b.parameters)
      const operation = found.map(({ methods }) => methods[method.toLowerCase()] as Json | undefined)[0]
      if (operation === undefined) throw new Error(`${method} ${path} is not described`)
      const response = (operation.responses as Json)[String(status)] as Json | undefined
      if (response === undefined) throw new Error(`${method} ${path} is not answered ${status}`)
      const content = response.content as Json | undefined
      const schema = (content?.["application/json"] as Json | undefined)?.schema as Json | undefined
      const faults = schema === undefined ? noBody(body) : faultsOf(api, schema, body, "answer")
      if (faults.length > 0) throw new Error(`${method} ${path}, ${status}:\n${faults.join("\n")}`)
    },
  }
}

const noBody = (body: unknown): ReadonlyArray<string> =>
  body === undefined || body === "" ? [] : ["answer: is not empty"]

const faultsOf = (api: Json, schema: Json, value: unknown, at: string): ReadonlyArray<string> => {
  if (typeof schema.$ref === "string") return faultsOf(api, referred(api, schema.$ref), value, at)
  if (value === null) return schema.nullable === true ? [] : enumAllowsNull(schema) ? [] : [`${at}: is null`]
  switch (schema.type) {
    case "object":
      return objectFaults(api, schema, value, at)
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, i) => faultsOf(api, schema.items as Json, item, `${at}[${i}]`))
        : [`${at}: is no list`]
    case "string":
      return typeof value === "string" ? textFaults(schema, value, at) : [`${at}: ${JSON.stringify(value)} is no text`]
    case "integer":
      return Number.isInteger(value) ? [] : [`${at}: ${JSON.stringify(value)} is no integer`]
    case "number":
      return typeof value === "number" ? [] : [`${at}: ${JSON.stringify(value)} is no number`]
    case "boolean":
      return typeof value === "boolean" ? [] : [`${at}: ${JSON.stringify(value)} is neither true nor false`]
    default:
      return [] // Anything goes.
  }
}

const referred = (api: Json, ref: string): Json =>
  ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<Json>((here, key) => here[key] as Json, api)

const enumAllowsNull = ({ enum: options }: Json): boolean => Array.isArray(options) && options.includes(null)

const objectFaults = (api: Json, schema: Json, value: unknown, at: string): ReadonlyArray<string> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: is no object`]
  const properties = schema.properties as Json | undefined
  if (properties === undefined) return []
  const missing = Object.keys(properties).filter((name) => !Object.hasOwn(value, name))
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name))
  return [
    ...missing.map((name) => `${at}.${name}: is missing`),
    ...unknown.map((name) => `${at}.${name}: is not described`),
    ...Object.entries(properties)
      .filter(([name]) => Object.hasOwn(value, name))
      .flatMap(([name, property]) => faultsOf(api, property as Json, (value as Json)[name], `${at}.${name}`)),
  ]
}

const textFaults = (schema: Json, text: string, at: string): ReadonlyArray<string> => {
  const shown = JSON.stringify(text)
  if (Array.isArray(schema.enum) && !schema.enum.includes(text)) return [`${at}: ${shown} is none of its values`]
  if (typeof schema.pattern === "string" && !new RegExp(schema.pattern).test(text))
    return [`${at}: ${shown} does not match ${schema.pattern}`]
  if (schema.format === "date-time-rfc-2822" && !rfc2822.test(text)) return [`${at}: ${shown} is no RFC 2822 date`]
  if (schema.format === "date-time" && !iso8601.test(text)) return [`${at}: ${shown} is no ISO 8601 date`]
  if (schema.format === "uri" && !URL.canParse(text, "https://api.twilio.com")) return [`${at}: ${shown} is no URI`]
  return []
}

const rfc2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000$/
const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
