import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { type Callback, type Listener, listen } from "../support/listener.ts"
import { type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refused } from "../support/sdk.ts"
import { until } from "../support/until.ts"

const to = "+15551234567"
const from = "+15550000001"
const failing = "+15559999999"

const isSigned = (server: Server, { headers, params }: Callback, url: string): boolean =>
  twilio.validateRequest(server.authToken, String(headers["x-twilio-signature"]), url, params)

describe("Twilio's SDK sends a message", () => {
  let server: Server
  let client: Client
  let listener: Listener

  beforeAll(async () => {
    listener = await listen()
    server = await serve({
      args: ["--pace", "fast"],
      config: configFile({
        twilio: { failure_numbers: [failing], failure_error_code: 30003 },
        callbacks: { rewrite: [{ from: "https://app.example", to: listener.url }] },
      }),
    })
    client = clientOf(server)
  })

  /** Sends a message and waits for its callbacks. */
  const send = async (statusCallback: string, options: { to?: string; body?: string; wanted?: number } = {}) => {
    const message = await client.messages.create({
      to: options.to ?? to,
      from,
      body: options.body ?? "Hello",
      statusCallback,
    })
    const callbacks = await until("the callbacks arrived", () => {
      const own = listener.callbacks.filter(({ params }) => params.MessageSid === message.sid)
      return own.length >= (options.wanted ?? 2) && own
    })
    return { message, callbacks }
  }

  it("and gets it back queued, with the fields Twilio's answer has", async () => {
    const message = await client.messages.create({ to, from, body: 'A "quote", a \n newline, an emoji 🐧' })
    assertTrue(/^SM[0-9a-f]{32}$/.test(message.sid))
    strictEqual(message.status, "queued")
    strictEqual(message.direction, "outbound-api")
    strictEqual(message.body, 'A "quote", a \n newline, an emoji 🐧')
    strictEqual(message.accountSid, server.accountSid)
    strictEqual(message.numSegments, "1")
    strictEqual(message.dateSent, null)
    strictEqual(message.errorCode, null)
    assertTrue(message.dateCreated instanceof Date && !Number.isNaN(message.dateCreated.getTime()))
  })

  it("and its callbacks arrive in order: sent, delivered", async () => {
    const { callbacks, message } = await send(`${listener.url}/status?for=order`)
    deepStrictEqual(
      callbacks.map(({ params }) => params.MessageStatus),
      ["sent", "delivered"],
    )
    const fetched = await client.messages(message.sid).fetch()
    strictEqual(fetched.status, "delivered")
    assertTrue(fetched.dateSent instanceof Date)
  })

  it("and every callback carries a signature the SDK accepts for its URL, and for no other", async () => {
    const url = `${listener.url}/status?for=signature&x=%20y`
    const { callbacks } = await send(url, { body: "ünïcødé & more" })
    for (const callback of callbacks) {
      assertTrue(isSigned(server, callback, url))
      assertFalse(isSigned(server, callback, `${url}z`))
    }
  })

  it("and every callback has Twilio's parameters and headers", async () => {
    const { callbacks, message } = await send(`${listener.url}/status`)
    const [sent, delivered] = callbacks as [Callback, Callback]
    const sid = message.sid
    deepStrictEqual(
      [...new URLSearchParams(sent.body)],
      [
        ["SmsSid", sid],
        ["SmsStatus", "sent"],
        ["MessageStatus", "sent"],
        ["To", to],
        ["MessageSid", sid],
        ["AccountSid", server.accountSid],
        ["From", from],
        ["ApiVersion", "2010-04-01"],
      ],
    )
    strictEqual(sent.headers["user-agent"], "TwilioProxy/1.1")
    strictEqual(sent.headers["content-type"], "application/x-www-form-urlencoded")
    strictEqual(sent.headers.accept, "*/*")
    const token = (callback: Callback) => String(callback.headers["i-twilio-idempotency-token"])
    assertTrue(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(token(sent)))
    assertFalse(token(sent) === token(delivered))
    for (const name of ["traceparent", "b3", "x-b3-traceid"]) strictEqual(sent.headers[name], undefined)
  })

  it("and a callback that is not answered 2xx is tried again with the same token and parameters", async () => {
    const tried = new Set<unknown>()
    const firstOfEach = ({ headers }: Callback) => {
      const token = headers["i-twilio-idempotency-token"]
      return tried.size < tried.add(token).size
    }
    listener.answer = (callback) => (firstOfEach(callback) ? 503 : 204)
    const { callbacks } = await send(`${listener.url}/flaky`, { wanted: 4 })
    listener.answer = () => 204
    for (const status of ["sent", "delivered"]) {
      const [once, again] = callbacks.filter(({ params }) => params.MessageStatus === status) as [Callback, Callback]
      for (const name of ["i-twilio-idempotency-token", "x-twilio-signature"])
        strictEqual(again.headers[name], once.headers[name])
      strictEqual(again.body, once.body)
    }
    strictEqual(tried.size, 2)
  })

  it("to a failure number: it fails with its ErrorCode, in the callback and when fetched", async () => {
    const { callbacks, message } = await send(`${listener.url}/failed`, { to: failing, wanted: 1 })
    strictEqual(message.status, "queued")
    deepStrictEqual(
      callbacks.map(({ params }) => [params.MessageStatus, params.ErrorCode]),
      [["failed", "30003"]],
    )
    assertTrue(isSigned(server, callbacks[0] as Callback, `${listener.url}/failed`))
    const fetched = await client.messages(message.sid).fetch()
    strictEqual(fetched.status, "failed")
    strictEqual(fetched.errorCode, 30003)
    assertTrue((fetched.errorMessage ?? "").length > 0)
  })

  it("with credentials in the callback URL: they are sent and signed, and kept out of log and answers", async () => {
    const url = `${listener.url.replace("//", "//app:s3cr%20tword@")}/private?x=1`
    const { callbacks, message } = await send(url)
    for (const callback of callbacks) {
      strictEqual(callback.headers.authorization, `Basic ${Buffer.from("app:s3cr tword").toString("base64")}`)
      strictEqual(callback.path, "/private?x=1")
      assertTrue(isSigned(server, callback, url))
    }
    const { text } = await server.ask("/admin/log?limit=1000")
    assertTrue(text.includes(message.sid))
    for (const secret of ["s3cr", server.authToken]) assertFalse(text.includes(secret))
  })

  it("with a rewritten callback URL: it arrives elsewhere, signed for the original", async () => {
    const url = "https://app.example/hooks/status?tenant=7"
    const { callbacks } = await send(url)
    for (const callback of callbacks) {
      strictEqual(callback.path, "/hooks/status?tenant=7")
      assertTrue(isSigned(server, callback, url))
      assertFalse(isSigned(server, callback, `${listener.url}/hooks/status?tenant=7`))
    }
  })

  it("with media: its SID begins with MM", async () => {
    const message = await client.messages.create({ to, from, body: "x", mediaUrl: ["http://a.example/1.png"] })
    assertTrue(/^MM[0-9a-f]{32}$/.test(message.sid))
    strictEqual(message.numMedia, "1")
  })
})

