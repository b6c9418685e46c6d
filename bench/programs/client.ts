import { performance } from "node:perf_hooks"
import { createClient } from "../../src/client/client.ts"
import { accountSid, authToken, numberedForm, path } from "../support/message.ts"

/* Sends messages to a server, so many at once: by the client library, or by bare `fetch` with the same body. */

const [how, port, count, inFlight] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
]
const baseUrl = `http://127.0.0.1:${port}`

const byClient = () => {
  const client = createClient({ accountSid, authToken, baseUrl, limits: false, connectionsMax: inFlight })
  return async (n: number) => {
    const { Body: body = "", From: from = "", To: to = "" } = Object.fromEntries(numberedForm(n))
    return (await client.messages.send({ to, from, body })).sid
  }
}

const byFetch = () => {
  const headers = {
    Authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`,
    "Content-Type": "application/x-www-form-urlencoded",
  }
  return async (n: number) => {
    const body = new URLSearchParams(Object.fromEntries(numberedForm(n))).toString()
    const answer = await fetch(baseUrl + path, { method: "POST", headers, body })
    if (answer.status !== 201) throw new Error(`answered ${answer.status}`)
    return ((await answer.json()) as { readonly sid: string }).sid
  }
}

const send = how === "client" ? byClient() : byFetch()
let next = 1_000_000
const some = async (many: number) => {
  const sids = new Set<string>()
  const end = next + many
  const worker = async () => {
    while (next < end) sids.add(await send(next++))
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  if (sids.size !== many) throw new Error(`${sids.size} messages of ${many}`)
}

await some(Math.ceil(count / 5))
const began = performance.now()
const usage = process.cpuUsage()
await some(count)
const { system, user } = process.cpuUsage(usage)
const found = { ms: performance.now() - began, cpuMs: (system + user) / 1000 }
if (process.send === undefined) console.log(found)
else process.send(found)
