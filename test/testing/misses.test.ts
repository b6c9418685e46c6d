import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { describe, expect, it } from "vitest"
import { explore, matchers, play, type RingbackMatchers, type StartOptions } from "../../src/testing/testing.ts"
import { begin, refused } from "../support/begin.ts"
import { listen } from "../support/listener.ts"

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as Vitest declares it
  interface Matchers<T = any> extends RingbackMatchers<T> {}
}
expect.extend(matchers)

const to = "+15551234567"
const from = "+15550000001"

describe("A wait", () => {
  it("resolves when what it waits for comes, and with the newest", async () => {
    const { client, ringback } = await begin()
    const waiting = ringback.messages.waitFor({ body: "code" })
    await client.messages.create({ to, from, body: "no" })
    const first = await client.messages.create({ to, from, body: "code 1" })
    strictEqual((await waiting).sid, first.sid)
    const later = ringback.messages.waitFor({ body: "code", after: first.sid })
    const second = await client.messages.create({ to, from, body: "code 2" })
    strictEqual((await later).sid, second.sid)
    strictEqual(ringback.messages.latest({ body: "code" }).sid, second.sid)
    deepStrictEqual(
      ringback.messages.list({ body: "code" }).map(({ sid }) => sid),
      [second.sid, first.sid],
    )
  })

  it("in vain says what was looked for, which message comes nearest, how the clock stands, and where", async () => {
    const { client, ringback } = await begin()
    await client.messages.create({ to: "+15550009999", from, body: "Your code is 123456" })
    const { sid } = await client.messages.create({ to, from, body: "Hello" })
    const error = await refused(() => ringback.messages.waitFor({ to, body: /\d{6}/ }, { within: "50ms" }))
    strictEqual(
      error.message,
      [
        'No message with to "+15551234567", body /\\d{6}/ within 50ms.',
        `The closest of 2 is ${sid}:`,
        '   to    expected "+15551234567"  found "+15551234567"',
        ' × body  expected /\\d{6}/         found "Hello"',
        "It is 2026-01-01T00:00:00.000Z at pace paused, and the next of 2 timers is due 2026-01-01T00:00:02.000Z: clock.advance goes there.",
      ].join("\n"),
    )
    assertTrue(/\n +at .*misses\.test\.ts/.test(error.stack ?? ""), error.stack)
  })

  it("where there is nothing at all says that", async () => {
    const { ringback } = await begin()
    const error = await refused(() => ringback.messages.latest({ to }))
    strictEqual(
      error.message,
      [
        'No message with to "+15551234567".',
        "There is no message at all.",
        "It is 2026-01-01T00:00:00.000Z at pace paused, and nothing is due later.",
      ].join("\n"),
    )
    strictEqual((await refused(() => ringback.callbacks.latest())).message.split("\n")[0], "No callback.")
  })

  it("for a callback that differs says in what", async () => {
    const application = await listen()
    application.answer = () => 500
    const { client, ringback } = await begin({ settings: { twilio: { callbacks: { retry_attempts: 1 } } } })
    await client.messages.create({ to, from, body: "x", statusCallback: application.url })
    await ringback.clock.runToEnd()
    const error = await refused(() =>
      ringback.callbacks.waitFor({ event: "delivered", status: 204 }, { within: "20ms" }),
    )
    deepStrictEqual(error.message.split("\n").slice(2, 4), [
      '   event   expected "delivered"  found "delivered"',
      ' × status  expected 204          found "500"',
    ])
  })

  it("for a request that differs says in what, parameter by parameter", async () => {
    const { client, ringback } = await begin({ settings: { endpoints: [{ url: "https://bot.example" }] } })
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: "https://bot.example/sms" })
    const { sid } = await ringback.inbound({ from: to, to: "+14155550100", body: "your hours?" })
    await ringback.settled()
    const wanted = { purpose: "webhook", params: { Body: "hours", NumMedia: "1", Colour: "red" }, status: 200 }
    const error = await refused(() => ringback.requests.waitFor(wanted, { within: "20ms" }))
    const { seq } = ringback.requests.latest()
    deepStrictEqual(error.message.split("\n").slice(0, 7), [
      'No request with purpose "webhook", params.Body "hours", params.NumMedia "1", params.Colour "red", status 200 within 20ms.',
      `The closest of 1 is entry ${seq}, webhook about ${sid}:`,
      '   purpose          expected "webhook"  found "webhook"',
      '   params.Body      expected "hours"    found "your hours?"',
      ' × params.NumMedia  expected "1"        found "0"',
      ' × params.Colour    expected "red"      found ""',
      '   status           expected 200        found "200"',
    ])
    expect(ringback).toHaveSentRequest({ params: { Body: "hours" } }, 1)
    expect(ringback).not.toHaveSentRequest({ params: { Body: "Hours" } })
    expect(() => expect(ringback).not.toHaveSentRequest({ url: "/sms" })).toThrow(
      `Expected not to find at least 1 request with url "/sms", found 1.\n  entry ${seq}, webhook about ${sid}: POST https://bot.example/sms`,
    )
    expect(() => expect(ringback).toHaveSentRequest({ url: "/sms" }, 2)).toThrow(/^Expected exactly 2 request.*found 1/)
  })

  it("by an expression that would try for ever is ended", async () => {
    const { client, ringback } = await begin()
    await client.messages.create({ to, from, body: `${"a".repeat(60)}!` })
    const error = await refused(() => ringback.messages.waitFor({ body: /(a+)+$/ }))
    assertTrue(error.message.startsWith("the expression /(a+)+$/ takes more than 1 s on a text of 61 characters"))
    assertTrue(/\n +at .*misses\.test\.ts/.test(error.stack ?? ""), error.stack)
    strictEqual(ringback.messages.list({ body: /^(a|b)+!$/ }).length, 1)
  })

  it("ends when the exchange is stopped", async () => {
    const { ringback } = await begin()
    const waiting = refused(() => ringback.messages.waitFor({ to }))
    await ringback.stop()
    await ringback.stop()
    assertTrue((await waiting).message.startsWith("The exchange has stopped"))
    assertTrue((await refused(() => ringback.clock.advance("1s"))).message.includes("the run is over"))
  })

  it("for an application that hangs says what is on its way", async () => {
    const application = await listen()
    application.answer = () => "hang"
    const { client, ringback } = await begin({ within: "100ms" })
    const { sid } = await client.messages.create({ to, from, body: "x", statusCallback: application.url })
    const error = await refused(() => ringback.clock.advance("1m"))
    deepStrictEqual(error.message.split("\n").slice(0, 2), [
      "Not settled: nothing has happened for 100ms.",
      `  on its way: POST ${application.url} (callback for ${sid}, attempt 1)`,
    ])
    expect(() => expect(ringback).toHaveSettled()).toThrow(/on its way: POST/)
  })
})

