import type { Pair } from "../../core/entries.ts"
import { bytesOf } from "./har.ts"
import {
  dateIn,
  fieldOf,
  type Group,
  headerNamed,
  headersIn,
  methodOf,
  statusOf,
  type Told,
  type ToldBody,
  textAt,
  urlOf,
} from "./Told.ts"

/*
 * Objects of `nock.recorder` with `output_objects`.
 * Source: github.com/nock/nock, lib/recorder.js of versions 4 to 13, read 2026-11. It writes no times; answers say when they were made.
 */

/** Reads one object. */
export const readNock = (item: Group): Told => {
  const scope = textAt(item, "scope", "an origin in scope")
  const path = textAt(item, "path", "a path in path")
  const answerHeaders = rawHeaders(fieldOf(item, "rawHeaders") ?? fieldOf(item, "headers"))
  const headers = headersIn(fieldOf(item, "reqheaders"))
  return {
    at: dateIn(answerHeaders),
    took: 0,
    method: methodOf(textAt(item, "method", "a method in method")),
    url: urlOf(`${scope.replace(/:(?:443|80)$/, standardPort).replace(/\/$/, "")}${path}`),
    headers,
    body: bodyOf(fieldOf(item, "body"), headerNamed(headers, "content-encoding")),
    answer: {
      status: statusOf(fieldOf(item, "status") ?? 200),
      headers: answerHeaders,
      body: bodyOf(
        fieldOf(item, "response"),
        headerNamed(answerHeaders, "content-encoding"),
        fieldOf(item, "responseIsBinary"),
      ),
    },
  }
}

/** `https://a:443` and `http://a:80` are written without their port, others as they are. */
const standardPort = (port: string, _at: number, scope: string): string =>
  (port === ":443" && scope.startsWith("https:")) || (port === ":80" && scope.startsWith("http:")) ? "" : port

/** Names and values in turn, or a map. */
const rawHeaders = (value: unknown): ReadonlyArray<Pair> =>
  Array.isArray(value)
    ? value.flatMap((name, i): ReadonlyArray<Pair> => {
        const of: unknown = value[i + 1]
        return i % 2 === 0 && typeof name === "string" && typeof of === "string" ? [[name, of]] : []
      })
    : headersIn(value)

/**
 * A text; a value of JSON, which nock takes apart; or bytes in hex: of a body that has a content coding a list of pieces, of one that
 * is no text one piece.
 */
const bodyOf = (body: unknown, coding: string | undefined, binary: unknown = false): ToldBody => {
  if (body === undefined || body === null) return ""
  if (Array.isArray(body) && coding !== undefined && body.every((each) => typeof each === "string"))
    return Buffer.concat(body.map((each) => bytesOf(each, "hex")))
  if (typeof body === "string") return binary === true ? bytesOf(body, "hex") : body
  return JSON.stringify(body)
}
