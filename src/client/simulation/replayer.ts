import * as Effect from "effect/Effect"
import { byCodeUnit } from "../../core/canonical.ts"
import type { Pair } from "../../core/pair.ts"
import { paramsOf, pathOf } from "../../core/traffic/about.ts"
import { noAnswer } from "../../core/traffic/noAnswer.ts"
import { isAnswered, type RecordedExchange, type RecordedRequest, textOf } from "../../core/traffic/RecordedExchange.ts"
import { type Http, type HttpAnswer, HttpFailure, type HttpFailureReason, type HttpRequest } from "../Http.ts"

export interface ReplayerOptions {
  /** What a request gets whose recorded answers have all been given: nothing, or the last of them again. `once` when absent. */
  readonly mode?: "once" | "repeat-last" | undefined
  /** Names of parameters that may differ. */
  readonly ignore?: ReadonlyArray<string> | undefined
}

/** A way to the API that answers as was recorded. */
export interface Replayer {
  readonly http: Http
  /** Exchanges that nobody has asked for, each in a line. */
  readonly unused: () => ReadonlyArray<string>
}

/** Nothing fits a request. Its message names what comes nearest, and how that differs. A defect: no client should deal with it. */
export class NotRecorded extends Error {
  override readonly name = "NotRecorded"
}

/**
 * Answers requests from recorded exchanges: the same method, path and parameters, in whatever order these come. Requests that are
 * alike get their answers in the order they were recorded.
 */
export const makeReplayer = (
  exchanges: ReadonlyArray<RecordedExchange>,
  { ignore = [], mode = "once" }: ReplayerOptions = {},
): Replayer => {
  const ignored = new Set(ignore)
  const recorded = exchanges
    .filter(({ direction }) => direction === "api")
    .map((exchange) => ({ exchange, asked: askedOf(exchange.request, ignored), isUsed: false }))
  const byKey = new Map<string, Array<(typeof recorded)[number]>>()
  for (const each of recorded) byKey.set(each.asked.key, [...(byKey.get(each.asked.key) ?? []), each])
  return {
    http: {
      send: (request) =>
        Effect.suspend(() => {
          const asked = askedOf(asRecorded(request), ignored)
          const alike = byKey.get(asked.key) ?? []
          const next = alike.find(({ isUsed }) => !isUsed) ?? (mode === "repeat-last" ? alike.at(-1) : undefined)
          if (next === undefined)
            return Effect.die(
              new NotRecorded(
                miss(
                  asked,
                  alike.length,
                  recorded.map((each) => each.asked),
                ),
              ),
            )
          next.isUsed = true
          return answered(next.exchange)
        }),
    },
    unused: () => recorded.filter(({ isUsed }) => !isUsed).map(({ asked }) => lineOf(asked)),
  }
}

/** What of a request counts. */
interface Asked {
  readonly method: string
  readonly path: string
  readonly params: ReadonlyArray<Pair>
  readonly key: string
}

const askedOf = (request: RecordedRequest, ignored: ReadonlySet<string>): Asked => {
  const path = pathOf(request.url)
  const params = paramsOf(request)
    .filter(([name]) => !ignored.has(name))
    .toSorted((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
  return { method: request.method, path, params, key: JSON.stringify([request.method, path, params]) }
}

const asRecorded = ({ body, method, url }: HttpRequest): RecordedRequest => ({
  method,
  url,
  headers: [["content-type", "application/x-www-form-urlencoded"]],
  body: { text: body ?? "" },
})

const answered = ({ answer }: RecordedExchange): Effect.Effect<HttpAnswer, HttpFailure> => {
  if (!isAnswered(answer)) return failureOf(answer.failed)
  const body = textOf(answer.body)
  return body === undefined
    ? Effect.die(new NotRecorded("the answer was too long to be recorded, or no text"))
    : Effect.succeed({ status: answer.status, headers: Object.fromEntries(answer.headers), body })
}

const reasons: ReadonlyArray<HttpFailureReason> = ["dns", "connect", "tls", "timeout", "reset", "too-long", "broken"]

/** Failures of what `ringback record` forwarded that tell more than that the request may have left. */
const forwarded: ReadonlyArray<readonly [beginning: string, reason: HttpFailureReason, left: boolean]> = [
  [noAnswer.noHost, "dns", false],
  [noAnswer.refused, "connect", false],
  [noAnswer.untrusted, "tls", false],
  [noAnswer.late, "timeout", true],
]

/** A failure as either recorder writes it; of another's, all that is known is that the request may have left. */
const failureOf = (text: string): HttpFailure => {
  const message = `recorded: ${text}`
  const [, word, order] = /^([a-z-]+), (before|after) the request left$/.exec(text) ?? []
  const own = reasons.find((each) => each === word)
  if (own !== undefined) return new HttpFailure({ reason: own, left: order !== "before", message })
  const [, reason = "reset", left = true] = forwarded.find(([beginning]) => text.startsWith(beginning)) ?? []
  return new HttpFailure({ reason, left, message })
}

const lineOf = ({ method, params, path }: Asked): string =>
  `${method} ${path}${params.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join("")}`

/** Says what was asked for, and what of the recording comes nearest. */
const miss = (asked: Asked, times: number, recorded: ReadonlyArray<Asked>): string => {
  if (times > 0) return `was recorded ${times} times, and is asked for once more: ${lineOf(asked)}`
  const missing = (other: Asked) =>
    other.params.filter(([name, value]) => !asked.params.some(([n, v]) => n === name && v === value))
  const near = recorded
    .map((other) => ({
      other,
      distance:
        Number(other.method !== asked.method) * 1_000 + Number(other.path !== asked.path) * 100 + missing(other).length,
    }))
    .toSorted((a, b) => a.distance - b.distance)[0]?.other
  const head = `nothing was recorded for ${lineOf(asked)}`
  if (near === undefined) return `${head}\nthe recording holds no request`
  const extra = asked.params.filter(([name, value]) => !near.params.some(([n, v]) => n === name && v === value))
  const told = ([name, value]: Pair) => `${name}=${JSON.stringify(value)}`
  return [
    head,
    `nearest: ${near.method} ${near.path}`,
    ...missing(near).map((pair) => `  - ${told(pair)}`),
    ...extra.map((pair) => `  + ${told(pair)}`),
  ].join("\n")
}
