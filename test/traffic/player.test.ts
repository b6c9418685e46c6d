import * as https from "node:https"
import type { AddressInfo } from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import twilio from "twilio"
import { afterAll } from "vitest"
import { serveTraffic } from "../../src/app/serveTraffic.ts"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { makePlayer, type PlayerEvent, type PlayerOptions } from "../../src/traffic/playback/Player.ts"
import { certificate, certificateKey } from "../support/certificate.ts"
import { listen } from "../support/listener.ts"
import { recordedExchange, recordedWebhook, requestFor, sidOf, trafficHeader } from "../support/recordedTraffic.ts"
import { upstream } from "../support/recorder.ts"
import { until } from "../support/until.ts"

const open: Array<() => Promise<unknown>> = []
afterAll(async () => {
  for (const close of open) await close()
})

const messages = `/2010-04-01/Accounts/${sidOf("AC")}/Messages.json`
const sent = recordedExchange(1, requestFor("POST", messages, { To: "+14158675309", Body: "x" }), {
  about: sidOf("SM"),
  answer: { sid: sidOf("SM") },
  status: 201,
})

/** A playback in this process, on a free port. */
const player = async (
  exchanges: ReadonlyArray<RecordedExchange>,
  { source = "https://api.twilio.com", ...options }: Partial<PlayerOptions> & { readonly source?: string } = {},
) => {
  const scope = Effect.runSync(Scope.make())
  const events: Array<PlayerEvent> = []
  const started = Effect.gen(function* () {
    const made = yield* makePlayer({
      fields: new Map(),
      mode: "key",
      otherwise: undefined,
      salt: undefined,
      told: (event) => void events.push(event),
      traffic: { exchanges, header: { ...trafficHeader(), source } },
      webhooks: undefined,
      ...options,
    })
    return yield* serveTraffic({ host: "127.0.0.1", port: 0 }, made.handler)
  })
  const { port } = await Effect.runPromise(Scope.extend(started, scope))
  open.push(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return { address: `http://127.0.0.1:${port}`, events }
}

const send = (address: string, body: string, path = messages) =>
  fetch(address + path, {
    method: "POST",
    body: new URLSearchParams({ To: "+14158675309", Body: body }),
    headers: { "X-Mine": "1" },
  })

describe("A recorded webhook that is played back", () => {
  for (const [whose, source, path] of [
    ["of a recorder", "https://api.twilio.com", "/twilio/status?a=1"],
    ["of another format", "import har", "/webhooks/twilio/status?a=1"],
  ] as const)
    it(`${whose} goes to the path where its application has it, signed for that`, async () => {
      const application = await listen()
      const webhook = recordedWebhook(2, sidOf("SM"), { MessageStatus: "sent" })
      const url = "https://app.example/webhooks/twilio/status?a=1"
      const { address } = await player([sent, { ...webhook, request: { ...webhook.request, url } }], {
        source,
        webhooks: { pace: "fast", to: new URL(application.url), token: Redacted.make("the-token") },
      })
      strictEqual((await send(address, "x")).status, 201)
      const [got] = await until("it is sent", () => application.callbacks.length > 0 && application.callbacks)
      strictEqual(got?.path, path)
      const signature = String(got?.headers["x-twilio-signature"])
      assertTrue(twilio.validateRequest("the-token", signature, application.url + path, got?.params ?? {}))
    })
})

describe("A request that was not recorded, passed through,", () => {
  it("is answered by the upstream, which gets it as it came, below its own path", async () => {
    const seen: Array<readonly [string, string, string | undefined]> = []
    const other = await upstream((request, response) => {
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text
      })
      request.on("end", () => {
        seen.push([`${request.method} ${request.url}`, body, request.headers["x-mine"]?.toString()])
        response.writeHead(202, { "Content-Type": "text/plain" }).end("from upstream")
      })
    })
    const { address, events } = await player([sent], { otherwise: new URL(`${other}/below`) })
    strictEqual((await send(address, "x")).status, 201)
    deepStrictEqual(seen, [])
    const answered = await send(address, "y")
    deepStrictEqual([answered.status, await answered.text()], [202, "from upstream"])
    deepStrictEqual(seen, [[`POST /below${messages}`, "To=%2B14158675309&Body=y", "1"]])
    deepStrictEqual(
      events.map((event) => (event._tag === "Missed" ? event.forwarded : event._tag)),
      ["Answered", true],
    )
  })

  it("is answered 502 in Twilio's shape where there is nobody, or nobody who is trusted", async () => {
    const server = https.createServer({ cert: certificate, key: certificateKey }, (_, response) => response.end())
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    open.push(() => new Promise((resolve) => server.close(resolve)))
    const secure = `https://localhost:${(server.address() as AddressInfo).port}`
    for (const [otherwise, why] of [
      ["http://127.0.0.1:1", "connection refused"],
      [secure, "the certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"],
    ] as const) {
      const { address } = await player([], { otherwise: new URL(otherwise) })
      const answered = await send(address, "y")
      strictEqual(answered.status, 502)
      const { code, message } = (await answered.json()) as { code: number; message: string }
      deepStrictEqual([code, message], [20503, `Ringback: ${otherwise} could not be asked: ${why}`])
    }
  })
})
