import { inspect } from "node:util"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { from, hello, scripted, to } from "../../test/support/scriptedClient.ts"
import {
  accountSid,
  authToken,
  created,
  failed,
  listed,
  type Reply,
  refusedBy,
  scriptedHttp,
  sidOf,
  wireMessage,
} from "../../test/support/scriptedHttp.ts"
import { type CreateOptions, createClient } from "./createClient.ts"
import { TwilioSmsError } from "./errors.ts"
import type { LogLine } from "./plainLog.ts"

const clientOf = (replies: ReadonlyArray<Reply>, options: Partial<CreateOptions> = {}) => {
  const http = scriptedHttp(...replies)
  return { client: createClient({ accountSid, authToken, http, retry: false, ...options }), http }
}
const errorOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}

describe("A client with plain promises", () => {
  it("rejects with the error itself", async () => {
    const { client } = clientOf([refusedBy(400, 21211)])
    const error = await errorOf(client.messages.send(hello))
    assertTrue(error instanceof TwilioSmsError)
    deepStrictEqual([error._tag, error.code, error.retryable], ["InvalidRecipient", 21211, false])
  })

  it("ends a list's loop with the error of its page, after the messages before it", async () => {
    const next = `/2010-04-01/Accounts/${accountSid}/Messages.json?Page=1&PageToken=x`
    const { client } = clientOf([listed([wireMessage()], next), refusedBy(503, 20503)])
    const seen: Array<string> = []
    const error = await errorOf(
      (async () => {
        for await (const { sid } of client.messages.list()) seen.push(sid)
      })(),
    )
    deepStrictEqual([seen, (error as TwilioSmsError)._tag], [[sidOf(1)], "ServiceUnavailable"])
  })

  it.each([
    "https://evil.test/2010-04-01/Accounts/AC/Messages.json?Page=1",
    "//evil.test/x?Page=1",
    "/2010-04-01/Accounts/ACother/Messages.json?Page=1",
    "/admin?Page=1",
    "@evil.test/?Page=1",
  ])("follows no next page that leads elsewhere: %s", async (next) => {
    const { client, http } = clientOf([listed([wireMessage()], next)])
    const error = await errorOf(
      (async () => {
        for await (const _ of client.messages.list()) {
          // Only the next page is wrong.
        }
      })(),
    )
    deepStrictEqual([(error as TwilioSmsError)._tag, http.requests.length], ["UnreadableAnswer", 1])
  })

  it("ends a list whose next page is the same one", async () => {
    const path = `/2010-04-01/Accounts/${accountSid}/Messages.json?Page=1`
    const { client, http } = clientOf([listed([], path)])
    const error = await errorOf(
      (async () => {
        for await (const _ of client.messages.list()) {
          // There are none.
        }
      })(),
    )
    deepStrictEqual([(error as TwilioSmsError)._tag, http.requests.length], ["UnreadableAnswer", 2])
  })

  it("is aborted while it waits, with the signal's reason", async () => {
    const { client } = clientOf(["never"])
    const controller = new AbortController()
    const sending = errorOf(client.messages.send(hello, { signal: controller.signal }))
    controller.abort("enough")
    strictEqual(await sending, "enough")
  })

  it("throws what is wrong with its options", async () => {
    const thrown = (options: Partial<CreateOptions>) => {
      try {
        clientOf([], options)
      } catch (error) {
        return (error as TwilioSmsError)._tag
      }
      return "none"
    }
    const wrong: ReadonlyArray<Partial<CreateOptions>> = [
      { accountSid: "AC1" },
      { authToken: "" },
      { authToken: "token\n" },
      { authToken: Redacted.make("") },
      { apiKey: "SK1" },
      { baseUrl: "http://api.twilio.com" },
      { baseUrl: "ftp://127.0.0.1" },
      { baseUrl: "https://user:pass@api.twilio.com" },
      { baseUrl: "twilio" },
      { baseUrl: "http://127.0.0.1.evil.test" },
      { from: "!" },
      { messagingServiceSid: "MG1" },
      { timeoutMs: 0 },
      { limits: { account: { perSecond: 0 } } },
      { limits: { number: { burst: 0.5 } } },
      { circuitBreaker: { failures: 0 } },
      { retry: { Timeout: { attempts: 0, baseMs: 1, backoff: "fixed" } } },
      { retry: { OptedOut: { attempts: 2, baseMs: 1, backoff: "fixed" } } as never },
      { retry: { Timeout: null } as never },
      { retry: { Timeout: { attempts: 2, baseMs: 1 } } as never },
      { retry: true as never },
      { onAmbiguous: "retry" as never },
      { limits: true as never },
      { limits: { onLimit: "drop" as never } },
      { limits: { numberOf: "account" as never } },
      { circuitBreaker: true as never },
      { allowInsecureHosts: "ringback" as never },
    ]
    deepStrictEqual(wrong.map(thrown), [
      "InvalidAccountSid",
      "InvalidAuthToken",
      "InvalidAuthToken",
      "InvalidAuthToken",
      "InvalidOption",
      ...Array(5).fill("InvalidBaseUrl"),
      "InvalidPhoneNumber",
      ...Array(16).fill("InvalidOption"),
    ])
    strictEqual(
      await errorOf(Promise.resolve().then(() => createClient(undefined as never))).then(String),
      "InvalidOption: what a client is made of must be an object, found undefined",
    )
    for (const baseUrl of [
      "http://localhost:8080",
      "http://127.0.0.1",
      "http://[::1]:1/",
      "https://api.au1.twilio.com",
    ])
      strictEqual(thrown({ baseUrl }), "none")
    strictEqual(thrown({ baseUrl: "http://ringback:8080", allowInsecureHosts: ["Ringback"] }), "none")
  })
})

