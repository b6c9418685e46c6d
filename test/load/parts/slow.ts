import * as net from "node:net"
import { limits } from "../../../src/core/limits.ts"
import { type Answer, bareRequest, formRequest } from "../connection.ts"
import { openFiles, rssMib, watchMemory } from "../process.ts"
import type { Checks, Part, Wanted } from "../report.ts"
import { acknowledgedBy, pause, type Served, startServed, stopServed } from "../served.ts"
import { notDelayed, startProbe } from "../traffic.ts"

const form = { To: "+15551234567", From: "+15550000001", Body: "beside slow clients" }

/** A client on a socket of its own, and how long the server bore it. */
interface Slow {
  readonly socket: net.Socket
  readonly began: number
  endedAt: number | undefined
  text: string
}

const blind = "never read the answers they ask for"

type Manner = (server: Served, slow: Slow) => void

const drip =
  (bytes: string, everyMs: number): Manner =>
  (_, { socket }) => {
    let sent = 0
    const timer = setInterval(() => socket.write(bytes[sent++ % bytes.length] ?? ""), everyMs)
    socket.once("close", () => clearInterval(timer))
  }

const manners: ReadonlyMap<string, Manner> = new Map<string, Manner>([
  ["say nothing", () => {}],
  ["send the head byte by byte", (server, slow) => drip(formRequest(server, form), 500)(server, slow)],
  [
    "send the body byte by byte",
    (server, slow) => {
      const head = formRequest(server, form).replace(/Content-Length: \d+/, "Content-Length: 60000")
      slow.socket.write(head)
      drip("x", 500)(server, slow)
    },
  ],
  [
    blind,
    (server, { socket }) => {
      socket.pause()
      const list = `${server.messages}?PageSize=1000`
      socket.write(bareRequest("GET", list, server.authorization).repeat(4))
    },
  ],
])

const start = (server: Served, manner: Manner): Slow => {
  const socket = net.connect(server.port, "127.0.0.1")
  const slow: Slow = { socket, began: performance.now(), endedAt: undefined, text: "" }
  socket.on("error", () => {})
  socket.on("data", (chunk) => {
    slow.text += chunk.toString("latin1").slice(0, 100)
  })
  socket.once("close", () => {
    slow.endedAt = performance.now()
  })
  socket.once("connect", () => manner(server, slow))
  return slow
}

/** Clients that take their time. */
export const slow: Part = {
  name: "slow",
  what: "clients that send byte by byte, or never read",
  seconds: (limits.requestMsMax + 15_000) / 1_000,
  run: async ({ brief, folder, seconds }: Wanted, checks: Checks) => {
    const server = await startServed(folder, "slow")
    const acknowledged = new Set<string>()
    const probe = startProbe(server.port, 20, () => formRequest(server, form))
    const took = () => {
      const answers = probe.look()
      for (const answer of answers) acknowledgedBy(answer, acknowledged)
      return answers
    }
    await fill(server, brief ? 30 : 1_000, acknowledged)
    took()
    await pause(brief ? 300 : 3_000)
    const calm = took()
    // Up to 128 MiB of answers wait at once; what was waited for is garbage that V8 collects late.
    const before = rssMib(server.pid)
    const filesBefore = openFiles(server.pid)
    const memory = watchMemory(server.pid)
    const each = brief ? 25 : 500
    const crowd = [...manners].map(
      ([what, manner]) =>
        [what, Array.from({ length: what === blind ? each * 0.4 : each }, () => start(server, manner))] as const,
    )
    const beside: Array<Answer> = []
    const end = performance.now() + seconds * 1_000
    while (performance.now() < end) {
      await pause(500)
      beside.push(...took())
    }
    notDelayed(checks, { calm, beside, leastMs: 250 })
    const files = openFiles(server.pid)
    if (!brief && files !== undefined && filesBefore !== undefined)
      checks.atMost("connections of slow clients still open", files - filesBefore, 5)
    for (const [what, slows] of crowd) tellCrowd(checks, what, slows, brief)
    const allowed = before + 1_024
    checks.atMost("memory (before + 1 GiB)", memory.stop(), allowed, "MiB")
    for (const { socket } of crowd.flatMap(([, slows]) => slows)) socket.destroy()
    await probe.stop()
    took()
    await stopServed(server, checks, acknowledged)
  },
}

/** Those who never read do not see their end: the server's open files show it. */
const tellCrowd = (checks: Checks, what: string, slows: ReadonlyArray<Slow>, brief: boolean) => {
  const ended = slows.filter(({ endedAt }) => endedAt !== undefined)
  const longest = Math.max(0, ...ended.map(({ began, endedAt = began }) => endedAt - began))
  if (what === blind) return
  if (brief) return checks.say(`${slows.length} that ${what}: cut so far`, ended.length)
  checks.is(`${slows.length} that ${what}: cut`, ended.length, slows.length)
  checks.say(`${slows.length} that ${what}: borne for at most`, longest / 1_000, "s")
}

/** Messages for lists that are long. */
const fill = async (server: Served, count: number, acknowledged: Set<string>) => {
  for (let n = 0; n < count; n++) {
    const { status, text } = await server.send({ Body: "x".repeat(1_500) })
    acknowledgedBy({ status, body: text, ms: 0, at: 0 }, acknowledged)
  }
}
