import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { type Callback, type Listener, listen } from "../support/listener.ts"
import { type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refusal } from "../support/sdk.ts"
import { until } from "../support/until.ts"

const to = "+15551234567"
const from = "+15550000001"
const messagingServiceSid = `MG${"7".repeat(32)}`

describe("Twilio's SDK changes a message", () => {
  let server: Server
  let client: Client
  const settled = () => server.clock({ settle: true })

  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    client = clientOf(server)
  })

  const delivered = async () => {
    const { sid } = await client.messages.create({ to, from, body: "secret" })
    await settled()
    return client.messages(sid)
  }

  it("by redacting it: its text is gone", async () => {
    const message = await delivered()
    strictEqual((await message.update({ body: "" })).body, "")
    const { body, status } = await message.fetch()
    deepStrictEqual([body, status], ["", "delivered"])
  })

  it("by removing it: it is gone", async () => {
    const message = await delivered()
    strictEqual(await message.remove(), true)
    deepStrictEqual(await refusal(message.fetch()), [404, 20404])
  })

  it("but does not remove or redact one that is under way", async () => {
    await server.clock({ pace: "paused" })
    const message = client.messages((await client.messages.create({ to, from, body: "x" })).sid)
    deepStrictEqual(await refusal(message.remove()), [409, 20009])
    deepStrictEqual(await refusal(message.update({ body: "" })), [409, 20009])
    deepStrictEqual(await refusal(message.update({ status: "canceled" })), [409, 30409])
    deepStrictEqual(await refusal(message.update({ body: "new" })), [400, 30400])
    await server.clock({ pace: "fast" })
  })

  it("by feedback", async () => {
    const message = await delivered()
    const { sid } = await message.fetch()
    const feedback = await message.feedback.create({ outcome: "unconfirmed" })
    deepStrictEqual([feedback.messageSid, feedback.outcome], [sid, "unconfirmed"])
    assertTrue(feedback.dateCreated instanceof Date)
  })

  it("bills it by the segment", async () => {
    const created = await client.messages.create({ to, from, body: "x".repeat(200) })
    strictEqual(created.price, null)
    await settled()
    const { numSegments, price, priceUnit } = await client.messages(created.sid).fetch()
    deepStrictEqual([numSegments, price, priceUnit], ["2", "-0.01500", "USD"])
  })

  it("counts segments after smart encoding", async () => {
    const text = { to, from, body: `“${"x".repeat(100)}”` }
    strictEqual((await client.messages.create(text)).numSegments, "2")
    strictEqual((await client.messages.create({ ...text, smartEncoded: true })).numSegments, "1")
  })
})

describe("Twilio's SDK reads media", () => {
  let server: Server
  let client: Client

  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    client = clientOf(server)
  })

  const sent = async () => {
    const mediaUrl = [1, 2, 3].map((n) => `http://a.example/${n}.png`)
    return client.messages((await client.messages.create({ to, from, body: "look", mediaUrl })).sid)
  }

  it("page after page, and one by one", async () => {
    const message = await sent()
    const listed = await message.media.list({ pageSize: 2 })
    strictEqual(listed.length, 3)
    const [first] = listed
    const fetched = await message.media(first?.sid ?? "").fetch()
    deepStrictEqual([fetched.sid, fetched.contentType, fetched.parentSid], [first?.sid, "image/png", first?.parentSid])
  })

  it("and the bytes: a picture", async () => {
    const message = await sent()
    const [first] = await message.media.list()
    const { authorization, address } = server
    const response = await fetch(`${address}${first?.uri.replace(/\.json$/, "")}`, { headers: { authorization } })
    strictEqual(response.status, 200)
    strictEqual(response.headers.get("content-type"), "image/png")
    const bytes = Buffer.from(await response.arrayBuffer())
    deepStrictEqual(bytes.subarray(0, 4), Buffer.from("89504e47", "hex"))
    strictEqual(Number(response.headers.get("content-length")), bytes.length)
  })

  it("and removes them", async () => {
    const message = await sent()
    const [first] = await message.media.list()
    strictEqual(await message.media(first?.sid ?? "").remove(), true)
    strictEqual((await message.media.list()).length, 2)
    deepStrictEqual(await refusal(message.media(first?.sid ?? "").fetch()), [404, 20404])
  })
})

