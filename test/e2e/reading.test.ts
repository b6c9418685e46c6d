import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { limits } from "../../src/core/limits.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const expects = (server: Server, order: unknown) =>
  server.ask("/admin/expect", {
    method: "POST",
    body: JSON.stringify(order),
    headers: { "content-type": "application/json" },
  })

/** How long something took, in host ms. */
const timed = async <A>(asked: Promise<A>) => {
  const began = performance.now()
  return { answer: await asked, ms: performance.now() - began }
}

describe("GET /admin/messages", () => {
  let server: Server
  const read = async (query = "") => (await server.ask(`/admin/messages${query}`)).json
  beforeAll(async () => {
    server = await serve({ args: ["--pace", "paused"] })
    await server.send({ Body: "Your code is 482113. See https://app.example/verify?c=482113." })
    await server.clock({ advance: "1m" })
    await server.send({ To: "+15559876543", Body: "Hello *" })
    await server.send({ To: "+15559876543", From: "+15550000002", Body: "Bye" })
  })

  it("lists what was sent, newest first, with codes and links", async () => {
    const { messages, next } = await read()
    strictEqual(next, null)
    deepStrictEqual(
      messages.map(({ body }: { body: string }) => body),
      ["Bye", "Hello *", "Your code is 482113. See https://app.example/verify?c=482113."],
    )
    const { sid, date_sent, date_updated, ...rest } = messages[2]
    assertTrue(/^SM[0-9a-f]{32}$/.test(sid))
    deepStrictEqual([date_sent, date_updated], ["2026-01-01T00:00:02.000Z", "2026-01-01T00:00:04.000Z"])
    deepStrictEqual(rest, {
      account_sid: server.accountSid,
      messaging_service_sid: null,
      direction: "outbound-api",
      from: "+15550000001",
      to: "+15551234567",
      body: "Your code is 482113. See https://app.example/verify?c=482113.",
      codes: ["482113"],
      links: ["https://app.example/verify?c=482113"],
      status: "delivered",
      error_code: null,
      num_media: 0,
      num_segments: 1,
      date_created: "2026-01-01T00:00:00.000Z",
    })
  })
  for (const [query, bodies] of [
    ["?to=%2B15551234567", ["Your code"]],
    ["?to=+15551234567", ["Your code"]],
    ["?to=+15559876543&from=+15550000002", ["Bye"]],
    ["?status=delivered", ["Your code"]],
    ["?status=queued", ["Bye", "Hello"]],
    ["?body=code*482113", ["Your code"]],
    ["?body=Hello", ["Hello"]],
    ["?since=2026-01-01T00:00:01Z", ["Bye", "Hello"]],
    ["?direction=inbound", []],
  ] as const)
    it(`${query} keeps ${bodies.length}`, async () => {
      const { messages } = await read(query)
      deepStrictEqual(
        messages.map(({ body }: { body: string }) => bodies.find((each) => body.startsWith(each))),
        [...bodies],
      )
    })
  it("goes on page by page", async () => {
    const seen: Array<string> = []
    for (let query = "?limit=2"; query !== ""; ) {
      const { messages, next } = await read(query)
      seen.push(...messages.map(({ sid }: { sid: string }) => sid))
      query = next === null ? "" : `?limit=2&before=${next}`
    }
    deepStrictEqual(
      seen,
      (await read()).messages.map(({ sid }: { sid: string }) => sid),
    )
    strictEqual(seen.length, 3)
  })
  it("gives the newest one alone", async () => {
    const { json, status } = await server.ask("/admin/messages/latest?to=+15559876543")
    deepStrictEqual([status, json.body], [200, "Bye"])
    strictEqual((await server.ask("/admin/messages/latest?to=+15550009999")).status, 404)
  })
  for (const query of [
    "?status=lost",
    "?since=yesterday",
    "?limit=0",
    "?limit=1001",
    "?before=SM0",
    "?wait=soon",
    "?wait=2h",
    "?too=+15551234567",
    `?body=${"x".repeat(2_000)}`,
  ])
    it(`${query.slice(0, 30)} is 400`, async () =>
      strictEqual((await server.ask(`/admin/messages${query}`)).status, 400))
  it("is no entry", async () => {
    const { entries } = (await server.ask("/health")).json
    await read("?to=+15551234567")
    strictEqual((await server.ask("/health")).json.entries, entries)
  })
})