describe("Twilio's SDK is told what is wrong", () => {
  let server: Server
  let client: Client

  beforeAll(async () => {
    server = await serve({ config: configFile({ twilio: { allowed_from_numbers: [from] } }) })
    client = clientOf(server)
  })

  const cases: ReadonlyArray<readonly [string, number, number, (client: Client) => Promise<unknown>]> = [
    ["a To that is no number", 400, 21211, (c) => c.messages.create({ to: "banana", from, body: "x" })],
    ["a To with too few digits", 400, 21211, (c) => c.messages.create({ to: "+1555", from, body: "x" })],
    ["a From that is no number", 400, 21212, (c) => c.messages.create({ to, from: "+1", body: "x" })],
    ["a From that is not allowed", 400, 21606, (c) => c.messages.create({ to, from: "+15550000099", body: "x" })],
    ["no From", 400, 21603, (c) => c.messages.create({ to, body: "x" } as never)],
    ["no To", 400, 21604, (c) => c.messages.create({ to: "", from, body: "x" })],
    ["no Body", 400, 21602, (c) => c.messages.create({ to, from })],
    ["a Body of 1,601 characters", 400, 21617, (c) => c.messages.create({ to, from, body: "x".repeat(1601) })],
    [
      "a StatusCallback that is no URL",
      400,
      21609,
      (c) => c.messages.create({ to, from, body: "x", statusCallback: "not a url" }),
    ],
    ["a message there is none of", 404, 20404, (c) => c.messages(`SM${"0".repeat(32)}`).fetch()],
    ["a resource there is none of", 404, 20404, (c) => c.addresses.list()],
  ]
  for (const [what, status, code, call] of cases)
    it(`of ${what}: ${status}, ${code}`, async () => {
      const error = await refused(call(client))
      strictEqual(error.status, status)
      strictEqual(error.code, code)
      strictEqual(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`)
      assertTrue(error.message.length > 0)
    })

  it("of wrong credentials: 401, 20003, whatever else is wrong", async () => {
    const wrong = clientOf(server, [server.accountSid, "0".repeat(32)])
    const error = await refused(wrong.messages.create({ to: "banana", from: "x", body: "" }))
    strictEqual(error.status, 401)
    strictEqual(error.code, 20003)
  })

  it("of another account's path: 401, 20003", async () => {
    const other = twilio(server.accountSid, server.authToken, { accountSid: `AC${"1".repeat(32)}` })
    other.api.baseUrl = server.address
    const error = await refused(other.messages.create({ to, from, body: "x" }))
    strictEqual(error.status, 401)
    strictEqual(error.code, 20003)
  })
})

describe("Twilio's SDK reads lists", () => {
  let server: Server
  let client: Client
  /** Oldest first. */
  const sids: Array<string> = []

  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    client = clientOf(server)
    for (let n = 0; n < 120; n++) sids.push((await client.messages.create({ to, from, body: `n ${n}` })).sid)
  })

  const newestFirst = () => sids.slice(0, 120).reverse()

  it("over all pages, newest first, each message once", async () => {
    const listed = await client.messages.list({ pageSize: 50 })
    deepStrictEqual(
      listed.map(({ sid }) => sid),
      newestFirst(),
    )
    strictEqual(listed[0]?.body, "n 119")
  })

  it("up to a limit", async () => {
    const listed = await client.messages.list({ pageSize: 50, limit: 70 })
    deepStrictEqual(
      listed.map(({ sid }) => sid),
      newestFirst().slice(0, 70),
    )
  })

  it("filtered, with each page filtered alike", async () => {
    const elsewhere = "+15557654321"
    const own: Array<string> = []
    for (let n = 0; n < 3; n++) own.push((await client.messages.create({ to: elsewhere, from, body: "x" })).sid)
    const listed = await client.messages.list({ to: elsewhere, pageSize: 2 })
    deepStrictEqual(
      listed.map(({ sid }) => sid),
      own.reverse(),
    )
  })

  it("page after page while new messages arrive: nothing twice, nothing left out", async () => {
    const before = await client.messages.list({ pageSize: 1000 })
    const seen: Array<string> = []
    for (let page = await client.messages.page({ pageSize: 50 }); ; ) {
      seen.push(...page.instances.map(({ sid }) => sid))
      await client.messages.create({ to, from, body: "meanwhile" })
      const next = await page.nextPage()
      if (next === undefined || next === null) break
      page = next as typeof page
    }
    deepStrictEqual(
      seen,
      before.map(({ sid }) => sid),
    )
  })

  it("with each(), which fetches page after page, while new messages arrive", async () => {
    const before = await client.messages.list({ pageSize: 1000 })
    const seen: Array<string> = []
    const arriving: Array<Promise<unknown>> = []
    await new Promise<void>((resolve, reject) =>
      client.messages.each(
        { pageSize: 50, done: (error?: Error) => (error === undefined ? resolve() : reject(error)) },
        ({ sid }) => {
          seen.push(sid)
          if (seen.length % 25 === 0) arriving.push(client.messages.create({ to, from, body: "meanwhile" }))
        },
      ),
    )
    await Promise.all(arriving)
    deepStrictEqual(
      seen,
      before.map(({ sid }) => sid),
    )
  })

  it("and goes back a page", async () => {
    const first = await client.messages.page({ pageSize: 50 })
    const second = await first.nextPage()
    const back = await second?.previousPage()
    deepStrictEqual(
      back?.instances.map(({ sid }) => sid),
      first.instances.map(({ sid }) => sid),
    )
  })
})

describe("Numbers in neither list", () => {
  it("fail when default_behavior is failure, and registered ones are delivered", async () => {
    const server = await serve({
      args: ["--pace", "fast"],
      config: configFile({ twilio: { default_behavior: "failure", registered_numbers: [to] } }),
    })
    const client = clientOf(server)
    const known = await client.messages.create({ to, from, body: "x" })
    const unknown = await client.messages.create({ to: "+15551111111", from, body: "x" })
    const { status } = await server.clock({ settle: true })
    strictEqual(status, 200)
    strictEqual((await client.messages(known.sid).fetch()).status, "delivered")
    const failed = await client.messages(unknown.sid).fetch()
    strictEqual(failed.status, "failed")
    strictEqual(failed.errorCode, 30008)
  })
})
