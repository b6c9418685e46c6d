import { performance } from "node:perf_hooks"

/* The least for a webhook: read its form, answer a document. No signature, duplicates, order, log or metric. */

const request = (n: number): Request => {
  const body = new URLSearchParams({
    MessageSid: `SM${String(n).padStart(32, "0")}`,
    AccountSid: `AC${"0".repeat(32)}`,
    From: "+15551234567",
    To: "+15559876543",
    Body: "Hello",
    NumMedia: "0",
    NumSegments: "1",
    ApiVersion: "2010-04-01",
  }).toString()
  return new Request("https://app.example/sms", {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": String(body.length),
      "X-Twilio-Signature": "A".repeat(27).concat("="),
    },
    body,
  })
}

const handle = async (asked: Request): Promise<Response> => {
  const form = new URLSearchParams(await asked.text())
  return new Response(`<Response><Message>you said ${form.get("Body")}</Message></Response>`, {
    headers: { "Content-Type": "text/xml" },
  })
}

let made = 0
process.on("message", async ({ atOnce, count }: { readonly atOnce: number; readonly count: number }) => {
  const requests = Array.from({ length: count }, () => request(++made))
  const usage = process.cpuUsage()
  const began = performance.now()
  for (let i = 0; i < count; i += atOnce)
    for (const answer of await Promise.all(requests.slice(i, i + atOnce).map(handle)))
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
  const ms = performance.now() - began
  const { system, user } = process.cpuUsage(usage)
  process.send?.({ ms, cpuUs: (system + user) / count })
})
process.send?.({ ready: true })
