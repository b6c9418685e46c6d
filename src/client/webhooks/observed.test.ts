import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { leaksIn } from "../../../test/support/leaks.ts"
import { rig } from "../../../test/support/webhookRig.ts"
import { inbound, messageSid, ours, phone, status, webhook } from "../../../test/support/webhooks.ts"
import { sign } from "../../core/signature.ts"
import type { WebhookOptions } from "./options.ts"
import type { WebhookEndpoint } from "./Webhooks.ts"
import { fromWebRequest } from "./web.ts"

const marks = {
  token: "mk1Q7xAuthTokenZr9w",
  older: "mk2Q7xOlderTokenZr9w",
  user: "mk3Q7xUserinfoZr9w",
  given: "mk4Q7xGivenZr9w",
}
const origin = `https://u:${marks.user}@app.example`
const text = "the words of somebody"

interface SpanSeen {
  readonly name: string
  readonly attributes: Record<string, unknown>
  readonly exit: string
}

/** Everything that is let be seen while an effect runs: lines of the log, ended spans. */
const watched = <A>(effect: Effect.Effect<A>) =>
  Effect.gen(function* () {
    const lines: Array<{ readonly level: string; readonly text: string; readonly facts: Record<string, unknown> }> = []
    const spans: Array<SpanSeen> = []
    const logger = Logger.make<unknown, void>(({ annotations, cause, logLevel, message, spans: within }) => {
      const facts = Object.fromEntries(HashMap.toEntries(annotations))
      lines.push({
        level: logLevel.label,
        text: `${String(message)}${Cause.isEmpty(cause) ? "" : Cause.pretty(cause)}${[...within].join()}`,
        facts,
      })
    })
    const tracer = Tracer.make({
      context: (run) => run(),
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        return {
          _tag: "Span",
          name,
          spanId: "s",
          traceId: "t",
          parent,
          context,
          status: { _tag: "Started", startTime },
          attributes,
          links,
          sampled: true,
          kind,
          end: (_, exit) =>
            void spans.push({
              name,
              attributes: Object.fromEntries(attributes),
              exit: Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "",
            }),
          attribute: (key, value) => void attributes.set(key, value),
          event: () => {},
          addLinks: () => {},
        }
      },
    })
    yield* effect.pipe(
      Logger.withMinimumLogLevel(LogLevel.All),
      Effect.withTracer(tracer),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
    )
    return { lines, spans }
  })

const ask = (
  endpoint: WebhookEndpoint,
  path: string,
  params: Readonly<Record<string, string>>,
  token = marks.token,
) => {
  const request = fromWebRequest(webhook(`https://app.example${path}`, params, { token }))
  // What a server sees has no userinfo; what is signed has.
  return endpoint({
    ...request,
    header: (name) => (name === "x-twilio-signature" ? signatureOf(path, params, token) : request.header(name)),
  })
}

const signatureOf = (path: string, params: Readonly<Record<string, string>>, token: string): string =>
  sign(token, `${origin}${path}`, Object.entries(params))

/** A session in which everything happens: replies, statuses, refusals, failures. */
const session = (options: Partial<WebhookOptions> = {}) =>
  Effect.gen(function* () {
    const { inbound: sms, status: reports } = yield* rig({
      authToken: [Redacted.make(marks.token), marks.older],
      publicUrl: origin,
      messages: [
        { on: "fail", answer: () => Effect.fail(new Error(`could not call ${phone}`)) },
        { answer: () => Effect.succeed("ok") },
      ],
      ...options,
    })
    yield* ask(sms, "/sms", inbound({ Body: `${text}, or ${phone}`, ErrorCode: "11200", ErrorUrl: `${origin}/before` }))
    yield* ask(sms, "/sms", inbound({ Body: "STOP" }), marks.older)
    yield* ask(sms, "/sms", inbound({ Body: "fail" }))
    yield* ask(sms, "/sms", inbound(), marks.given)
    yield* ask(sms, "/sms", { From: phone })
    const sid = messageSid()
    for (const name of ["sent", "undelivered", "sent", "undelivered"])
      yield* ask(reports, "/status", status(sid, name, name === "undelivered" ? { ErrorCode: "30003" } : {}))
  })

