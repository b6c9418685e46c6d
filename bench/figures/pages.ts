import { join } from "node:path"
import { writeSettings } from "../support/message.ts"
import { runProgram, type Server, startServer, temporaryFolder } from "../support/programs.ts"
import { type Figure, median, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"

/* What each page costs the server over many messages: the time it says itself, and the page's size. */

const endpoint = "http://app.example"
const pageMsMax = 50
const pageBytesMax = 150_000
/** Times a page is asked for; the first one, which compiles its template, does not count. */
const times = 6

/** Every page, and searches for what is there, what is rare, and what is nowhere. */
const paths: ReadonlyArray<string> = [
  "/ui/",
  "/ui/messages",
  "/ui/messages?q=parcel",
  "/ui/messages?q=body:zebra",
  "/ui/messages?q=zebra",
  "/ui/messages?q=status:failed",
  "/ui/calls",
  "/ui/callbacks",
  "/ui/callbacks?q=state:failed",
  "/ui/callbacks?q=url:zebra",
  "/ui/log",
  "/ui/log?q=zebra",
  "/ui/log?q=type:alert.raised",
  "/ui/phone",
  "/ui/settings",
  "/ui/timetravel",
  "/ui/timetravel?at=50000",
  "/ui/timetravel?at=50000&list=callbacks",
  "/ui/forks",
]

interface Asked {
  readonly path: string
  readonly ms: number
  /** Process time of all the server's threads for one page; it drifts less than the time does on a machine that others use. */
  readonly cpuMs: number
  readonly bytes: number
}

const ask = async ({ port, stopwatch }: Server, path: string): Promise<Asked> => {
  const took: Array<number> = []
  let bytes = 0
  let spent = stopwatch()
  for (let i = 0; i < times; i++) {
    if (i === 1) spent = stopwatch()
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    bytes = (await answer.arrayBuffer()).byteLength
    const ms = Number(/dur=([\d.]+)/.exec(answer.headers.get("server-timing") ?? "")?.[1] ?? Number.NaN)
    if (i > 0) took.push(ms)
  }
  return { path, ms: median(took), cpuMs: (spent() ?? Number.NaN) / 1_000 / (times - 1), bytes }
}

/** Pages ask for the index of the log when it is there: it is made while nobody waits. */
const indexed = async ({ port }: Server): Promise<void> => {
  for (;;) {
    const page = await (await fetch(`http://127.0.0.1:${port}/ui/timetravel`)).text()
    if (page.includes('id="slider"')) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Server time of every page with 100,000 messages: the slowest counts. */
export const pages = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const [log, settings] = [join(folder, "ringback.db"), writeSettings(folder, 2, endpoint)]
  const messages = quick ? 10_000 : 100_000
  await runProgram("programs/simulate.ts", "engine", settings, log, String(messages), `${endpoint}/status`)
  const server = await startServer(serveCommand(settings, log), serveEnvironment)
  await indexed(server)
  const asked: Array<Asked> = []
  for (const path of paths) asked.push(await ask(server, path))
  await server.end()
  const slowest = asked.reduce((most, each) => (each.ms > most.ms ? each : most))
  const largest = Math.max(...asked.map(({ bytes }) => bytes))
  const all = asked.map(({ cpuMs, ms, path }) => `${path} ${ms.toFixed(1)} (CPU ${cpuMs.toFixed(1)})`).join(", ")
  return [
    {
      name: `the slowest of ${asked.length} pages with ${messages.toLocaleString("en-US")} messages: ${slowest.path}`,
      unit: "ms",
      ours: slowest.ms,
      note: `medians of ${times - 1}: ${all}; the largest ${Math.round(largest / 1_000)} kB`,
      reach: `<= ${pageMsMax} ms, ${pageBytesMax / 1_000} kB`,
      reached: slowest.ms <= pageMsMax && largest <= pageBytesMax,
    },
  ]
}
