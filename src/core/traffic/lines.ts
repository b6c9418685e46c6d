import type * as Either from "effect/Either"
import { canonical } from "../canonical.ts"
import type { Pair } from "../entries.ts"
import { instantMax } from "../Instant.ts"
import { type BadTraffic, type Fields, parsedObject, readingFields } from "./fields.ts"
import {
  type Body,
  type NoAnswer,
  type RecordedAnswer,
  type RecordedExchange,
  type RecordedRequest,
  type TrafficHeader,
  trafficFormat,
} from "./RecordedExchange.ts"
import { upgrade } from "./upgrades.ts"

/*
 * A traffic recording as lines: a header, then one exchange a line, each canonical JSON that ends in LF. Reading is lenient where
 * nothing is lost by it: any JSON of the right shape is taken, and fields that are not known are left out.
 */

export type { BadTraffic } from "./fields.ts"

/** The line of a header or an exchange, without its LF. */
export const lineOf = (what: TrafficHeader | RecordedExchange): string => canonical(what)

/** Reads the first line of a traffic recording. */
export const readHeader = (line: string): Either.Either<TrafficHeader, BadTraffic> =>
  readingFields(line, "the header of a traffic recording", (header) => {
    header.oneOf("recording", ["ringback"])
    if (header.value("kind") === "run")
      header.refuse("kind", '"traffic" (the recording of a run is read by ringback verify, log and diff)')
    const kind = header.oneOf("kind", ["traffic"])
    if (header.integer("format", 1) > trafficFormat)
      header.refuse("format", `a format up to ${trafficFormat}, the newest that this ringback reads,`)
    const redaction = header.group("redaction")
    return {
      by: header.text("by"),
      format: trafficFormat,
      kind,
      recording: "ringback",
      redaction: {
        bodies: redaction.oneOf("bodies", ["kept", "stand-ins"]),
        numbers: redaction.oneOf("numbers", ["kept", "stand-ins"]),
        salt: redaction.text("salt"),
      },
      source: header.text("source"),
      started: header.integer("started", 0, instantMax),
    }
  })

/** The format that a header which was read names: the exchanges below it are upgraded from there. */
export const formatOf = (headerLine: string): number => {
  const format: unknown = (parsedObject(headerLine) as { readonly format?: unknown } | undefined)?.format
  return typeof format === "number" ? format : trafficFormat
}

/** Reads a line below a header of a format. */
export const readExchange = (line: string, format: number): Either.Either<RecordedExchange, BadTraffic> =>
  readingFields(upgrade(line, format), "an exchange", (exchange) => {
    const about = exchange.text("about")
    const at = exchange.integer("at", 0, instantMax)
    return {
      about,
      answer: answerOf(exchange.group("answer")),
      at,
      direction: exchange.oneOf("direction", ["api", "webhook"]),
      n: exchange.integer("n", 1),
      request: requestOf(exchange.group("request")),
      took: exchange.integer("took", 0, instantMax - at),
    }
  })

const requestOf = (request: Fields): RecordedRequest => {
  const method = request.text("method")
  if (!/^[A-Z]{1,20}$/.test(method)) request.refuse("method", "a method of HTTP")
  const url = request.text("url")
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) request.refuse("url", "an absolute URL")
  return { body: bodyOf(request.group("body")), headers: headersOf(request), method, url }
}

const answerOf = (answer: Fields): RecordedAnswer | NoAnswer =>
  answer.has("failed")
    ? { failed: answer.text("failed") }
    : { body: bodyOf(answer.group("body")), headers: headersOf(answer), status: answer.integer("status", 100, 599) }

const bodyOf = (body: Fields): Body => {
  const coding = body.has("coding") ? { coding: body.text("coding") } : {}
  if (body.has("text")) return { ...coding, text: body.text("text") }
  if (!body.has("base64")) {
    const length = body.integer("length", 0)
    const sha256 = body.text("sha256")
    if (!/^[0-9a-f]{64}$/.test(sha256)) body.refuse("sha256", "64 hex digits")
    return { ...coding, length, sha256 }
  }
  const base64 = body.text("base64")
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) body.refuse("base64", "base64")
  return { base64, ...coding }
}

const headersOf = (of: Fields): ReadonlyArray<Pair> => {
  const headers = of.value("headers")
  if (!Array.isArray(headers) || !headers.every(isPair)) return of.refuse("headers", "a list of [name, value]")
  return headers.map(([name, value]) => [name.toLowerCase(), value])
}

const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string")
