import * as net from "node:net"
import { bareRequest, formRequest } from "../connection.ts"
import { rssMib, watchMemory } from "../process.ts"
import type { Checks, Part, Wanted } from "../report.ts"
import { acknowledgedBy, pause, startServed, stopServed } from "../served.ts"
import { closedLoop, notDelayed, startProbe } from "../traffic.ts"

/** What one that never reads may cost: a hundred entries of the size sent here, encoded, and what Node holds of them. */
const kibibytesOfSubscriber = 1_024
const mebibytesOfTraffic = 300

/** Subscribers of the log that never read what they asked for. */
export const subscriber: Part = {
  name: "subscriber",
  what: "subscribers of /admin/log that never read",
  seconds: 20,
  run: async ({ brief, folder, seconds }: Wanted, checks: Checks) => {
    const server = await startServed(folder, "subscriber")
    const acknowledged = new Set<string>()
    const form = (n: number) => ({ To: "+15551234567", From: "+15550000001", Body: `${n} ${"x".repeat(1_500)}` })
    const send = (n: number) => formRequest(server, form(n))
    await closedLoop(server.port, 4, brief ? 0.2 : 3, send, (answer) => acknowledgedBy(answer, acknowledged))
    const probe = startProbe(server.port, 20, send)
    await pause(brief ? 300 : 3_000)
    const calm = probe.look()
    const before = rssMib(server.pid)
    const had = acknowledged.size
    const memory = watchMemory(server.pid)
    const count = brief ? 20 : 200
    const ask = bareRequest("GET", "/admin/log", server.authorization, { Accept: "text/event-stream" })
    const deaf = Array.from({ length: count }, () => {
      const socket = net.connect(server.port, "127.0.0.1", () => socket.write(ask))
      socket.on("error", () => {})
      return socket.pause()
    })
    await pause(brief ? 200 : 2_000)
    probe.look()
    await pause(seconds * 500)
    const beside = probe.look()
    await closedLoop(server.port, 4, seconds / 2, send, (answer) => acknowledgedBy(answer, acknowledged))
    notDelayed(checks, { calm, beside, leastMs: 100 })
    checks.say("entries written meanwhile, in bodies of 1.5 kB", acknowledged.size - had)
    const bound = before + mebibytesOfTraffic + (count * kibibytesOfSubscriber) / 1024
    const more = `before + ${mebibytesOfTraffic} MiB + ${kibibytesOfSubscriber} KiB for each of ${count}`
    checks.atMost(`memory (${more})`, memory.stop(), bound, "MiB")
    for (const socket of deaf) socket.destroy()
    await probe.stop()
    for (const answer of [...calm, ...beside, ...probe.look()]) acknowledgedBy(answer, acknowledged)
    await stopServed(server, checks, acknowledged)
  },
}
