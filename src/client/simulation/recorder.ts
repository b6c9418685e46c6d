import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { aboutOf } from "../../core/traffic/about.ts"
import { lineOf } from "../../core/traffic/lines.ts"
import { type RecordedExchange, trafficFormat } from "../../core/traffic/RecordedExchange.ts"
import { Redactor, redactionOf } from "../../core/traffic/redact/Redactor.ts"
import type { Http, HttpAnswer, HttpFailure, HttpRequest } from "../Http.ts"
import { interactionsOf } from "./interactions.ts"

export interface RecorderOptions {
  /** Whether phone numbers are as they were, so that the recording can be replayed to the same application. True when absent. */
  readonly keepNumbers?: boolean | undefined
  /** The same of texts of messages. */
  readonly keepBodies?: boolean | undefined
  /** Makes the same stand-ins in several recordings; one that is forgotten when absent. Whoever has it can find out numbers. */
  readonly salt?: string | undefined
  /** Exchanges that are kept; 10,000 when absent. */
  readonly max?: number | undefined
}

/** A way to the API that keeps what goes by. Credentials, and secrets anywhere else, are never kept. */
export interface Recorder {
  /** To be given to a client in place of the one that is recorded. */
  readonly http: Http
  /** In the order of the requests. */
  readonly exchanges: () => ReadonlyArray<RecordedExchange>
  /** Exchanges that were too many. */
  readonly lost: () => number
  /** The document of interactions (`readInteractions`). */
  readonly interactions: () => string
  /** The same as recorded traffic (`readTraffic`), which `ringback playback` serves. */
  readonly traffic: () => string
}

const exchangesMax = 10_000

/** Records what goes over a way to the API. */
export const makeRecorder = (
  http: Http,
  {
    keepBodies = true,
    keepNumbers = true,
    max = exchangesMax,
    salt = randomBytes(32).toString("hex"),
  }: RecorderOptions = {},
): Recorder => {
  const rules = { keepBodies, keepNumbers, salt }
  const redactor = new Redactor(rules)
  const kept: Array<RecordedExchange> = []
  let started: number | undefined
  let n = 0
  let lost = 0
  const keep = (
    request: HttpRequest,
    exit: Exit.Exit<HttpAnswer, HttpFailure>,
    facts: { n: number; at: number; took: number },
  ) => {
    const answer = answerOf(exit)
    if (answer === undefined) return
    if (kept.length >= max) {
      lost++
      return
    }
    const found = {
      ...facts,
      direction: "api" as const,
      request: {
        method: request.method,
        url: request.url,
        // The credentials are shown so that they are found elsewhere; they are not kept.
        headers: [
          ...Object.entries(lowerCase(request.headers)),
          ["authorization", Redacted.value(request.authorization)] as const,
        ],
        body: { text: request.body ?? "" },
      },
      answer,
    }
    kept.push(redactor.exchange({ ...found, about: aboutOf(found) }))
  }
  return {
    http: {
      send: (request) =>
        Effect.flatMap(Clock.currentTimeMillis, (at) => {
          started ??= at
          const own = ++n
          return Effect.onExit(http.send(request), (exit) =>
            Effect.map(Clock.currentTimeMillis, (now) =>
              keep(request, exit, { n: own, at, took: Math.max(0, now - at) }),
            ),
          )
        }),
    },
    exchanges: () => kept.toSorted((a, b) => a.n - b.n),
    lost: () => lost,
    interactions: () => interactionsOf(kept.toSorted((a, b) => a.n - b.n)),
    traffic: () =>
      [
        lineOf({
          format: trafficFormat,
          kind: "traffic",
          recording: "ringback",
          by: "ringback/client",
          source: "ringback/client",
          started: started ?? 0,
          redaction: redactionOf(rules),
        }),
        ...kept.map(lineOf),
        "",
      ].join("\n"),
  }
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** What became of a request; nothing of one that was interrupted. */
const answerOf = (exit: Exit.Exit<HttpAnswer, HttpFailure>): RecordedExchange["answer"] | undefined => {
  if (Exit.isSuccess(exit)) {
    const { body, headers, status } = exit.value
    return { status, headers: Object.entries(headers), body: { text: body } }
  }
  return exit.cause._tag === "Fail" ? { failed: failedText(exit.cause.error) } : undefined
}

/** A failure as a recording has it; `failureOf` of the replayer reads it. */
const failedText = ({ left, reason }: HttpFailure): string => `${reason}, ${left ? "after" : "before"} the request left`