describe("What is seen of a client", () => {
  const lines = async (replies: ReadonlyArray<Reply>, options: Partial<CreateOptions> = {}) => {
    const seen: Array<LogLine> = []
    const { client } = clientOf(replies, { log: (line) => void seen.push(line), logLevel: "trace", ...options })
    await client.messages.send({ ...hello, body: "my secret is 42" }).catch(() => {})
    return seen
  }

  it("is logged at the levels of the specification, numbers redacted and bodies left out", async () => {
    deepStrictEqual(
      (await lines([created()])).map(({ level, text }) => [level, text]),
      [
        ["debug", "Twilio request"],
        ["trace", "Twilio request's parameters"],
        ["debug", "Twilio answer"],
        ["info", "Message sent"],
      ],
    )
    const [, parameters, , sent] = await lines([created()])
    strictEqual(parameters?.facts.parameters, "To=+1555***4567 From=+1555***0001 Body=[15 characters]")
    deepStrictEqual(
      [sent?.facts.to, sent?.facts.from, sent?.facts.message_sid],
      ["+1555***4567", "+1555***0001", sidOf(1)],
    )
    const [, withBody] = await lines([created()], { redactBodies: false })
    assertTrue(String(withBody?.facts.parameters).endsWith("Body=my secret is 42"))
    const [, , , failure] = await lines([refusedBy(401, 20003)])
    deepStrictEqual(
      [failure?.level, failure?.text, failure?.facts],
      [
        "error",
        "Twilio send failed",
        { error_type: "InvalidCredentials", error_code: 20003, http_status: 401, attempts: 1 },
      ],
    )
  })

  it("holds no query of a list, and of the account no more than its end", async () => {
    const seen: Array<LogLine> = []
    const { client } = clientOf([listed([])], { log: (line) => void seen.push(line), logLevel: "trace" })
    for await (const message of client.messages.list({ to, from: "12345", pageSize: 5 })) throw message
    deepStrictEqual(
      seen.map(({ facts }) => facts),
      [
        { method: "GET", path: `/2010-04-01/Accounts/AC***0000/Messages.json`, parameters: 3 },
        { parameters: "To=+1555***4567 From=12345 PageSize=5" },
        { status: 200 },
      ],
    )
  })

  it("is nothing where nobody listens", async () => {
    const { client } = clientOf([created()])
    strictEqual((await client.messages.send(hello)).sid, sidOf(1))
  })

  it.effect("are spans and metrics by the specification's names, with redacted numbers", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        context: (run) => run(),
        span: (...args) => {
          const span = new SpanOfTest(...args)
          spans.push(span)
          return span
        },
      })
      const before = yield* counted
      const { client } = scripted([refusedBy(503, 20503), created(), refusedBy(400, 21610)], {
        limits: { number: { burst: 2 }, onLimit: "refuse" },
      })
      const send = client.messages.send(hello).pipe(Effect.either, Effect.withTracer(tracer))
      for (let i = 0; i < 3; i++) yield* send
      deepStrictEqual([...new Set(spans.map(({ name }) => name))].sort(), [
        "http.send",
        "twilio.check_opt_out",
        "twilio.circuit_breaker",
        "twilio.http_request",
        "twilio.rate_limit",
        "twilio.send_sms",
        "twilio.validate_phone",
      ])
      const attributes = spans
        .filter(({ name }) => name === "twilio.send_sms")
        .map((span) => Object.fromEntries(span.attributes))
      deepStrictEqual(attributes[1], {
        account_sid: "AC***0000",
        to: "+1555***4567",
        from: "+1555***0001",
        message_sid: sidOf(1),
        status: "queued",
        segments: 1,
      })
      const after = yield* counted
      deepStrictEqual(
        Object.entries(after)
          .flatMap(([name, value]) => (value === before[name] ? [] : [`${name} ${value - (before[name] ?? 0)}`]))
          .sort(),
        [
          "twilio_errors_total error_type=NumberRateLimited 1",
          "twilio_errors_total error_type=OutcomeUnknown 1",
          `twilio_messages_sent_total from_number=${from} status=queued 1`,
          "twilio_rate_limit_hits_total  1",
        ],
      )
    }),
  )

  it("never holds the token: no log line, event, error, span or client", async () => {
    const told: Array<unknown> = []
    const options: Partial<CreateOptions> = {
      log: (line) => void told.push(line),
      logLevel: "trace",
      redactBodies: false,
      onEvent: (event) => void told.push(event),
      onAmbiguous: "fail",
    }
    for (const reply of [created(), refusedBy(401, 20003), failed("reset", true), failed("connect", false)]) {
      const { client, http } = clientOf([reply], options)
      told.push(await client.messages.send(hello).catch((error: unknown) => error))
      told.push(client, http.requests)
    }
    try {
      clientOf([], { ...options, authToken: `${authToken}\n` })
    } catch (error) {
      told.push(error)
    }
    const basic = btoa(`${accountSid}:${authToken}`)
    for (const one of told)
      for (const text of [inspect(one, { depth: 20, showHidden: true }), JSON.stringify(one) ?? "", String(one)])
        for (const secret of [authToken, basic]) assertTrue(!text.includes(secret), text.slice(0, 2_000))
    strictEqual(
      told.some((one) => inspect(one).includes(to)),
      true,
    )
  })
})