const counted = (name: string, label: string, value: string) =>
  Effect.map(
    Metric.value(Metric.tagged(Metric.counter(name, { incremental: true }), label, value)),
    ({ count }) => count,
  )

describe("What webhooks let be seen", () => {
  it.effect("are the spans, logs and metrics of the specification", () =>
    Effect.gen(function* () {
      const figures = Effect.all([
        counted("twilio_messages_received_total", "to_number", ours),
        counted("twilio_delivery_status_total", "status", "sent"),
        counted("twilio_delivery_status_total", "status", "undelivered"),
        counted("twilio_errors_total", "error_type", "InvalidSignature"),
        counted("twilio_errors_total", "error_type", "MissingFields"),
        counted("twilio_errors_total", "error_type", "HandlerFailed"),
      ])
      const before = yield* figures
      const { lines, spans } = yield* watched(session())
      deepStrictEqual(
        (yield* figures).map((count, i) => count - (before[i] ?? 0)),
        [2, 1, 1, 1, 1, 1],
      )
      const first = spans.find(({ name }) => name === "twilio.receive_sms")
      deepStrictEqual(
        { ...first?.attributes, message_sid: "" },
        { message_sid: "", from: "+1555***4567", to: "+1555***6543" },
      )
      const reports = spans.filter(({ name }) => name === "twilio.status_callback")
      deepStrictEqual(
        reports.map(({ attributes }) => attributes.status ?? attributes.duplicate),
        ["sent", "undelivered", true, true],
      )
      deepStrictEqual(
        spans.filter(({ exit }) => exit !== "").map(({ name }) => name),
        Array.from({ length: 3 }, () => "twilio.receive_sms"),
      )
      const of = (level: string) => lines.filter((line) => line.level === level).map((line) => line.text)
      deepStrictEqual(of("ERROR"), ["Handler of a webhook failed", "Webhook failed: a handler failed"])
      deepStrictEqual(of("WARN").length, 3)
      deepStrictEqual(of("INFO"), ["Message received", "Message received", "Message status", "Message status"])
      assertTrue(of("DEBUG").includes("Webhook was handled before and is answered as then"))
      assertTrue(of("TRACE").length > 0)
    }),
  )
  for (const redactBodies of [true, false])
    it.effect(`hold no token and no number, ${redactBodies ? "and no text" : "also when texts are told"}`, () =>
      Effect.gen(function* () {
        const { lines, spans } = yield* watched(session({ redactBodies }))
        const everything = JSON.stringify([lines, spans])
        deepStrictEqual(leaksIn(everything, marks), [])
        for (const number of [phone, ours]) {
          assertTrue(
            !everything.includes(number.slice(1)),
            everything.slice(Math.max(0, everything.indexOf(number.slice(1)) - 200)).slice(0, 300),
          )
        }
        strictEqual(everything.includes(text), !redactBodies)
        const metrics = JSON.stringify(yield* Metric.snapshot)
        deepStrictEqual(leaksIn(metrics, marks), [])
        assertTrue(!metrics.includes(phone))
      }),
    )
  it.effect("is the same hash in several processes, with the same key", () =>
    Effect.gen(function* () {
      const hashes = (redactionKey: string) =>
        Effect.map(
          watched(session({ redactionKey })),
          ({ lines }) => new Set(JSON.stringify(lines).match(/hash:[0-9a-f]{8}/g)),
        )
      const [one, same, other] = [yield* hashes("a"), yield* hashes("a"), yield* hashes("b")]
      deepStrictEqual(one, same)
      assertTrue([...one].every((hash) => !other.has(hash)))
    }),
  )
})