describe("Options that are wrong", () => {
  const cases: ReadonlyArray<readonly [string, StartOptions, string]> = [
    ["a pace", { pace: "quick" as never }, "pace: expected real, paused, fast or <n>x"],
    ["a seed", { seed: 0.5 }, "seed: expected a whole number, found 0.5"],
    ["a port", { port: 70_000 }, "port: expected 0 to 65535, found 70000"],
    ["a start", { start: "soon" }, "start: expected an instant from 1970 on"],
    ["a date that is none", { start: new Date(Number.NaN) }, "start: expected an instant"],
    ["a patience", { within: "2 s" }, "within: expected a duration"],
    [
      "a setting",
      { settings: { twilio: { numbers: { [to]: { outcome: "lost" as never } } } } },
      "settings.twilio.numbers.+15551234567.outcome: expected delivered,",
    ],
    ["a key", { settings: { colour: "red" } as never }, "settings.colour: expected a known key, found a text"],
    ["a log file", { settings: { database: { path: "x.db" } } }, "settings.database: expected nothing"],
    ["an address", { settings: { server: { port: 1 } } }, "settings.server.port: expected nothing"],
    ["a file that is not there", { settings: "no-such.yaml" }, "there is no settings file at no-such.yaml"],
  ]
  for (const [what, options, message] of cases)
    it(`${what}: says what was expected and found`, async () => {
      const error = await refused(() => begin(options))
      assertTrue(error.message.startsWith(message), error.message)
    })

  it("a port that is taken, and orders that make no sense", async () => {
    const { ringback } = await begin()
    assertTrue((await refused(() => begin({ port: ringback.port }))).message.includes("is in use"))
    assertTrue(
      (await refused(() => ringback.clock.advance(5 as never))).message.startsWith("advance: expected a duration"),
    )
    assertTrue((await refused(() => ringback.clock.step(0))).message.startsWith("step: expected a whole number"))
    assertTrue((await refused(() => ringback.messages.list({ after: "SM1" }))).message.startsWith("after: expected"))
    assertTrue((await refused(() => ringback.messages.get("SM1"))).message.includes('"SM1"'))
    assertTrue((await refused(() => ringback.log.export("/"))).message.includes("/ is a folder; name a file"))
  })

  it("a key that nothing reads, wherever a test writes one", async () => {
    const { client, ringback } = await begin()
    await client.messages.create({ to, from, body: "x" })
    const { callbacks, clock, log, messages, requests } = ringback
    const slip = { too: to } as never
    const late = { withn: "1s" } as never
    const wrong: ReadonlyArray<readonly [() => unknown, string]> = [
      [
        () => messages.list(slip),
        "too: expected a known key, did you mean to; one of to, from, body, status, direction, after",
      ],
      [() => messages.latest(slip), "too: expected a known key"],
      [() => messages.waitFor(slip), "too: expected a known key"],
      [() => messages.waitFor({ to }, late), "withn: expected a known key, did you mean within; one of within"],
      [() => callbacks.list(slip), "too: expected a known key; one of subject, event, url, status"],
      [() => callbacks.latest(slip), "too: expected a known key"],
      [() => callbacks.waitFor(slip), "too: expected a known key"],
      [
        () => requests.list({ param: {} } as never),
        "param: expected a known key, did you mean params; one of purpose,",
      ],
      [() => requests.waitFor(slip), "too: expected a known key"],
      [() => expect(ringback).not.toHaveSentRequest(slip), "too: expected a known key"],
      [() => expect(ringback).toHaveReceivedMessage(slip), "too: expected a known key"],
      [() => expect(ringback).toHaveReceivedMessage({}, { atleast: 2 } as never), "atleast: expected a known key"],
      [() => expect(ringback).not.toHaveCalledBack(slip), "too: expected a known key"],
      [() => ringback.verifications(slip), "too: expected a known key"],
      [() => log.entries({ kind: "input" } as never), "kind: expected a known key; one of type, subject, after"],
      [() => ringback.inbound({ from: to, to: from, text: "x" } as never), "text: expected a known key"],
      [() => ringback.settled(late), "withn: expected a known key"],
      [() => clock.advance("1s", late), "withn: expected a known key"],
      [() => clock.runToEnd({ atmost: "1d" } as never), "atmost: expected a known key"],
      [() => begin({ sede: 5 } as never), "sede: expected a known key, did you mean seed; one of scenario, settings, "],
      [() => play("no.yaml", { seeds: 5 } as never), "seeds: expected a known key, did you mean seed; one of"],
      [() => explore("no.yaml", { seed: 5 } as never), "seed: expected a known key, did you mean seeds; one of"],
    ]
    for (const [call, message] of wrong) {
      const error = await refused(call)
      assertTrue(error.message.startsWith(message), `${call}: ${error.message}`)
      assertTrue(/\n +at .*misses\.test\.ts/.test(error.stack ?? ""), error.stack)
    }
    strictEqual(messages.list({ to, colour: undefined } as never).length, 1)
  })

  it("keys that are undefined are keys that are not there", async () => {
    const { ringback } = await begin({ settings: { twilio: { callbacks: undefined, account_sid: undefined } } })
    await ringback.change({ twilio: { default_behavior: undefined } })
    strictEqual(ringback.accountSid, "AC62474ed8b1e18cc2bef98099f5cb9616")
  })
})