describe("Twilio's SDK schedules messages", () => {
  const start = "2030-05-01T12:00:00Z"
  let server: Server
  let client: Client
  let listener: Listener

  beforeAll(async () => {
    listener = await listen()
    server = await serve({ args: ["--pace", "paused", "--start", start] })
    client = clientOf(server)
  })

  const at = (minutes: number) => new Date(Date.parse(start) + minutes * 60_000)
  const schedule = (sendAt: Date, statusCallback?: string) =>
    client.messages.create({
      to,
      body: "later",
      messagingServiceSid,
      scheduleType: "fixed",
      sendAt,
      ...(statusCallback === undefined ? {} : { statusCallback }),
    })

  it("which are sent at their hour, on the run's clock, and report each step", async () => {
    const url = `${listener.url}/scheduled`
    const message = await schedule(at(30), url)
    deepStrictEqual([message.status, message.from, message.dateSent], ["scheduled", null, null])
    await server.clock({ advance: "29m" })
    strictEqual((await client.messages(message.sid).fetch()).status, "scheduled")
    await server.clock({ advance: "2m" })
    const fetched = await client.messages(message.sid).fetch()
    deepStrictEqual([fetched.status, fetched.dateSent?.toISOString()], ["delivered", "2030-05-01T12:30:02.000Z"])
    const told = await until("its callbacks arrived", () => {
      const own = listener.callbacks.filter(({ params }) => params.MessageSid === message.sid)
      return own.length >= 3 && own
    })
    deepStrictEqual(
      told.map(({ params }: Callback) => [params.MessageStatus, params.MessagingServiceSid]),
      ["queued", "sent", "delivered"].map((status) => [status, messagingServiceSid]),
    )
  })

  it("and takes them back", async () => {
    const message = await schedule(at(600))
    strictEqual((await client.messages(message.sid).update({ status: "canceled" })).status, "canceled")
    deepStrictEqual(await refusal(client.messages(message.sid).update({ status: "canceled" })), [409, 30409])
  })

  it("but not in the past of the run, whatever the host's clock says", async () => {
    deepStrictEqual(await refusal(schedule(new Date("2029-01-01T00:00:00Z"))), [400, 35114])
    try {
      await schedule(new Date("2029-01-01T00:00:00Z"))
    } catch (error) {
      assertTrue(/it is now 2030-05-01T12:\d\d:\d\dZ/.test((error as Error).message))
    }
  })

  it("finds messages by the day they were sent", async () => {
    const { sid } = await client.messages.create({ to: "+15557654321", from, body: "x" })
    await server.clock({ advance: "1m" })
    const found = async (filter: Parameters<Client["messages"]["list"]>[0]) =>
      (await client.messages.list({ to: "+15557654321", ...(filter as object) })).map((message) => message.sid)
    const day = new Date("2030-05-01T00:00:00Z")
    deepStrictEqual(await found({ dateSentBefore: new Date("2030-04-30T00:00:00Z") }), [])
    deepStrictEqual(await found({ dateSentAfter: day }), [sid])
    deepStrictEqual(await found({ dateSentAfter: new Date("2030-05-02T00:00:00Z") }), [])
    for (const query of [
      "DateSent=2030-05-01",
      "DateSent>=2030-05-01",
      "DateSent%3E=2030-05-01&DateSent%3C=2030-05-01",
    ]) {
      const { text } = await server.ask(`${server.messages}?To=%2B15557654321&${query}`)
      deepStrictEqual(
        JSON.parse(text).messages.map((message: { sid: string }) => message.sid),
        [sid],
      )
    }
    strictEqual((await server.ask(`${server.messages}?DateSent=nonsense`)).status, 400)
  })
})

describe("Twilio's SDK meets a sender's limits", () => {
  it("a full queue is 429 with 21611, and a message too old for its validity fails with 30036", async () => {
    const config = configFile({ twilio: { rate: { segments_per_second: 1, queue_seconds: 3 } } })
    const server = await serve({ args: ["--pace", "paused"], config })
    const client = clientOf(server)
    const send = (validityPeriod?: number) =>
      client.messages.create({ to, from, body: "x", ...(validityPeriod === undefined ? {} : { validityPeriod }) })
    await send()
    await send()
    const late = await send(2)
    await send()
    deepStrictEqual(await refusal(send()), [429, 21611])
    await server.clock({ advance: "10s" })
    const { errorCode, errorMessage, status } = await client.messages(late.sid).fetch()
    deepStrictEqual([status, errorCode, errorMessage], ["failed", 30036, "Validity period expired"])
  })
})

describe("Twilio's SDK meets an API that takes its time", () => {
  it("waits for its answers, and is refused what is too much at once", async () => {
    const config = configFile({ twilio: { api: { latency_seconds: 0.5, concurrency: 1 } } })
    const server = await serve({ args: ["--pace", "paused"], config })
    const client = clientOf(server)
    const first = client.messages.create({ to, from, body: "x" })
    await until("the request is under way", async () =>
      (await server.ask("/admin/log?limit=100")).text.includes("api.requested"),
    )
    const { headers, json, status } = await server.send()
    deepStrictEqual([status, json.code, headers.get("retry-after")], [429, 20429, "1"])
    await server.clock({ advance: "1s" })
    strictEqual((await first).status, "queued")
  })
})
