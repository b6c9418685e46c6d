import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { serveTraffic } from "../../src/app/serveTraffic.ts"
import { type RecordedExchange, trafficFormat } from "../../src/core/traffic/RecordedExchange.ts"
import { answerNow, Playing } from "../../src/traffic/playback/Playing.ts"
import { makeRecorder } from "../../src/traffic/record/Recorder.ts"

/*
 * `record FILE COUNT ROUNDS`: requests one after the other to a bare server, direct and through a recorder, by turns in one process.
 * `playback COUNT`: a recording of so many sends, each asked for once; what is measured is finding and writing the answers.
 */

const [what = "", ...args] = process.argv.slice(2)
const sid = (kind: string, n: number) => kind + n.toString(16).padStart(32, "0")
const account = sid("AC", 1)
const path = `/2010-04-01/Accounts/${account}/Messages.json`

const form = (n: number) =>
  `To=%2B1415555${String(n % 10_000).padStart(4, "0")}&From=%2B15550000001&Body=Your+code+is+${100_000 + (n % 900_000)}&StatusCallback=https%3A%2F%2Fapp.example%2Fstatus`

const answerTo = (n: number) =>
  JSON.stringify({
    body: `Your code is ${100_000 + (n % 900_000)}`,
    num_segments: "1",
    direction: "outbound-api",
    from: "+15550000001",
    date_updated: "Tue, 18 Nov 2025 09:00:01 +0000",
    price: null,
    error_message: null,
    uri: `${path.replace(".json", "")}/${sid("SM", n)}.json`,
    account_sid: account,
    num_media: "0",
    to: `+1415555${String(n % 10_000).padStart(4, "0")}`,
    date_created: "Tue, 18 Nov 2025 09:00:01 +0000",
    status: "queued",
    sid: sid("SM", n),
    date_sent: null,
    messaging_service_sid: null,
    error_code: null,
    price_unit: "USD",
    api_version: "2010-04-01",
    subresource_uris: { media: `${path.replace(".json", "")}/${sid("SM", n)}/Media.json` },
  })

const headers = {
  Authorization: `Basic ${btoa(`${account}:a-token-of-nobody`)}`,
  "Content-Type": "application/x-www-form-urlencoded",
}

const upstream = Effect.acquireRelease(
  Effect.async<http.Server>((resume) => {
    let n = 0
    const server = http.createServer((request, response) => {
      request.resume().on("end", () => {
        const body = answerTo(++n)
        response
          .writeHead(201, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) })
          .end(body)
      })
    })
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    }),
)

const post = (agent: http.Agent, port: number, n: number) =>
  new Promise<void>((resolve, reject) => {
    const body = form(n)
    const request = http.request({
      agent,
      headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
      method: "POST",
      path,
      port,
    })
    request.on("error", reject)
    request.on("response", (response) => response.resume().on("end", resolve))
    request.end(body)
  })

/** µs of a request, and of that the process's own time. */
const round = async (agent: http.Agent, port: number, count: number) => {
  const usage = process.cpuUsage()
  const began = performance.now()
  for (let n = 0; n < count; n++) await post(agent, port, n)
  const { system, user } = process.cpuUsage(usage)
  return { us: ((performance.now() - began) * 1_000) / count, cpuUs: (system + user) / count }
}

const recording = (file: string, count: number, rounds: number) =>
  Effect.gen(function* () {
    const { port } = (yield* upstream).address() as AddressInfo
    const recorder = yield* makeRecorder({
      by: "bench",
      failed: (error) => {
        throw error
      },
      file,
      publicUrl: undefined,
      recorded: () => undefined,
      redaction: { keepBodies: false, keepNumbers: false, salt: "salt of the bench" },
      upstream: new URL(`http://127.0.0.1:${port}`),
      webhooksTo: undefined,
    })
    const proxy = yield* serveTraffic({ host: "127.0.0.1", port: 0 }, recorder.handler)
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const found = {
      direct: [] as Array<{ us: number; cpuUs: number }>,
      recorded: [] as Array<{ us: number; cpuUs: number }>,
    }
    yield* Effect.promise(async () => {
      await round(agent, port, count)
      await round(agent, proxy.port, count)
      for (let i = 0; i < rounds; i++) {
        found.direct.push(await round(agent, port, count))
        found.recorded.push(await round(agent, proxy.port, count))
      }
    })
    agent.destroy()
    if (recorder.soFar().api !== count * (rounds + 1)) throw new Error("not everything was recorded")
    return found
  }).pipe(Effect.scoped)

const exchange = (n: number): RecordedExchange => ({
  about: sid("SM", n),
  answer: { body: { text: answerTo(n) }, headers: [["content-type", "application/json"]], status: 201 },
  at: 1_763_456_400_000 + n,
  direction: "api",
  n,
  request: {
    body: { text: form(n) },
    headers: [["content-type", "application/x-www-form-urlencoded"]],
    method: "POST",
    url: `https://api.twilio.com${path}`,
  },
  took: 90,
})

const playback = (count: number) => {
  const exchanges = Array.from({ length: count }, (_, i) => exchange(i + 1))
  const playing = new Playing(
    {
      fields: new Map(),
      mode: "key",
      salt: undefined,
      traffic: {
        exchanges,
        header: {
          by: "bench",
          format: trafficFormat,
          kind: "traffic",
          recording: "ringback",
          redaction: { bodies: "kept", numbers: "kept", salt: "" },
          source: "https://api.twilio.com",
          started: 1_763_456_400_000,
        },
      },
    },
    () => 1_800_000_000_000,
  )
  const usage = process.cpuUsage()
  let bytes = 0
  for (const { n, request } of exchanges) {
    const found = playing.find(request)
    if ("nearest" in found) throw new Error(`exchange ${n} is not found again`)
    const answer = answerNow(found.exchange, playing.answering(found))
    if ("why" in answer) throw new Error(answer.why)
    bytes += String(answer.body).length
  }
  const { system, user } = process.cpuUsage(usage)
  return { bytes, cpuMs: (system + user) / 1_000, exchanges: count }
}

const [first = "", second = "0", third = "0"] = args
const found =
  what === "record" ? await Effect.runPromise(recording(first, Number(second), Number(third))) : playback(Number(first))
if (process.send === undefined) console.log(found)
else process.send(found)
