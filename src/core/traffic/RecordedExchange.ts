import type { Pair } from "../pair.ts"

/** Version of what a traffic recording holds. */
export const trafficFormat = 1

/** Bytes of a body that a recording keeps; of a larger one it keeps length and hash. */
export const bodyKeptBytesMax: number = 2 * 1024 * 1024

/** Bytes of one line: two bodies in which every byte is escaped, with their addresses and headers. */
export const trafficLineBytesMax: number = 32 * 1024 * 1024

/**
 * A body as it is kept: text that is UTF-8, other bytes, or only length and hash of one that was not kept.
 *
 * `coding` names the content codings it came in (`gzip`); what is kept is what they held.
 */
export type Body =
  | { readonly text: string; readonly coding?: string }
  | { readonly base64: string; readonly coding?: string }
  | { readonly length: number; readonly sha256: string; readonly coding?: string }

/** A request. `url` is absolute: the address that the sender meant. Names of headers are in small letters, in order of arrival. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: ReadonlyArray<Pair>
  readonly body: Body
}

export interface RecordedAnswer {
  readonly status: number
  readonly headers: ReadonlyArray<Pair>
  readonly body: Body
}

/** Why there was no answer, in words for people: `connection refused`, `the application hung up`. */
export interface NoAnswer {
  readonly failed: string
}

/**
 * One request and what came of it.
 *
 * `direction` is `api` for a request of the application to the API, `webhook` for one of the carrier to the application.
 * `n` counts from 1 in the order of the requests; lines stand in the order of the answers. `at` is when the request came, in ms since
 * the Unix epoch; `took` ms later its answer was there. `about` is the SID of the message or call it is about, or empty.
 */
export interface RecordedExchange {
  readonly n: number
  readonly direction: "api" | "webhook"
  readonly at: number
  readonly took: number
  readonly about: string
  readonly request: RecordedRequest
  readonly answer: RecordedAnswer | NoAnswer
}

/**
 * The header of a traffic recording.
 *
 * `by` is who wrote it (`ringback 0.1.0`), `source` what was recorded: the upstream's origin, or the format of an imported file.
 * `redaction` says whether numbers and bodies are as they were (`kept`) or stand-ins, and by a fingerprint which salt made these: two
 * files of one salt have the same stand-ins. Secrets are never kept.
 */
export interface TrafficHeader {
  readonly format: typeof trafficFormat
  readonly kind: "traffic"
  readonly recording: "ringback"
  readonly by: string
  readonly source: string
  readonly started: number
  readonly redaction: {
    readonly bodies: "kept" | "stand-ins"
    readonly numbers: "kept" | "stand-ins"
    readonly salt: string
  }
}

/** Whether there was an answer. */
export const isAnswered = (answer: RecordedExchange["answer"]): answer is RecordedAnswer => "status" in answer

/** The first value of a header, by its name in small letters. */
export const headerOf = (headers: ReadonlyArray<Pair>, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1]

/** The text of a body; `undefined` when it is no text or was not kept. */
export const textOf = (body: Body): string | undefined => ("text" in body ? body.text : undefined)
