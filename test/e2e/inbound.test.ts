import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { type Callback, type Listener, listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"

const number = "+14155550100"
const phone = "+12125550123"

describe("A phone sends a message to an application on Twilio's SDK", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server
  let listener: Listener
  let client: ReturnType<typeof twilio>

  beforeAll(async () => {
    listener = await listen()
    server = await serve({
      db,
      args: ["--pace", "fast"],
      config: configFile({ callbacks: { rewrite: [{ from: "https://app.example", to: listener.url }] } }),
    })
    client = twilio(server.accountSid, server.authToken)
    client.api.baseUrl = server.address
    await client.incomingPhoneNumbers.create({ phoneNumber: number, smsUrl: "https://app.example/sms?a=b" })
  })

  const order = async (data: unknown, path = "/admin/inbound") =>
    server.ask(path, { method: "POST", body: JSON.stringify(data), headers: { "Content-Type": "application/json" } })

  /** Lets a message arrive and waits until all it leads to is done. */
  const arrives = async (data: object): Promise<{ readonly sid: string; readonly asked: ReadonlyArray<Callback> }> => {
    const before = listener.callbacks.length
    const { json, status } = await order({ from: phone, to: number, ...data })
    strictEqual(status, 200)
    await server.clock({ settle: true })
    return { sid: json.sid, asked: listener.callbacks.slice(before) }
  }

  const isSigned = ({ headers, params }: Callback, url: string) =>
    twilio.validateRequest(server.authToken, String(headers["x-twilio-signature"]), url, { ...params })

  it("which gets it signed, answers with TwiML, and has its reply delivered", async () => {
    const response = new twilio.twiml.MessagingResponse()
    response.message({ statusCallback: "https://app.example/status" }, "Hi & <welcome>")
    listener.answer = ({ path }) => (path.startsWith("/sms") ? { type: "text/xml", body: response.toString() } : 204)
    const { sid, asked } = await arrives({ body: "Hello" })
    const [webhook, ...callbacks] = asked
    deepStrictEqual([webhook?.method, webhook?.path], ["POST", "/sms?a=b"])
    assertTrue(isSigned(webhook!, "https://app.example/sms?a=b"))
    const { Body, From, MessageSid, NumMedia, SmsStatus } = webhook!.params
    deepStrictEqual([Body, From, MessageSid, NumMedia, SmsStatus], ["Hello", phone, sid, "0", "received"])
    deepStrictEqual(
      callbacks.map(({ params }) => params.MessageStatus),
      ["queued", "sent", "delivered"],
    )
    const [reply] = await client.messages.list({ to: phone })
    deepStrictEqual([reply?.body, reply?.direction, reply?.status], ["Hi & <welcome>", "outbound-reply", "delivered"])
    const inbound = await client.messages(sid).fetch()
    deepStrictEqual([inbound.direction, inbound.status, inbound.numMedia], ["inbound", "received", "0"])
  })

  it("whose webhook is asked by GET, with everything in the query that is signed", async () => {
    listener.answer = ({ path }) =>
      path.startsWith("/sms")
        ? { type: "text/xml; charset=utf-8", body: "<Response><Redirect method='GET'>/again?x=1</Redirect></Response>" }
        : 204
    const { sid, asked } = await arrives({ body: "it's + 100% \u{1f427}" })
    const again = asked[1]!
    strictEqual(again.method, "GET")
    const query = new URL(again.path, "https://app.example").searchParams
    deepStrictEqual([query.get("x"), query.get("Body"), query.get("MessageSid")], ["1", "it's + 100% \u{1f427}", sid])
    assertTrue(isSigned(again, `https://app.example${again.path}`))
  })

  it("which can fetch the pictures by the addresses it is told", async () => {
    listener.answer = () => 204
    const { asked } = await arrives({ media: ["https://pictures.example/1.png"] })
    const { MediaContentType0, MediaUrl0, NumMedia } = asked[0]!.params
    deepStrictEqual([MediaContentType0, NumMedia], ["image/png", "1"])
    assertTrue(isSigned(asked[0]!, "https://app.example/sms?a=b"))
    const picture = await fetch(MediaUrl0!, { headers: { Authorization: server.authorization } })
    deepStrictEqual([picture.status, picture.headers.get("content-type")], [200, "image/png"])
    deepStrictEqual([...new Uint8Array(await picture.arrayBuffer())].slice(1, 4), [...Buffer.from("PNG")])
  })

  it("which is told in the alerts what it did wrong, page by page", async () => {
    for (const [type, body] of [
      ["application/json", "{}"],
      ["text/xml", "<Response><Message>a & b</Message></Response>"],
      ["text/xml", `<Response>${" ".repeat(70_000)}</Response>`],
      ["text/xml", `<Response><!--${" ".repeat(60_000)}--></Response>`],
      ["text/xml", "<Response><Message>https://user:s3cretword@host.example/</Message></Response>"],
    ] as const) {
      listener.answer = () => ({ type, body })
      await arrives({ body: "x" })
    }
    const { json: all } = await server.ask("/admin/alerts")
    deepStrictEqual(
      all.alerts.map(({ error_code }: { error_code: number }) => error_code),
      [12300, 12100, 11750],
    )
    const [first] = all.alerts
    strictEqual(first.request_url, "https://app.example/sms?a=b")
    strictEqual(first.more_info, "https://www.twilio.com/docs/errors/12300")
    const { json: page } = await server.ask("/admin/alerts?limit=2")
    deepStrictEqual([page.alerts.length, page.more], [2, true])
    const { json: rest } = await server.ask(`/admin/alerts?after=${page.last}`)
    deepStrictEqual([rest.alerts.length, rest.more, rest.alerts[0].error_code], [1, false, 11750])
    strictEqual((await server.ask("/admin/alerts?error_code=12100")).json.alerts.length, 1)
    strictEqual((await server.ask("/admin/alerts?limit=0")).status, 400)
    strictEqual(JSON.stringify(await entriesOf(db)).includes("s3cretword"), false)
  })

  it("and opts out and in, by keywords and by order", async () => {
    listener.answer = () => 204
    const stopped = await order({ from: phone, to: number, body: "Stop" })
    deepStrictEqual(
      [stopped.json.keyword, stopped.json.automatic_reply.slice(0, 39)],
      ["STOP", "You have successfully been unsubscribed"],
    )
    const listed = (await server.ask("/admin/opt-outs")).json
    deepStrictEqual(
      listed.opt_outs.map(({ recipient, sender }: Record<string, string>) => [recipient, sender]),
      [[phone, number]],
    )
    const refused = await client.messages.create({ from: number, to: phone, body: "x" }).catch((error) => error)
    deepStrictEqual([refused.status, refused.code], [400, 21610])
    const query = new URLSearchParams({ recipient: phone, sender: number })
    const removed = await server.ask(`/admin/opt-outs?${query}`, { method: "DELETE" })
    deepStrictEqual([removed.status, removed.json], [200, { opted_out: false, recipient: phone, sender: number }])
    strictEqual((await client.messages.create({ from: number, to: phone, body: "x" })).status, "queued")
    const added = await order({ recipient: phone, sender: number }, "/admin/opt-outs")
    deepStrictEqual([added.status, added.json], [200, { opted_out: true, recipient: phone, sender: number }])
    strictEqual((await server.ask(`/admin/opt-outs?sender=%2B15550000001`)).json.opt_outs.length, 0)
    await server.ask(`/admin/opt-outs?${query}`, { method: "DELETE" })
  })

  it.each([
    [{ from: "abc", to: number, body: "x" }, "from: expected a phone number"],
    [{ from: phone, to: "", body: "x" }, "to: expected a phone number"],
    [{ from: phone, to: number }, "body: expected a text, or media"],
    [{ from: phone, to: number, body: "x".repeat(1601) }, "body: expected at most 1600 characters"],
    [{ from: phone, to: number, media: ["x"] }, "media: expected URLs"],
    [{ from: phone, to: number, media: Array(11).fill("https://a.example/") }, "media: expected at most 10"],
    [{ from: phone, to: number, body: "x", colour: "red" }, "colour"],
    [{ recipient: "x", sender: number }, "recipient"],
  ])("an order %j is refused with what was expected", async (data, wanted) => {
    const { status, text } = await order(data, "recipient" in data ? "/admin/opt-outs" : "/admin/inbound")
    strictEqual(status, 400)
    assertTrue(text.includes(wanted))
  })

  it("may be empty", async () => {
    listener.answer = () => 204
    deepStrictEqual((await arrives({ body: "" })).asked.at(-1)?.params.Body, "")
  })

  it("from the command line", async () => {
    listener.answer = () => 204
    const args = ["inbound", "--url", server.address, "--from", phone, "--to", number]
    const { code, stdout } = await ringback([...args, "--body", "HELP"])
    strictEqual(code, 0)
    assertTrue(/^SM[0-9a-f]{32} has arrived\nHELP: the carrier answers "Reply STOP/.test(stdout))
    const bad = await ringback(args.with(4, "nobody"))
    strictEqual(bad.code, 1)
    assertTrue(/^ringback: .*from: expected a phone number.*\n$/.test(bad.stderr))
    const nowhere = await ringback(args.with(2, "http://127.0.0.1:9"))
    strictEqual(nowhere.code, 2)
    assertTrue(/^ringback: no server answers at http:\/\/127.0.0.1:9 .*ringback serve.*\n$/.test(nowhere.stderr))
  })

  it("and the log of all that is sound", async () => {
    await server.clock({ settle: true })
    const { code, stdout } = await ringback(["verify", db])
    deepStrictEqual([code, stdout.startsWith("sound")], [0, true])
  })
})

describe("A phone sends a message to a number nobody has", () => {
  it("which is refused, and the log is sound", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, config: configFile({ twilio: { allowed_from_numbers: ["+15550000001"] } }) })
    const args = ["inbound", "--url", server.address, "--from", phone, "--body", "x", "--to"]
    const { code, stderr } = await ringback([...args, "+15550000002"])
    deepStrictEqual([code, /no active account has the number \+15550000002/.test(stderr)], [1, true])
    strictEqual((await ringback([...args, "+15550000001"])).code, 0)
    strictEqual((await ringback(["verify", db])).code, 0)
  })
})
