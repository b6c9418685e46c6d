import { createHmac } from "node:crypto"
import * as http from "node:http"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { authToken, writeSettings } from "../support/message.ts"
import { runProgram, type Server, startServer, temporaryFolder } from "../support/programs.ts"
import type { Figure, Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"

/* The conversation service: what a webhook takes beside a handler that does nothing, a minute of many at once, and lists of a million. */

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })

/** A webhook about the n-th message, signed for a URL. */
const webhookTo = (port: number, n: number): Promise<number> => {
  const params: ReadonlyArray<readonly [string, string]> = [
    ["AccountSid", `AC${"0".repeat(32)}`],
    ["Body", "Hi, when will my order be here?"],
    ["From", `+1415${String(1_000_000 + (n % 50_000))}`],
    ["MessageSid", `SM${n.toString(16).padStart(32, "0")}`],
    ["NumMedia", "0"],
    ["To", "+15550000001"],
  ]
  const url = `http://127.0.0.1:${port}/webhook/twilio/sms`
  const signed = params.reduce((text, [name, value]) => text + name + value, url)
  const body = new URLSearchParams(params.map(([name, value]) => [name, value] as [string, string])).toString()
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": Buffer.byteLength(body),
    "X-Twilio-Signature": createHmac("sha1", authToken).update(signed).digest("base64"),
  }
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const request = http.request(url, { agent, method: "POST", headers }, (answer) => {
      answer.resume()
      answer.once("end", () =>
        answer.statusCode === 200
          ? resolve(performance.now() - began)
          : reject(new Error(`answered ${answer.statusCode}`)),
      )
    })
    request.once("error", reject)
    request.end(body)
  })
}

/** So many a second for so many seconds, begun evenly whatever the answers take. */
const steadily = async (port: number, perSecond: number, seconds: number, from: number): Promise<Array<number>> => {
  const asked: Array<Promise<number>> = []
  const began = performance.now()
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = began + (i * 1_000) / perSecond
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    asked.push(webhookTo(port, from + i))
  }
  return Promise.all(asked)
}

const part = (times: ReadonlyArray<number>, share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN

/** A server that reads the form and answers an empty document. */
const bareServer = (): Promise<http.Server> =>
  new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      let text = ""
      request.setEncoding("utf8").on("data", (some: string) => {
        text += some
      })
      request.on("end", () => {
        const form = new URLSearchParams(text)
        response.writeHead(form.has("MessageSid") ? 200 : 400, { "Content-Type": "text/xml" })
        response.end("<Response/>")
      })
    })
    server.listen(0, "127.0.0.1", () => resolve(server))
  })

const webhookFigures = async ({ port }: Server, seconds: number): Promise<ReadonlyArray<Figure>> => {
  const bare = await bareServer()
  const barePort = (bare.address() as { readonly port: number }).port
  await steadily(port, 50, 2, 10_000_000)
  await steadily(barePort, 50, 2, 0)
  const floor = await steadily(barePort, 100, Math.min(seconds, 20), 0)
  const ours = await steadily(port, 100, seconds, 20_000_000)
  bare.close()
  agent.destroy()
  const [p50, p99] = [part(ours, 0.5), part(ours, 0.99)]
  return [
    {
      name: `webhook to 200, p50 of 100 a second for ${seconds} s`,
      unit: "ms",
      ours: p50,
      floor: part(floor, 0.5),
      note: `p99 ${p99.toFixed(1)} ms, bare ${part(floor, 0.99).toFixed(1)} ms; ${ours.length} of ${ours.length} were 200`,
      reach: "p50 <= 20, p99 <= 200",
      reached: p50 <= 20 && p99 <= 200,
    },
  ]
}

interface Lists {
  readonly found: ReadonlyArray<{ readonly name: string; readonly ms: number; readonly bytes: number }>
  readonly rss: number
}

const listFigure = async (messages: number, conversations: number): Promise<Figure> => {
  const { found, rss } = await runProgram<Lists>("programs/conversations.ts", String(messages), String(conversations))
  const slowest = found.reduce((most, each) => (each.ms > most.ms ? each : most))
  return {
    name: `list pages of ${messages.toLocaleString("en-US")} messages over ${conversations.toLocaleString("en-US")} conversations, the slowest: ${slowest.name}`,
    unit: "ms",
    ours: slowest.ms,
    note: `medians of 7: ${found.map(({ bytes, ms, name }) => `${name} ${ms.toFixed(2)} (${Math.round(bytes / 1_000)} kB)`).join(", ")}; ${Math.round(rss / 1_000_000)} MB resident`,
    reach: "<= 50 ms",
    reached: slowest.ms <= 50,
  }
}

export const conversations = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const [log, settings] = [join(folder, "ringback.db"), writeSettings(folder, 2, "http://app.example")]
  const server = await startServer(serveCommand(settings, log), serveEnvironment)
  const webhooks = await webhookFigures(server, quick ? 10 : 60)
  await server.end()
  return [...webhooks, await listFigure(quick ? 100_000 : 1_000_000, quick ? 5_000 : 50_000)]
}