describe("GET /admin/messages?wait=", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve()
  })

  it("answers as soon as a message matches", async () => {
    const asked = timed(server.ask("/admin/messages?body=awaited&wait=20s"))
    await server.send({ Body: "another" })
    await server.send({ Body: "awaited" })
    const { answer, ms } = await asked
    deepStrictEqual([answer.status, answer.json.messages[0].body], [200, "awaited"])
    assertTrue(ms < 10_000)
  })
  it("answers as soon as one has come so far", async () => {
    const fast = await serve({ args: ["--pace", "fast"] })
    const asked = fast.ask("/admin/messages/latest?status=delivered&wait=20s")
    await fast.send()
    strictEqual((await asked).json.status, "delivered")
  })
  it("answers with an empty list when the time is over", async () => {
    const { answer, ms } = await timed(server.ask("/admin/messages?body=never&wait=300ms"))
    deepStrictEqual([answer.status, answer.json], [200, { messages: [], next: null }])
    assertTrue(ms >= 290)
    strictEqual((await server.ask("/admin/messages/latest?body=never&wait=10ms")).status, 404)
  })
  it("lets so many wait, and those who go make room", async () => {
    const control = new AbortController()
    const waiting = Array.from({ length: limits.waitersMax }, () =>
      server.ask("/admin/messages?body=crowd&wait=30s", { signal: control.signal }).catch(() => undefined),
    )
    const full = await until("one too many is refused", async () => {
      const { status } = await server.ask("/admin/messages?body=crowd&wait=1ms")
      return status === 429 ? status : undefined
    })
    strictEqual(full, 429)
    control.abort()
    await Promise.all(waiting)
    await until("there is room", async () => {
      const { status } = await server.ask("/admin/messages?body=crowd&wait=1ms")
      return status === 200 ? status : undefined
    })
  })
  it("does not hold up a server that stops", async () => {
    const stopping = await serve()
    const asked = stopping.ask("/admin/messages?body=never&wait=30s").catch(() => "cut")
    await until("it waits", async () => (await stopping.ask("/health")).status)
    const { answer, ms } = await timed(stopping.kill("SIGTERM"))
    strictEqual(answer.code, 0)
    strictEqual(await asked, "cut")
    assertTrue(ms < 3_500)
  })
})

describe("POST /admin/expect", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    await server.send({ Body: "one" })
    await server.send({ Body: "two" })
    await server.clock({ settle: true })
  })

  it("says that messages are as expected", async () => {
    const { json, status } = await expects(server, {
      messages: [{ match: { body: "one", status: "delivered" }, exactly: 1 }, { match: { body: "two" } }],
      in_order: true,
    })
    deepStrictEqual([status, json.met, json.messages.map(({ count }: { count: number }) => count)], [200, true, [1, 1]])
  })
  it("says what is wrong, and which message comes nearest", async () => {
    const { json, status } = await expects(server, { messages: [{ match: { to: "+15551234567", body: "three" } }] })
    deepStrictEqual([status, json._tag, json.met], [417, "ExpectationFailed", false])
    strictEqual(json.message, "messages[0]: expected at least 1, found 0")
    deepStrictEqual(json.messages[0].closest.fields, [
      { field: "to", expected: "+15551234567", found: "+15551234567", fits: true },
      { field: "body", expected: "three", found: "two", fits: false },
    ])
  })
  it("waits for what is to come, and watches for what must not", async () => {
    const asked = expects(server, { messages: [{ match: { body: "four" } }], within: "20s" })
    await server.send({ Body: "four" })
    strictEqual((await asked).status, 200)
    const never = timed(expects(server, { messages: [{ match: { body: "five" }, never: true }], within: "20s" }))
    await server.send({ Body: "five" })
    const { answer, ms } = await never
    deepStrictEqual([answer.status, ms < 10_000], [417, true])
    const quiet = await timed(expects(server, { messages: [{ match: { body: "six" }, never: true }], within: "200ms" }))
    deepStrictEqual([quiet.answer.status, quiet.ms >= 190], [200, true])
  })
  for (const order of [
    {},
    { messages: [] },
    { messages: [{}] },
    { messages: [{ match: {} }] },
    { messages: [{ match: { boddy: "x" } }] },
    { messages: [{ match: { body: "x" }, never: true, exactly: 1 }] },
    { messages: [{ match: { body: "x" }, exactly: -1 }] },
    { messages: [{ match: { body: "x" } }], within: "1h" },
    { messages: [{ match: { body: "x" } }], since: "now" },
    { messages: Array.from({ length: limits.expectationsMax + 1 }, () => ({ match: { body: "x" } })) },
  ])
    it(`${JSON.stringify(order).slice(0, 80)} is 400`, async () =>
      strictEqual((await expects(server, order)).status, 400))
})