describe("Running to the end", () => {
  it("gives up where there is none, and says when the next thing is due", async () => {
    const { client, ringback } = await begin()
    await client.messages.create({ to, from, body: "x", statusCallback: "http://127.0.0.1:1/" })
    const error = await refused(() => ringback.clock.runToEnd({ atMost: "1s" }))
    assertTrue(error.message.startsWith("No end within 1s"), error.message)
    assertTrue(error.message.endsWith("is due 2026-01-01T00:00:02.000Z."))
  })
})

describe("Matchers", () => {
  const failure = (assertion: () => unknown): string => {
    try {
      assertion()
    } catch (error) {
      return (error as Error).message
    }
    throw new Error("the assertion held")
  }

  it("say whether messages came, how many, and what comes nearest", async () => {
    const { client, ringback } = await begin()
    expect(ringback).not.toHaveReceivedMessage()
    const { sid } = await client.messages.create({ to, from, body: "Hello" })
    expect(ringback).toHaveReceivedMessage({ to, body: /^Hel/ })
    expect(ringback).toHaveReceivedMessage({ to }, 1)
    expect(ringback).toHaveReceivedMessage({ to }, { atMost: 1 })
    expect(ringback).not.toHaveReceivedMessage({ to }, { atLeast: 2 })
    expect(ringback).not.toHaveReceivedMessage({ after: sid })
    strictEqual(
      failure(() => expect(ringback).toHaveReceivedMessage({ to, body: "code" })),
      [
        'Expected at least 1 message with to "+15551234567", body "code", found none.',
        `The closest of 1 is ${sid}:`,
        '   to    expected "+15551234567"  found "+15551234567"',
        ' × body  expected "code"          found "Hello"',
      ].join("\n"),
    )
    strictEqual(
      failure(() => expect(ringback).not.toHaveReceivedMessage({ to })),
      [
        'Expected not to find at least 1 message with to "+15551234567", found 1.',
        `  ${sid} to ${to}, queued: "Hello"`,
      ].join("\n"),
    )
    assertTrue(failure(() => expect(client).toHaveReceivedMessage()).includes("expected what start() gives"))
  })

  it("say whether the application was called back", async () => {
    const application = await listen()
    const { client, ringback } = await begin()
    const { sid } = await client.messages.create({ to, from, body: "x", statusCallback: application.url })
    await ringback.clock.runToEnd()
    expect(ringback).toHaveCalledBack({ event: "delivered", url: application.url, status: 204 })
    expect(ringback).toHaveCalledBack({ subject: sid }, 2)
    assertTrue(
      failure(() => expect(ringback).toHaveCalledBack({ event: "failed" })).startsWith(
        'Expected at least 1 callback with event "failed", found none.',
      ),
    )
  })

  it("say what became of a message, by its status when it was read", async () => {
    const { client, ringback } = await begin()
    const { sid } = await client.messages.create({ to, from, body: "x" })
    const message = ringback.messages.get(sid)
    expect(message).toHaveStatus("queued")
    await ringback.clock.runToEnd()
    expect(ringback).toHaveSettled()
    strictEqual(
      failure(() => expect(message).toHaveStatus("delivered")),
      `Expected message ${sid} to be delivered, found queued when it was read; messages.get reads it again.`,
    )
    expect(ringback.messages.get(sid)).toHaveStatus("delivered", null)
    expect(ringback.messages.get(sid)).not.toHaveStatus("failed")
  })
})
