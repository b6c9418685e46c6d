import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { beforeAll } from "vitest"
import { sign } from "../../src/core/signature.ts"
import { configFile } from "../support/config.ts"
import { converse, conversedSettings, posted, setUp } from "../support/conversed.ts"
import { smsParams } from "../support/conversing.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const sid = (n: number) => `SM${String(n).padStart(32, "0")}`

/** A webhook as the carrier sends it, signed for a URL. */
const webhook = (
  server: Server,
  params: URLSearchParams,
  {
    headers = {},
    path = "/webhook/twilio/sms",
    signed,
  }: { headers?: Record<string, string>; path?: string; signed?: string } = {},
) =>
  server.ask(path, {
    form: params.toString(),
    headers: {
      ...headers,
      ...(signed === undefined ? {} : { "x-twilio-signature": sign(server.authToken, signed, [...params]) }),
    },
  })

describe("the conversation service over HTTP", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ config: configFile(conversedSettings) })
  })

  it("takes webhooks signed for the URL as it was requested, the forwarded one, and no others", async () => {
    const here = `${server.address}/webhook/twilio/sms`
    const away = "https://bot.example.com/webhook/twilio/sms"
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "bot.example.com, 10.0.0.1" }
    const statusOf = async (n: number, options: Parameters<typeof webhook>[2]) =>
      (await webhook(server, smsParams(sid(n)), options)).status
    deepStrictEqual(
      [
        await statusOf(1, { signed: here }),
        await statusOf(2, { signed: away, headers: forwarded }),
        await statusOf(3, { signed: away }),
        await statusOf(4, { signed: `${here}?x=1` }),
        await statusOf(5, {}),
        await statusOf(6, { headers: { "x-twilio-signature": "x" } }),
        await statusOf(1, { signed: here }),
      ],
      [200, 200, 403, 403, 403, 403, 200],
    )
    const refused = await webhook(server, smsParams(sid(7)), { headers: { "x-request-id": "my-id" } })
    deepStrictEqual(
      [refused.json.error.code, refused.json.error.requestId, refused.headers.get("x-request-id")],
      ["sms.forbidden", "my-id", "my-id"],
    )
    const taken = await webhook(server, smsParams(sid(1)), { signed: here })
    deepStrictEqual(
      [taken.headers.get("content-type"), taken.text],
      ["text/xml", '<?xml version="1.0" encoding="UTF-8"?><Response/>'],
    )
    strictEqual((await server.ask(`/api/messages/${sid(3)}`)).status, 404)
    strictEqual((await server.ask(`/api/messages/${sid(2)}`)).json.twilio_sid, sid(2))
  })

  it("says what is wrong in its envelope, never where in the program", async () => {
    const answers = [
      await posted(server, "/api/messages", { to: "nobody", more: 1 }),
      await server.ask("/api/messages", { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
      await server.ask("/api/conversations/none"),
      await server.ask("/api/nothing/of/conversations"),
      await server.ask("/api/conversations?page_size=0"),
      await server.ask("/api/conversations/none/messages", { method: "DELETE" }),
      await server.ask("/webhook/twilio/sms"),
      await server.ask("/api/messages", { method: "POST", body: "x".repeat(70_000) }),
    ]
    deepStrictEqual(
      answers.map(({ json, status }) => [status, json.error?.code ?? json.code]),
      [
        [400, "sms.validation_error"],
        [400, "sms.validation_error"],
        [404, "sms.not_found"],
        [404, 20404],
        [400, "sms.validation_error"],
        [405, "sms.method_not_allowed"],
        [405, "sms.method_not_allowed"],
        [413, "sms.too_large"],
      ],
    )
    for (const { json, text } of answers) {
      strictEqual(/\.ts|\.js|\bat \w+ \(/.test(text), false)
      if (json.error !== undefined)
        deepStrictEqual(
          Object.keys(json.error).filter((key) => key !== "details"),
          ["code", "message", "timestamp", "requestId"],
        )
    }
  })

  it("lets no page of another site send messages or read them", async () => {
    const other = { origin: "https://evil.example", "sec-fetch-site": "cross-site" }
    const sent = await posted(server, "/api/messages", { to: "+14155550123", body: "x" }, other)
    deepStrictEqual([sent.status, sent.json.error.code], [403, "sms.forbidden"])
    // A webhook comes from anywhere, and has its signature.
    const here = `${server.address}/webhook/twilio/sms`
    strictEqual((await webhook(server, smsParams(sid(8)), { signed: here, headers: other })).status, 200)
  })

  it("sends over its own exchange and over real webhooks alike", async () => {
    await setUp(server, `${server.address}/webhook/twilio/sms`)
    await posted(server, "/admin/inbound", {
      from: "+14155550188",
      to: "+14155550100",
      body: "Hello, is anybody there?",
    })
    const conversation = await until("the webhook came over the wire", async () => {
      const { json, status } = await server.ask("/api/conversations/by-number/+14155550188")
      return status === 200 ? json : undefined
    })
    const sent = await posted(server, "/api/messages", { conversation_id: conversation.id, body: "Yes" })
    const read = await until("it is delivered", async () => {
      const { json } = await server.ask(`/api/messages/${sent.json.id}`)
      return json.delivery_status === "delivered" ? json : undefined
    })
    strictEqual(read.from_number, "+14155550100")
  })

  it("does as one does who writes, is looked up and is answered", async () => {
    const paused = await serve({ config: configFile(conversedSettings), args: ["--pace", "paused"] })
    await setUp(paused)
    const id = await converse(paused)
    const { json } = await paused.ask(`/api/conversations/${id}`)
    deepStrictEqual([json.tenant_lookup.outcome, json.language_detected, json.message_count], ["found", "en", 4])
    strictEqual((await paused.ask("/api/conversations?language=es")).json.conversations.length, 1)
  })
})
