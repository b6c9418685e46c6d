import { bareRequest, type Connection, connectAll, formRequest } from "../connection.ts"
import { openFilesMax, rssMib } from "../process.ts"
import type { Checks, Part, Wanted } from "../report.ts"
import { acknowledgedBy, pause, startServed, stopServed } from "../served.ts"
import { close, notDelayed, startProbe } from "../traffic.ts"

/** Files this process and the server need besides the connections. */
const filesKept = 1_000

/** What a connection may cost; its buffers are the kernel's. */
const kibibytesOfConnection = 32

const form = { To: "+15551234567", From: "+15550000001", Body: "beside idle connections" }

/** Connections that are open and say nothing. */
export const idle: Part = {
  name: "idle",
  what: "10,000 idle connections",
  seconds: 20,
  run: async ({ brief, folder, seconds }: Wanted, checks: Checks) => {
    const wanted = brief ? 300 : 10_000
    const count = Math.min(wanted, openFilesMax() - filesKept)
    if (count < wanted) checks.skipped = `${wanted} connections: ulimit -n allows ${count} here`
    if (count < 1) return
    const server = await startServed(folder, "idle")
    const probe = startProbe(server.port, 20, () => formRequest(server, form))
    await pause(brief ? 300 : 3_000)
    const calm = probe.look()
    const before = rssMib(server.pid)
    const connections = await connectAll(server.port, count)
    checks.is("connections taken", connections.length, count)
    // A connection that never asked for anything is cut like any slow caller; these have, and are kept.
    const all = () => Promise.all(connections.map((one) => health(one, server.authorization)))
    checks.is("answered once", (await all()).filter((status) => status === 200).length, count)
    probe.look()
    await pause(Math.min(seconds, 50) * 1_000)
    const beside = probe.look()
    const after = rssMib(server.pid)
    checks.say("memory without them", before, "MiB")
    checks.say("memory with them", after, "MiB")
    if (!brief) checks.atMost("memory a connection", ((after - before) * 1024) / count, kibibytesOfConnection, "KiB")
    notDelayed(checks, { calm, beside, leastMs: 100 })
    checks.is("still answered afterwards", (await all()).filter((status) => status === 200).length, count)
    close(connections)
    await probe.stop()
    const acknowledged = new Set<string>()
    for (const answer of [...calm, ...beside, ...probe.look()]) acknowledgedBy(answer, acknowledged)
    await stopServed(server, checks, acknowledged)
  },
}

const health = (connection: Connection, authorization: string): Promise<number> =>
  new Promise((resolve) =>
    connection.ask(bareRequest("GET", "/health", authorization), performance.now(), (answer) =>
      resolve(answer?.status ?? 0),
    ),
  )
