import { performance } from "node:perf_hooks"
import { createWebhooks, simulatedInbound } from "../../src/client/client.ts"

/* Webhooks of messages that come in, each another one, as the client library handles them: nothing of it is left out. */

const authToken = "0123456789abcdef0123456789abcdef"
const simulated = { accountSid: `AC${"0".repeat(32)}`, authToken }
const { inbound } = createWebhooks({ authToken }).onMessage(({ body }) => `you said ${body}`)

/** With the length of its body, which every server's requests have. */
const request = (n: number): Request => {
  const made = simulatedInbound(
    "https://app.example/sms",
    { from: "+15551234567", to: "+15559876543", body: "Hello", sid: `SM${String(n).padStart(32, "0")}` },
    { ...simulated, idempotencyToken: `00000000-0000-5000-a000-${String(n).padStart(12, "0")}` },
  )
  made.headers.set("Content-Length", String(bodyLength))
  return made
}
const bodyLength = 396

let made = 0
process.on("message", async ({ atOnce, count }: { readonly atOnce: number; readonly count: number }) => {
  const requests = Array.from({ length: count }, () => request(++made))
  const times: Array<number> = []
  const timed = async (asked: Request) => {
    const from = performance.now()
    const answer = await inbound.fetch(asked)
    times.push(performance.now() - from)
    return answer
  }
  const usage = process.cpuUsage()
  const began = performance.now()
  for (let i = 0; i < count; i += atOnce)
    for (const answer of await Promise.all(requests.slice(i, i + atOnce).map(timed)))
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
  const ms = performance.now() - began
  const { system, user } = process.cpuUsage(usage)
  times.sort((a, b) => a - b)
  process.send?.({
    ms,
    cpuUs: (system + user) / count,
    p50: times[Math.floor(count * 0.5)],
    p99: times[Math.floor(count * 0.99)],
  })
})
process.send?.({ ready: true })