/** Values of the client's counters, by name and labels. */
const counted = Effect.map(Metric.snapshot, (pairs) =>
  Object.fromEntries(
    pairs.flatMap(({ metricKey, metricState }) =>
      metricKey.name.startsWith("twilio_") && "count" in metricState && !("buckets" in metricState)
        ? [
            [
              `${metricKey.name} ${metricKey.tags
                .map(({ key, value }) => `${key}=${value}`)
                .sort()
                .join(" ")}`,
              Number(metricState.count),
            ],
          ]
        : [],
    ),
  ),
) as Effect.Effect<Record<string, number>>

/** A span that keeps what it is told. */
class SpanOfTest implements Tracer.Span {
  readonly _tag = "Span"
  readonly spanId = "1"
  readonly traceId = "1"
  readonly sampled = true
  readonly attributes: Map<string, unknown>
  status: Tracer.SpanStatus
  readonly links: Array<Tracer.SpanLink> = []
  constructor(
    readonly name: string,
    readonly parent: Tracer.Span["parent"],
    readonly context: Tracer.Span["context"],
    links: ReadonlyArray<Tracer.SpanLink>,
    startTime: bigint,
    readonly kind: Tracer.SpanKind,
    options?: { readonly attributes?: Record<string, unknown> | undefined },
  ) {
    this.links.push(...links)
    this.status = { _tag: "Started", startTime }
    this.attributes = new Map(Object.entries(options?.attributes ?? {}))
  }
  end(): void {}
  attribute(key: string, value: unknown): void {
    this.attributes.set(key, value)
  }
  event(): void {}
  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    this.links.push(...links)
  }
}
