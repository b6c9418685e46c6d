import Database from "better-sqlite3"
import { outboundAnswered, outboundFailed, outboundRequested } from "../../../src/core/entries.ts"
import { type Application, type Endpoint, manners, startApplication, startEndpoint } from "../badEndpoints.ts"
import { formRequest } from "../connection.ts"
import { rssMib, watchMemory } from "../process.ts"
import type { Checks, Part, Wanted } from "../report.ts"
import { acknowledgedBy, pause, type Served, startServed, stopServed } from "../served.ts"
import { closedLoop, quantile } from "../traffic.ts"

/** Host ms between two messages to the application that is as it should be, and the virtual delay of its reports. */
const [everyMs, delaySeconds] = [50, 0.2]

/** Host ms an attempt may take: 60 s until it is sent, 15 s for its answer, and something for a busy machine. */
const attemptMsMax = 60_000 + 15_000 + 5_000

/** Endpoints that do to callbacks what they should not. */
export const endpoints: Part = {
  name: "endpoints",
  what: "callback endpoints that hang, drip, reset, answer 100 MB, redirect for ever",
  seconds: 80,
  run: async (wanted: Wanted, checks: Checks) => {
    for (const pace of ["real", "60x"]) await atPace(pace, wanted, checks)
  },
}

const atPace = async (pace: string, { brief, folder, seconds }: Wanted, checks: Checks) => {
  const server = await startServed(folder, `endpoints-${pace}`, { pace, delaySeconds, retryDelaySeconds: 1 })
  const application = await startApplication()
  const bad = new Map<string, Endpoint>()
  // Four of each that hold on to what calls them: together they could have every request in flight.
  for (const [what, manner] of manners)
    for (let n = 0; n < (/hangs|drips/.test(what) ? 4 : 1); n++)
      bad.set(n === 0 ? what : `${what} ${n + 1}`, await startEndpoint(manner))
  const acknowledged = new Set<string>()
  const speed = pace === "real" ? 1 : Number.parseFloat(pace)
  const calm = await reportsTo(application, server, brief ? 500 : 5_000, speed, acknowledged)
  const before = rssMib(server.pid)
  const memory = watchMemory(server.pid)
  const urls = [...bad.values()].map(({ url }) => url)
  const bodies = (n: number) =>
    formRequest(server, {
      To: "+15551234567",
      From: "+15550000001",
      Body: `to a bad endpoint, ${n}`,
      StatusCallback: `${urls[n % urls.length]}/status`,
    })
  await closedLoop(server.port, 4, brief ? 0.1 : 3, bodies, (answer) => acknowledgedBy(answer, acknowledged))
  const sent = acknowledged.size
  const beside = await reportsTo(application, server, seconds * 1_000, speed, acknowledged)
  checks.say(`${pace}: messages in all, of which to the application`, `${sent}, ${beside.length / 2}`)
  checks.is(`${pace}: reports to it that never came`, beside.filter((ms) => ms === undefined).length, 0)
  const [alone, delayed] = [calm, beside].map((all) =>
    quantile(
      all.map((ms) => ms ?? 0),
      0.95,
    ),
  ) as [number, number]
  checks.say(`${pace}: reports to it alone, p95 late`, alone, "ms")
  checks.within(`${pace}: reports to it beside them, p95 late`, delayed, Math.max(250, 3 * alone))
  const openMax = Math.max(...[...bad.values()].map((endpoint) => endpoint.openMax()))
  checks.atMost(`${pace}: connections to one endpoint`, openMax, 70)
  checks.atMost(`${pace}: of 100 MB taken at most`, (bad.get("answers 100 MB")?.sentMax() ?? 0) / 2 ** 20, 16, "MiB")
  checks.atMost(`${pace}: memory (before ${Math.round(before)} MiB)`, memory.stop(), before + 300, "MiB")
  await stopServed(server, checks, acknowledged)
  tellAttempts(server.db, pace, speed, checks, brief)
  for (const endpoint of [application, ...bad.values()]) endpoint.close()
}

/** Sends messages to the application for a while; how many ms late each report came, undefined if it never did. */
const reportsTo = async (
  { arrived, url }: Application,
  server: Served,
  ms: number,
  speed: number,
  acknowledged: Set<string>,
): Promise<ReadonlyArray<number | undefined>> => {
  const asked: Array<readonly [sid: string, at: number]> = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    const began = performance.now()
    const { json, status } = await server.send({ StatusCallback: `${url}/status` })
    if (status !== 201) throw new Error(`a message was answered ${status}`)
    acknowledged.add(json.sid)
    asked.push([json.sid, performance.now()])
    await pause(Math.max(1, began + everyMs - performance.now()))
  }
  const hopeless = performance.now() + 20_000
  while (asked.some(([sid]) => !arrived.has(`${sid} delivered`)) && performance.now() < hopeless) await pause(20)
  const delay = (delaySeconds * 1_000) / speed
  return asked.flatMap(([sid, at]) =>
    ["sent", "delivered"].map((status, i) => {
      const came = arrived.get(`${sid} ${status}`)
      return came === undefined ? undefined : came - at - (i + 1) * delay
    }),
  )
}

/** How every attempt ended, and how long the longest took of the run's own time, in host ms. */
const tellAttempts = (db: string, pace: string, speed: number, checks: Checks, brief: boolean) => {
  const log = new Database(db, { readonly: true })
  try {
    const rows = log
      .prepare<[], { readonly seq: number; readonly at: number; readonly cause: number; type: string; data: string }>(
        `SELECT e.seq, e.at, e.cause, t.name AS type, e.data FROM entries e JOIN types t ON t.id = e.type
         WHERE t.name GLOB 'outbound.*' ORDER BY e.seq`,
      )
      .all()
    const asked = new Map<number, number>()
    const ends = new Map<string, number>()
    let longest = 0
    for (const { at, cause, data, seq, type } of rows) {
      if (type === outboundRequested.type) {
        asked.set(seq, at)
        continue
      }
      longest = Math.max(longest, at - (asked.get(cause) ?? at))
      asked.delete(cause)
      const { detail, reason, status } = JSON.parse(data) as Readonly<Record<string, string>>
      const end = type === outboundAnswered.type ? String(status) : [reason, detail].filter(Boolean).join(" ")
      if (type === outboundAnswered.type || type === outboundFailed.type) ends.set(end, (ends.get(end) ?? 0) + 1)
    }
    const told = [...ends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([end, n]) => `${end}: ${n}`)
    checks.say(`${pace}: attempts`, told.join(", "))
    checks.within(`${pace}: longest attempt`, longest / speed, attemptMsMax)
    if (!brief) checks.say(`${pace}: attempts under way at the end`, asked.size)
  } finally {
    log.close()
  }
}
