import type { Pair } from "../../core/entries.ts"
import { formBody } from "../../core/form.ts"
import { instantMax } from "../../core/Instant.ts"
import {
  fieldOf,
  type Group,
  groupAt,
  headersIn,
  instantOf,
  isGroup,
  methodOf,
  msOf,
  statusOf,
  type Told,
  type ToldBody,
  textAt,
  Unusable,
  urlOf,
} from "./Told.ts"

/*
 * Interactions as client libraries with a record mode write them: `{ request: { method, path, body }, response: { status, body },
 * timestamp }`, bodies as groups of fields.
 */

/** Where a path without an origin leads; one without the version of the API has that put before it. */
const origin = "https://api.twilio.com"
const version = "/2010-04-01"

/** Reads one of `interactions`. */
export const readInteraction = (interaction: Group): Told => {
  const request = groupAt(interaction, "request", "a request")
  const url = fieldOf(request, "url")
  const at = fieldOf(interaction, "timestamp") ?? fieldOf(interaction, "at")
  return {
    at: typeof at === "number" && Number.isSafeInteger(at) && at >= 0 && at <= instantMax ? at : instantOf(at),
    took: msOf(fieldOf(interaction, "duration_ms") ?? fieldOf(interaction, "took")),
    method: methodOf(textAt(request, "method", "a method in request.method")),
    url: urlOf(typeof url === "string" ? url : absolute(textAt(request, "path", "a path in request.path"))),
    headers: headersIn(fieldOf(request, "headers")),
    body: formOf(fieldOf(request, "body")),
    answer: answerOf(fieldOf(interaction, "response")),
  }
}

const absolute = (path: string): string => {
  const rooted = path.startsWith("/") ? path : `/${path}`
  return `${origin}${rooted.startsWith("/Accounts") ? version : ""}${rooted}`
}

const answerOf = (response: unknown): Told["answer"] => {
  if (response === undefined || response === null) return { failed: "no answer was recorded" }
  if (!isGroup(response)) throw new Unusable("expected a response, found something else")
  const body = fieldOf(response, "body")
  const headers = headersIn(fieldOf(response, "headers"))
  return {
    status: statusOf(fieldOf(response, "status")),
    headers: headers.length === 0 && isGroup(body) ? [["content-type", "application/json"]] : headers,
    body: body === undefined || body === null ? "" : typeof body === "string" ? body : JSON.stringify(body),
  }
}

/** A request's fields are the parameters of a form. */
const formOf = (body: unknown): ToldBody => {
  if (body === undefined || body === null) return ""
  if (typeof body === "string") return body
  if (!isGroup(body)) return JSON.stringify(body)
  return formBody(
    Object.entries(body).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap(
        (each): ReadonlyArray<Pair> =>
          each === null || each === undefined
            ? []
            : [[name, typeof each === "object" ? JSON.stringify(each) : String(each)]],
      ),
    ),
  )
}
