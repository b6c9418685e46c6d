import * as http from "node:http"
import { afterAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import twilio from "twilio"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { type Replayed, type ReplayOptions, replay } from "../../src/traffic/replay/replay.ts"
import { xmlOf } from "../../src/traffic/replay/replayed.ts"
import { busyRun } from "./recordedRun.ts"

const token = "0123456789abcdef0123456789abcdef"

interface Got {
  readonly url: string
  readonly method: string
  readonly signature: string | undefined
  readonly form: Record<string, string>
}

const servers: Array<http.Server> = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** An application that answers by path. */
const application = async (answers: Readonly<Record<string, readonly [number, string, string?]>>) => {
  const got: Array<Got> = []
  const server = http.createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text) => {
      body += text
    })
    request.on("end", () => {
      const { method = "", url = "" } = request
      const signature = request.headers["x-twilio-signature"]
      got.push({ url, method, signature: String(signature ?? ""), form: Object.fromEntries(new URLSearchParams(body)) })
      const [status, text, type = "text/xml"] = answers[new URL(url, "http://x").pathname] ?? [404, ""]
      response.writeHead(status, { "content-type": type }).end(text)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  return { got, url: new URL(`http://127.0.0.1:${port}`) }
}

const sms = "<Response>\n  <Message>Thank you</Message>\n</Response>"
const voice = "<?xml version='1.0'?><Response><Say>Hello</Say><Hangup></Hangup></Response>"

const replayed = async (
  exchanges: ReadonlyArray<RecordedExchange>,
  to: URL,
  more: Partial<ReplayOptions> = {},
): Promise<ReadonlyArray<Replayed>> =>
  Effect.runPromise(
    replay({
      exchanges,
      to,
      token: Redacted.make(token),
      throughRecorder: false,
      speed: 0,
      told: () => undefined,
      ...more,
    }),
  )

describe("recorded webhooks sent to an application", () => {
  it("arrive in their order with good signatures, and the same answers are the same however they are written", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const { got, url } = await application({ "/sms": [200, sms], "/voice": [200, voice], "/status": [204, ""] })
    const all = await replayed(exchanges, url)
    deepStrictEqual(
      all.map(({ outcome }) => outcome),
      all.map(() => ({ _tag: "Same" })),
    )
    deepStrictEqual(
      got.map(({ form, url }) => `${url} ${form.MessageStatus ?? form.CallStatus ?? form.SmsStatus}`),
      [
        "/status sent",
        "/status sent",
        "/status delivered",
        "/status undelivered",
        "/sms received",
        "/voice in-progress",
        "/status completed",
      ],
    )
    for (const { form, signature = "", url: path } of got)
      assertTrue(twilio.validateRequest(token, signature, url.origin + path, form), `${path} ${signature}`)
  })

  it("differ in what differs", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const { url } = await application({
      "/sms": [200, sms.replace("Thank you", "No")],
      "/voice": [500, "oops", "text/plain"],
      "/status": [204, ""],
    })
    const all = await replayed(exchanges, url)
    deepStrictEqual(
      all.flatMap(({ exchange, outcome }) =>
        outcome._tag === "Differs"
          ? outcome.differences.map(({ field, made }) => `${new URL(exchange.request.url).pathname} ${field} ${made}`)
          : [],
      ),
      ["/sms body <Response>\n  <Message>\n    No", "/voice status 500", "/voice body oops"],
    )
  })

  it("are signed for the address that the application believes to have, and go behind the path that is named", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const { got, url } = await application({
      "/base/sms": [200, sms],
      "/base/voice": [200, voice],
      "/base/status": [204, ""],
    })
    const all = await replayed(exchanges, new URL("/base", url), { signAs: new URL("https://app.example") })
    strictEqual(
      all.every(({ outcome }) => outcome._tag === "Same"),
      true,
    )
    const { form, signature = "" } = got[0]!
    assertTrue(twilio.validateRequest(token, signature, "https://app.example/status", form))
  })

  it("are sent to what stands behind the prefix of the recorder they went through, and only then", async () => {
    const recorded = (await Effect.runPromise(busyRun)).map(
      (exchange) =>
        JSON.parse(JSON.stringify(exchange).replace("app.example/", "recorder.example/webhooks/")) as RecordedExchange,
    )
    const { got, url } = await application({})
    await replayed(recorded.slice(0, 5), url, { throughRecorder: true })
    await replayed(recorded.slice(0, 5), url)
    deepStrictEqual([...new Set(got.map(({ url: path }) => path))], ["/status", "/webhooks/status"])
  })

  it("without an application fail each, and without a token are not signed", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const { got, url } = await application({})
    await replayed(exchanges, url, { token: undefined })
    deepStrictEqual([...new Set(got.map(({ signature }) => signature))], [""])
    const closed = http.createServer()
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve))
    const { port } = closed.address() as { port: number }
    await new Promise((resolve) => closed.close(resolve))
    const all = await replayed(exchanges, new URL(`http://127.0.0.1:${port}`))
    deepStrictEqual(
      [...new Set(all.map(({ outcome }) => (outcome._tag === "Differs" ? outcome.differences[0]?.made : "")))],
      ["ECONNREFUSED"],
    )
  })

  it("come with their recorded gaps, or so many times as fast", async () => {
    const exchanges = (await Effect.runPromise(busyRun)).filter(({ direction }) => direction === "webhook")
    const { url } = await application({})
    const began = performance.now()
    await replayed(exchanges, url, { speed: 200 })
    const gap = (exchanges.at(-1)!.at - exchanges[0]!.at) / 200
    const took = performance.now() - began
    assertTrue(gap > 100 && took >= gap - 5, `${took} ms for ${gap}`)
  })
})

describe("two writings of one document", () => {
  it("are the same, and documents that are none are not compared as such", () => {
    strictEqual(xmlOf('<?xml version="1.0"?><a y="2" x="1"> <b/>text </a>'), xmlOf("<a x='1' y='2'><b></b>text</a>"))
    strictEqual(xmlOf("<a><b></a>"), undefined)
    strictEqual(xmlOf("plain"), undefined)
  })
})
