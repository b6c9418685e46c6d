import type * as Either from "effect/Either"
import { type BadTraffic, Fields, parsedObject, readingFields } from "../../core/traffic/fields.ts"
import { type Body, headerOf, isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import { defaultBaseUrl } from "../options.ts"

/*
 * Recorded traffic as one JSON document of interactions (module architecture, 9.2): a request by method, path below the API's version
 * and form, and its answer by status and object. Headers of answers that mean something to a client stand beside them.
 */

const version = "/2010-04-01"
const formType = "application/x-www-form-urlencoded"

/** The document of the exchanges with the API; those of webhooks are left out. */
export const interactionsOf = (exchanges: ReadonlyArray<RecordedExchange>): string =>
  `${JSON.stringify({ interactions: exchanges.filter(({ direction }) => direction === "api").map(interaction) }, undefined, 2)}\n`

const interaction = ({ answer, at, request }: RecordedExchange) => {
  const { pathname, search } = new URL(request.url)
  const form = headerOf(request.headers, "content-type")?.startsWith(formType) ? textOf(request.body) : undefined
  return {
    request: {
      method: request.method,
      path: (pathname.startsWith(`${version}/`) ? pathname.slice(version.length) : pathname) + search,
      ...(form === undefined ? {} : { body: formAsObject(form) }),
    },
    response: isAnswered(answer)
      ? {
          status: answer.status,
          ...(answer.headers.length === 0 ? {} : { headers: Object.fromEntries(answer.headers) }),
          body: parsedObject(textOf(answer.body) ?? "") ?? textOf(answer.body) ?? "",
        }
      : { failed: answer.failed },
    timestamp: new Date(at).toISOString(),
  }
}

/** Parameters by name; of one that repeats a list. */
const formAsObject = (form: string): Readonly<Record<string, string | ReadonlyArray<string>>> => {
  const params = new URLSearchParams(form)
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? "") : values] as const
    }),
  )
}

/** Reads a document of interactions; a fault names the place. */
export const readInteractions = (text: string): Either.Either<ReadonlyArray<RecordedExchange>, BadTraffic> =>
  readingFields(text, "a document of interactions", (document) => {
    const interactions = document.value("interactions")
    if (!Array.isArray(interactions)) return document.refuse("interactions", "a list")
    return interactions.map((each: unknown, i) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? exchangeOf(new Fields(each, `interactions[${i}]`), i)
        : document.refuse("interactions", `an object at ${i}`),
    )
  })

const exchangeOf = (fields: Fields, i: number): RecordedExchange => {
  const [request, response] = [fields.group("request"), fields.group("response")]
  const path = request.text("path")
  const url = defaultBaseUrl + (/^\/(?:2010-04-01|v\d+)\//.test(path) ? "" : version) + path
  if (!path.startsWith("/") || !URL.canParse(url)) request.refuse("path", "a path")
  const at = fields.has("timestamp") ? Date.parse(fields.text("timestamp")) : 0
  if (Number.isNaN(at)) fields.refuse("timestamp", "an instant")
  const body = request.has("body") ? formOf(request.group("body")) : undefined
  return {
    n: i + 1,
    direction: "api",
    at,
    took: 0,
    about: "",
    request: {
      method: request.text("method"),
      url,
      headers: body === undefined ? [] : [["content-type", formType]],
      body: { text: body ?? "" },
    },
    answer: response.has("failed")
      ? { failed: response.text("failed") }
      : {
          status: response.integer("status", 100, 599),
          headers: response.has("headers") ? response.group("headers").texts() : [],
          body: bodyOf(response.value("body")),
        },
  }
}

/** A form whose values are texts or lists of them. */
const formOf = (body: Fields): string =>
  new URLSearchParams(
    body.names().flatMap((name): ReadonlyArray<[string, string]> => {
      const value = body.value(name)
      const values: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value]
      return values.map((each) => [
        name,
        typeof each === "string" ? each : body.refuse(name, "a text, or a list of texts"),
      ])
    }),
  ).toString()

const bodyOf = (value: unknown): Body => ({
  text: value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value),
})
