import { rmSync, writeFileSync } from "node:fs"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const to = "+15551234567"
const from = "+15550000001"
const photo = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 7) % 256))

describe("Media that are fetched", () => {
  const asked: Array<http.IncomingMessage> = []
  let origin = ""
  let files: http.Server
  let server: Server
  const db = join(newFolder(), "ringback.db")
  const config = configFile({ twilio: { media: "fetch" } })

  beforeAll(async () => {
    files = http.createServer((request, response) => {
      asked.push(request)
      const { url } = request
      if (url === "/photo") response.writeHead(200, { "content-type": "image/jpeg; q=1" }).end(photo)
      else if (url === "/moved") response.writeHead(302, { location: "/photo" }).end()
      else if (url === "/page") response.writeHead(200, { "content-type": "text/html" }).end("<p>")
      else if (url === "/large") response.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(5_300_000))
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve))
    origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
    server = await serve({ args: ["--pace", "fast"], config, db })
  })
  afterAll(() => {
    files.close()
    files.closeAllConnections()
  })

  const send = async (...paths: ReadonlyArray<string>) => {
    const client = twilio(server.accountSid, server.authToken)
    client.api.baseUrl = server.address
    const mediaUrl = paths.map((path) => `${origin}${path}`)
    const { sid } = await client.messages.create({ to, from, body: "look", mediaUrl })
    await until("the message has ended", async () =>
      ["delivered", "failed"].includes((await client.messages(sid).fetch()).status),
    )
    return client.messages(sid)
  }
  const bytesOf = async (uri: string) => {
    const response = await fetch(`${server.address}${uri.replace(/\.json$/, "")}`)
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  it("are the bytes their URL has, with their type, asked for as Twilio asks", async () => {
    const message = await send("/photo")
    const [medium] = await message.media.list()
    strictEqual(medium?.contentType, "image/jpeg")
    const { bytes, response } = await bytesOf(medium?.uri ?? "")
    strictEqual(response.headers.get("content-type"), "image/jpeg")
    assertTrue(bytes.equals(photo))
    strictEqual(response.headers.get("content-security-policy"), "sandbox; default-src 'none'")
    const { headers } = asked[0] as http.IncomingMessage
    strictEqual(headers["user-agent"], "TwilioProxy/1.1")
    assertTrue(twilio.validateRequest(server.authToken, String(headers["x-twilio-signature"]), `${origin}/photo`, {}))
  })

  it.each([
    ["/missing", 11200],
    ["/page", 12300],
    ["/large", 11751],
  ])("and a message with %s fails with %i", async (path, code) => {
    const message = await send("/photo", path)
    const { errorCode, status } = await message.fetch()
    deepStrictEqual([status, errorCode], ["failed", code])
  })

  it("and those a redirect leads to", async () => {
    const message = await send("/moved")
    const [medium] = await message.media.list()
    assertTrue((await bytesOf(medium?.uri ?? "")).bytes.equals(photo))
  })

  it("and nobody's address is a picture", async () => {
    const refusing = "http://127.0.0.1:1"
    const client = twilio(server.accountSid, server.authToken)
    client.api.baseUrl = server.address
    const { sid } = await client.messages.create({ to, from, body: "x", mediaUrl: [`${refusing}/x.png`] })
    await until("the message is delivered", async () => (await client.messages(sid).fetch()).status === "delivered")
    strictEqual((await client.messages(sid).media.list())[0]?.contentType, "image/png")
  })

  it("are for those with credentials alone where settings say so", async () => {
    const shut = await serve({ config: configFile({ twilio: { media_auth: true } }) })
    const client = twilio(shut.accountSid, shut.authToken)
    client.api.baseUrl = shut.address
    const message = await client.messages.create({ to, from, body: "look", mediaUrl: ["https://a.example/"] })
    const [medium] = await client.messages(message.sid).media.list()
    const url = `${shut.address}${medium?.uri.replace(/\.json$/, "")}`
    const { status } = await fetch(url, { headers: { authorization: shut.authorization } })
    deepStrictEqual([(await fetch(url)).status, status], [401, 200])
  })

  it("and that cannot be written cost nothing but themselves, before a restart and after it", async () => {
    const db = join(newFolder(), "ringback.db")
    const started = () => serve({ args: ["--pace", "fast"], config, db })
    const sent = async (server: Server) => {
      const { json } = await server.send({ MediaUrl: `${origin}/photo` })
      await server.clock({ settle: true })
      const medium = (await server.ask(json.uri.replace(".json", "/Media.json"))).json.media_list[0]
      const bytes = await server.ask(medium.uri.replace(".json", ""))
      return [(await server.ask(json.uri)).json.status, medium.content_type, bytes.status]
    }
    const unwritable = ["delivered", "image/jpeg", 404]
    const first = await started()
    writeFileSync(`${db}.media`, "a file where the folder would be")
    deepStrictEqual([await sent(first), await sent(first)], [unwritable, unwritable])
    const { stderr } = await first.kill("SIGKILL")
    strictEqual(stderr.split("takes no media").length, 2, stderr)
    rmSync(`${db}.media`)
    const second = await started()
    deepStrictEqual(await sent(second), ["delivered", "image/jpeg", 200])
    strictEqual((await second.kill("SIGTERM")).code, 0)
    strictEqual((await ringback(["verify", db])).code, 0)
  })

  it("and outlive a restart, until they are thrown away; the log is sound without them", async () => {
    const message = await send("/photo")
    const [medium] = await message.media.list()
    await server.kill("SIGTERM")
    server = await serve({ args: ["--pace", "fast"], config, db })
    assertTrue((await bytesOf(medium?.uri ?? "")).bytes.equals(photo))
    rmSync(`${db}.media`, { recursive: true })
    strictEqual((await bytesOf(medium?.uri ?? "")).response.status, 404)
    await server.kill("SIGTERM")
    strictEqual((await ringback(["verify", db])).code, 0)
  })
})