describe("/callback-test", () => {
  it("takes the callbacks of this server itself, answers what it got, and keeps it for looking at", async () => {
    const server = await serve({ args: ["--pace", "fast"] })
    const { json: message } = await server.send({ StatusCallback: `${server.address}/callback-test` })
    await server.clock({ settle: true })
    const { received } = (await server.ask("/admin/callback-test")).json
    const told = received.map(({ params }: { params: ReadonlyArray<[string, string]> }) => new Map(params))
    deepStrictEqual(
      told.map((each: Map<string, string>) => [each.get("MessageSid"), each.get("MessageStatus")]),
      [
        [message.sid, "delivered"],
        [message.sid, "sent"],
      ],
    )
    deepStrictEqual((await server.ask("/health")).json.statistics, { messages: 1, calls: 0, callbacks: 2 })
    deepStrictEqual((await server.ask("/clear/callbacks", { method: "POST" })).json, { deleted: 2, type: "callbacks" })
    deepStrictEqual((await server.ask("/admin/callback-test")).json, { received: [] })
  })
  it("takes any method, forms and what is none, from anybody", async () => {
    const server = await serve()
    const { json, status } = await server.ask("/callback-test?for=me", { form: { MessageSid: "SM1", "a b": "ü" } })
    deepStrictEqual([status, json], [200, { status: "received", data: { for: "me", MessageSid: "SM1", "a b": "ü" } }])
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      const answer = await server.ask("/callback-test/x?y=1", { method })
      deepStrictEqual([answer.status, answer.json], [200, { status: "received", data: { y: "1" } }])
    }
    const other = await server.ask("/callback-test", {
      method: "POST",
      body: '{"x":1}',
      headers: { "content-type": "application/json" },
    })
    deepStrictEqual([other.json.data, other.json.body.why, other.json.body.length], [{}, "not-a-form", 7])
    const page = (await server.ask("/admin/log?limit=1000")).json
    strictEqual(page.entries.filter(({ type }: { type: string }) => type === "api.requested").length, 6)
  })
})

describe("/clear", () => {
  it("answers how many of what are gone", async () => {
    const server = await serve({ args: ["--pace", "fast"] })
    const clear = async (what: string) => (await server.ask(`/clear/${what}`, { method: "POST" })).json
    const send = async () => {
      for (let n = 0; n < 2; n++) await server.send({ StatusCallback: `${server.address}/callback-test` })
      await server.clock({ settle: true })
    }
    await send()
    deepStrictEqual(await clear("calls"), { deleted: 0, type: "calls" })
    deepStrictEqual(await clear("messages"), { deleted: 2, type: "messages" })
    deepStrictEqual(await clear("callbacks"), { deleted: 4, type: "callbacks" })
    await send()
    deepStrictEqual(await clear("all"), { deleted: 6, type: "all" })
    deepStrictEqual(await clear("all"), { deleted: 0, type: "all" })
    deepStrictEqual((await server.ask("/health")).json.statistics, { messages: 0, calls: 0, callbacks: 0 })
    deepStrictEqual((await server.ask("/admin/messages")).json, { messages: [], next: null })
  })
})

describe("/favicon.ico", () => {
  it("is an SVG picture", async () => {
    const server = await serve()
    const { headers, status, text } = await server.ask("/favicon.ico")
    deepStrictEqual([status, headers.get("content-type")], [200, "image/svg+xml"])
    assertTrue(text.startsWith("<svg ") && text.endsWith("</svg>"))
  })
})
