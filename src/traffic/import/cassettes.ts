import { bytesOf } from "./har.ts"
import {
  dateIn,
  fieldOf,
  type Group,
  groupAt,
  headersIn,
  instantOf,
  isGroup,
  methodOf,
  shown,
  statusOf,
  type Told,
  type ToldBody,
  textAt,
  Unusable,
  urlOf,
} from "./Told.ts"

/*
 * Interactions of VCR (Ruby) and of vcrpy (Python).
 * Source: github.com/vcr/vcr, lib/vcr/structs.rb and its cassettes of versions 1 to 6; github.com/kevin1024/vcrpy, vcr/serialize.py
 * and vcr/migration.py, read 2026-11.
 */

/** What stands in a cassette where a regular expression is meant. */
export class Pattern {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

/** Reads one of `http_interactions` of VCR 2 and later, or an item of the list that VCR 1 wrote. */
export const readVcrInteraction = (interaction: Group): Told => {
  const request = groupAt(interaction, "request", "a request")
  refuseCode(interaction)
  const answer = vcrAnswer(fieldOf(interaction, "response"))
  return {
    at: instantOf(fieldOf(interaction, "recorded_at")) ?? dateOf(answer),
    took: 0,
    method: methodOf(textAt(request, "method", "a method in request.method")),
    url: urlOf(uriOf(request)),
    headers: headersIn(fieldOf(request, "headers")),
    body: vcrBody(fieldOf(request, "body")),
    answer,
  }
}

/** Reads one of `interactions` of vcrpy, or an item of the list that its first version wrote. */
export const readVcrpyInteraction = (interaction: Group): Told => {
  const request = groupAt(interaction, "request", "a request")
  const response = fieldOf(interaction, "response")
  const answer = vcrpyAnswer(response)
  return {
    at: dateOf(answer),
    took: 0,
    method: methodOf(textAt(request, "method", "a method in request.method")),
    url: urlOf(uriOf(request)),
    headers: headersIn(fieldOf(request, "headers")),
    body: plainBody(fieldOf(request, "body"), "request.body"),
    answer,
  }
}

const uriOf = (request: Group): string => {
  const uri = fieldOf(request, "uri")
  if (uri instanceof Pattern)
    throw new Unusable(`its URI is the regular expression ${shown(uri.source)}, which names no address`)
  if (uri instanceof Uint8Array) return Buffer.from(uri).toString("utf8")
  return textAt(request, "uri", "a URL in request.uri")
}

const dateOf = (answer: Told["answer"]): number | undefined => ("status" in answer ? dateIn(answer.headers) : undefined)

const vcrAnswer = (response: unknown): Told["answer"] => {
  if (response === undefined || response === null) return { failed: "no answer was recorded" }
  if (!isGroup(response)) throw new Unusable(`expected a response, found ${shown(response)}`)
  const status = fieldOf(response, "status")
  return {
    status: statusOf(isGroup(status) ? fieldOf(status, "code") : status),
    headers: headersIn(fieldOf(response, "headers")),
    body: vcrBody(fieldOf(response, "body")),
  }
}

const vcrpyAnswer = (response: unknown): Told["answer"] => {
  if (response === undefined || response === null) return { failed: "no answer was recorded" }
  if (!isGroup(response)) throw new Unusable(`expected a response, found ${shown(response)}`)
  const [status, body] = [fieldOf(response, "status"), fieldOf(response, "body")]
  return {
    status: statusOf(isGroup(status) ? fieldOf(status, "code") : (status ?? fieldOf(response, "status_code"))),
    headers: headersIn(fieldOf(response, "headers")),
    body: plainBody(isGroup(body) ? fieldOf(body, "string") : (body ?? fieldOf(response, "content")), "response.body"),
  }
}

/** A text by itself (VCR 1), or with its encoding beside it, or in base64. */
const vcrBody = (body: unknown): ToldBody => {
  if (!isGroup(body)) return plainBody(body, "a body")
  const base64 = fieldOf(body, "base64_string")
  if (typeof base64 === "string") return bytesOf(base64, "base64")
  return plainBody(fieldOf(body, "string"), "a body")
}

const plainBody = (body: unknown, what: string): ToldBody => {
  if (body === undefined || body === null) return ""
  if (typeof body === "string" || body instanceof Uint8Array) return body
  if (typeof body === "number" || typeof body === "boolean") return String(body)
  throw new Unusable(`expected text or bytes in ${what}, found ${shown(body)}`)
}

/** A cassette of VCR may be a template of ERB; its code is never run, so what it would have made is not known. */
const refuseCode = (value: unknown): void => {
  if (typeof value === "string") {
    const code = /<%[^%]/.exec(value)
    if (code !== null)
      throw new Unusable(
        `it is a template with code, which is never run: ${shown(value.slice(code.index, code.index + 60))}`,
      )
  } else if (Array.isArray(value)) for (const each of value) refuseCode(each)
  else if (isGroup(value)) for (const each of Object.values(value)) refuseCode(each)
}
