import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { canonical } from "../../core/canonical.ts"
import { aboutOf } from "../../core/traffic/about.ts"
import { isAnswered, type RecordedExchange, trafficFormat } from "../../core/traffic/RecordedExchange.ts"
import { type RedactionRules, Redactor, redactionOf } from "../../core/traffic/redact/Redactor.ts"
import { createTrafficFile, TrafficFileError } from "../TrafficFile.ts"
import { type Destination, makeForwarder, recordedHeaders } from "./forward.ts"

export interface RecorderOptions {
  readonly file: string
  /** Who records, for the header: `ringback 0.1.0`. */
  readonly by: string
  /** The API. */
  readonly upstream: URL
  /** The application that webhooks go to; without one there are none. */
  readonly webhooksTo: URL | undefined
  /** Where the carrier finds this recorder; where it is asked for, by default. */
  readonly publicUrl: URL | undefined
  readonly redaction: RedactionRules
  /** Told of every exchange once it is in the file, as it is there. */
  readonly recorded: (exchange: RecordedExchange) => void
  /** Told once when the file takes no more: nothing after that is recorded. */
  readonly failed: (error: TrafficFileError) => void
}

/** What has been recorded so far. */
export interface Recorded {
  readonly api: number
  readonly webhooks: number
  /** Exchanges of both kinds that had no answer. */
  readonly failed: number
  readonly bytes: number
}

export interface Recorder {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
  readonly soFar: () => Recorded
}

/** What the path of a webhook begins with; the application is asked for what stands behind it. */
export const webhookPrefix = "/webhooks"

/**
 * Makes a recorder over a new file: a handler that forwards requests to the API, and webhooks to the application, and keeps both.
 *
 * A request is untouched but for its Host and what is about its connection. What could not be forwarded is answered 502, and kept.
 */
export const makeRecorder = (options: RecorderOptions): Effect.Effect<Recorder, TrafficFileError, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const file = yield* createTrafficFile(options.file, {
      by: options.by,
      format: trafficFormat,
      kind: "traffic",
      recording: "ringback",
      redaction: redactionOf(options.redaction),
      source: options.upstream.origin,
      started: clock.unsafeCurrentTimeMillis(),
    })
    const underWay = yield* Effect.acquireRelease(Effect.sync(makeUnderWay), ({ over }) => over)
    const forwarder = yield* Effect.acquireRelease(Effect.sync(makeForwarder), ({ close }) => Effect.sync(close))
    const redactor = new Redactor(options.redaction)
    const counts = { api: 0, webhooks: 0, failed: 0 }
    let n = 0
    let broken = false

    const keep = (exchange: RecordedExchange) => {
      if (broken) return
      try {
        const kept = redactor.exchange(exchange)
        file.append(kept)
        counts[kept.direction === "api" ? "api" : "webhooks"]++
        if (!isAnswered(kept.answer)) counts.failed++
        options.recorded(kept)
      } catch (cause) {
        broken = true
        options.failed(asFileError(options.file, cause))
      }
    }

    const handler = (request: IncomingMessage, response: ServerResponse): void => {
      const at = clock.unsafeCurrentTimeMillis()
      const began = clock.unsafeCurrentTimeNanos()
      const { method = "GET", url: target = "" } = request
      const { direction, to, url } = route(options, request)
      if (!target.startsWith("/") || !URL.canParse(url)) {
        refuse(response, 400, direction, "the target of a request begins with a slash")
        return
      }
      const mine = ++n
      underWay.begin()
      forwarder.forward(request, response, to, ({ answer, sent, unanswered }) => {
        const took = Number((clock.unsafeCurrentTimeNanos() - began) / 1_000_000n)
        if (!isAnswered(answer) && unanswered)
          refuse(response, 502, direction, `${to.server.origin} could not be asked: ${answer.failed}`)
        const headers = recordedHeaders(request)
        const body = sent.body(request.headers["content-encoding"])
        const exchange = { answer, at, direction, n: mine, request: { body, headers, method, url }, took }
        keep({ ...exchange, about: aboutOf(exchange) })
        underWay.end()
      })
    }
    return { handler, soFar: () => ({ ...counts, bytes: file.bytes() }) }
  })

/** Host ms that exchanges which were cut off have to be kept as that. */
const endingMsMax = 1_000

/** Counts what is under way; `over` waits until nothing is. */
const makeUnderWay = () => {
  let count = 0
  let last: (() => void) | undefined
  return {
    begin: () => void count++,
    end: () => {
      if (--count === 0) last?.()
    },
    over: Effect.async<void>((resume) => {
      last = () => resume(Effect.void)
      if (count === 0) last()
    }).pipe(Effect.interruptible, Effect.timeoutOption(endingMsMax), Effect.asVoid),
  }
}

/** Where a request goes, and the URL it is kept under. */
const route = (
  { publicUrl, upstream, webhooksTo }: RecorderOptions,
  request: IncomingMessage,
): { readonly direction: RecordedExchange["direction"]; readonly to: Destination; readonly url: string } => {
  const target = request.url ?? ""
  const behind = webhooksTo === undefined ? undefined : behindPrefix(target)
  if (webhooksTo === undefined || behind === undefined)
    return {
      direction: "api",
      to: { server: upstream, target: join(upstream, target) },
      url: absolute(upstream, target),
    }
  const seenAt = publicUrl ?? new URL("http://localhost")
  if (publicUrl === undefined && request.headers.host !== undefined) seenAt.host = request.headers.host
  return {
    direction: "webhook",
    to: { server: webhooksTo, target: join(webhooksTo, behind) },
    url: absolute(seenAt, target),
  }
}

/** What stands behind the prefix of webhooks; `undefined` where that is not what the target begins with. */
const behindPrefix = (target: string): string | undefined => {
  if (!target.startsWith(webhookPrefix)) return undefined
  const behind = target.slice(webhookPrefix.length)
  return behind === "" || behind.startsWith("?") ? `/${behind}` : behind.startsWith("/") ? behind : undefined
}

const join = (server: URL, target: string): string => server.pathname.replace(/\/$/, "") + target

const absolute = (server: URL, target: string): string => server.origin + join(server, target)

/** An answer of the recorder itself: to an application in Twilio's shape, to the carrier as a text. */
const refuse = (
  response: ServerResponse,
  status: 400 | 502,
  direction: RecordedExchange["direction"],
  message: string,
): void => {
  const code = status === 502 ? 20503 : 20400
  const [type, body] =
    direction === "webhook"
      ? ["text/plain; charset=utf-8", `${message}\n`]
      : [
          "application/json",
          canonical({
            code,
            message: `Ringback: ${message}`,
            more_info: `https://www.twilio.com/docs/errors/${code}`,
            status,
          }),
        ]
  response.writeHead(status, { "Content-Length": Buffer.byteLength(body), "Content-Type": type }).end(body)
}

const asFileError = (file: string, cause: unknown): TrafficFileError =>
  cause instanceof TrafficFileError
    ? cause
    : new TrafficFileError({ reason: "unwritable", message: `an exchange cannot be recorded in ${file}: ${cause}` })
