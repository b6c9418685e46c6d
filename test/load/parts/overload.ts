import { type Answer, bareRequest, type Connection, connectAll, formRequest } from "../connection.ts"
import { openFilesMax, rssMib, watchMemory } from "../process.ts"
import type { Checks, Part, Wanted } from "../report.ts"
import { acknowledgedBy, pause, startServed, stopServed } from "../served.ts"
import { close, closedLoop, openLoop, quantile, startProbe, type Traffic } from "../traffic.ts"

/** What a message may add to the memory of the process that holds it, and what collecting garbage in a hurry takes. */
const [kibibytesOfMessage, mebibytesOfHurry] = [3, 300]

const form = (n: number) => ({ To: "+15551234567", From: "+15550000001", Body: `number ${n} of a load too high` })

/** Ten times what the server can do. */
export const overload: Part = {
  name: "overload",
  what: "ten times the requests it can answer",
  seconds: 60,
  run: async ({ brief, folder, seconds }: Wanted, checks: Checks) => {
    const server = await startServed(folder, "overload")
    const acknowledged = new Set<string>()
    const shapes = new Set<string>()
    const took = (answer: Answer) => {
      acknowledgedBy(answer, acknowledged)
      if (answer.status !== 201) shapes.add(shapeOf(answer.status, answer.body))
    }
    const request = (n: number) => formRequest(server, form(n))
    const can = await closedLoop(server.port, 64, brief ? 0.3 : 5, request, took)
    checks.say("answers it can give", can, "/s")
    const probe = startProbe(server.port, 20, request)
    await pause(brief ? 300 : 3_000)
    const calm = probe.look()
    const calmMs = calm.map(({ ms }) => ms)
    checks.say("latency before, p50", quantile(calmMs, 0.5), "ms")
    checks.say("latency before, p99", quantile(calmMs, 0.99), "ms")

    const connections = await connectAll(server.port, Math.min(brief ? 400 : 4_000, openFilesMax() - 500))
    await warm(connections, bareRequest("GET", "/health", server.authorization))
    const before = rssMib(server.pid)
    const had = acknowledged.size
    const memory = watchMemory(server.pid)
    const bytes = Buffer.from(request(0))
    const traffic = await openLoop({ connections, request: () => bytes, rate: can * 10, seconds, took })
    const ended = performance.now()
    tellTraffic(checks, traffic, connections.length)
    // So few connections cannot have more than the engine takes.
    if (!brief) checks.atLeast("answered 429", traffic.byStatus.get(429)?.length ?? 0, 1)
    close(connections)
    const meanwhile = probe.look()
    await pause(brief ? 300 : 5_000)
    const after = probe.look()
    await probe.stop()
    const normal = Math.max(100, 3 * quantile(calmMs, 0.99))
    const slow = after.filter(({ ms, status }) => status !== 201 || ms > normal)
    checks.within(`latency below ${Math.round(normal)} ms again after`, (slow.at(-1)?.at ?? ended) - ended, 2_000)
    if (!brief) checks.is("answered after it", [...new Set(after.slice(-10).map(({ status }) => status))].join(), "201")
    for (const answer of [...calm, ...meanwhile, ...after]) acknowledgedBy(answer, acknowledged)

    checks.say("messages acknowledged", acknowledged.size)
    const bound = before + mebibytesOfHurry + ((acknowledged.size - had) * kibibytesOfMessage) / 1024
    const allowed = `before + ${mebibytesOfHurry} MiB + ${kibibytesOfMessage} KiB a message`
    checks.atMost(`memory (${allowed})`, memory.stop(), bound, "MiB")
    checks.is("refusals in another shape than Twilio's", [...shapes].filter((shape) => shape !== "").join("; "), "")
    await stopServed(server, checks, acknowledged)
  },
}

/** One answer on each connection, so that the server has taken them all. */
const warm = (connections: ReadonlyArray<Connection>, request: string) =>
  Promise.all(
    connections.map((connection) => new Promise((resolve) => connection.ask(request, performance.now(), resolve))),
  )

const tellTraffic = (checks: Checks, { byStatus, due, lost, seconds, sent }: Traffic, connections: number) => {
  checks.say("requests that fell due", due / seconds, "/s")
  checks.say(`of these sent, over ${connections} connections`, sent / seconds, "/s")
  checks.is("of these without an answer", lost, 0)
  for (const [status, ms] of [...byStatus].sort(([a], [b]) => a - b)) {
    checks.say(`answered ${status}`, ms.length / seconds, "/s")
    const refused = status === 429 || status === 503
    const held = (what: string, value: number, most: number) =>
      refused ? checks.within(what, value, most) : checks.say(what, value, "ms")
    held(`answered ${status}, p50`, quantile(ms, 0.5), 1_000)
    held(`answered ${status}, p99`, quantile(ms, 0.99), 2_000)
  }
  const other = [...byStatus.keys()].filter((status) => ![201, 429, 503].includes(status))
  checks.is("answered otherwise than 201, 429, 503", other.join(" "), "")
}

/** Empty when a refusal is in Twilio's error shape. */
const shapeOf = (status: number, body: string): string => {
  try {
    const error = JSON.parse(body) as Readonly<Record<string, unknown>>
    const code = status === 429 ? 20429 : 20503
    const keys = Object.keys(error).sort().join()
    if (error.status === status && error.code === code && keys === "code,message,more_info,status") return ""
  } catch {
    // No JSON: told as it is.
  }
  return `${status} ${body.slice(0, 200)}`
}
