import * as net from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startApplication } from "./badEndpoints.ts"
import { type Answer, bareRequest, connectAll, formRequest } from "./connection.ts"
import { openFiles, rssMib } from "./process.ts"
import { Checks } from "./report.ts"
import { acknowledgedBy, pause, type Served, startServed, stopServed } from "./served.ts"
import { close, openLoop, quantile } from "./traffic.ts"

/** One look at a server under steady traffic. */
export interface Sample {
  /** Host seconds since the traffic began. */
  readonly at: number
  /** MiB, after collecting garbage and clearing what the world keeps. */
  readonly heap: number
  readonly rss: number
  readonly handles: number
  readonly files: number
  /** Latency in ms of the requests since the last look. */
  readonly p50: number
  readonly p99: number
}

export interface Soak {
  readonly samples: ReadonlyArray<Sample>
  readonly requests: number
  readonly checks: Checks
}

export interface SoakOptions {
  readonly folder: string
  readonly seconds: number
  /** Requests a second. */
  readonly rate: number
  /** Host seconds between two looks. */
  readonly every: number
  readonly brief: boolean
  readonly told: (sample: Sample) => void
}

const failureNumber = "+15559999999"

/** What may be asked of a server, in turn: sends with and without callbacks, failures, wrong requests, fetches, lists. */
const requests = (server: Served, url: string, sids: ReadonlyArray<string>) => {
  const send = (form: Readonly<Record<string, string>>) =>
    formRequest(server, { To: "+15551234567", From: "+15550000001", ...form })
  const get = (path: string) => bareRequest("GET", path, server.authorization)
  const message = (n: number) => server.messages.replace(".json", `/${sids[n % sids.length] ?? "SMnone"}.json`)
  const kinds: ReadonlyArray<(n: number) => string> = [
    (n) => send({ Body: `with a callback, ${n}`, StatusCallback: `${url}/status` }),
    (n) => send({ Body: `without one, ${n}` }),
    (n) => get(message(n)),
    (n) => send({ Body: `will fail, ${n}`, To: failureNumber, StatusCallback: `${url}/status` }),
    () => get(`${server.messages}?PageSize=20`),
    () => send({ Body: "to no number", To: "12" }),
    (n) => get(message(n * 7)),
    (n) => send({ Body: `to nobody who listens, ${n}`, StatusCallback: "http://127.0.0.1:9/status" }),
  ]
  return (n: number) => (kinds[n % kinds.length] as (n: number) => string)(n)
}

/** Steady mixed traffic; at each look the world is cleared, so that what is left is what would grow for ever. */
export const soak = async ({ brief, every, folder, rate, seconds, told }: SoakOptions): Promise<Soak> => {
  const checks = new Checks(brief)
  const watch = join(folder, "watch.sock")
  const preload = fileURLToPath(new URL("./watch.cjs", import.meta.url)).replaceAll("\\", "\\\\")
  const env = { NODE_OPTIONS: `--require "${preload}"`, RINGBACK_WATCH: watch }
  const server = await startServed(folder, "soak", { delaySeconds: 0.2, retryDelaySeconds: 0.2, env })
  const application = await startApplication()
  const connections = await connectAll(server.port, 16)
  const acknowledged = new Set<string>()
  let recent: Array<string> = []
  const took = (answer: Answer) => {
    const had = acknowledged.size
    acknowledgedBy(answer, acknowledged)
    if (acknowledged.size > had) recent.push([...answer.body.matchAll(/SM[0-9a-f]{32}/g)][0]?.[0] ?? "")
  }
  const samples: Array<Sample> = []
  const statuses = new Map<number, number>()
  const began = performance.now()
  let [sent, lost, unsent] = [0, 0, 0]
  while (performance.now() - began < seconds * 1_000) {
    const request = requests(server, application.url, recent)
    const offset = sent
    const traffic = await openLoop({ connections, rate, seconds: every, took, request: (n) => request(n + offset) })
    sent += traffic.sent
    lost += traffic.lost
    unsent += traffic.due - traffic.sent
    for (const [status, ms] of traffic.byStatus) statuses.set(status, (statuses.get(status) ?? 0) + ms.length)
    const sample = await look(server, watch, (performance.now() - began) / 1_000, [...traffic.byStatus.values()].flat())
    samples.push(sample)
    told(sample)
    recent = []
    application.forget()
  }
  close(connections)
  const by = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`)
  checks.say("requests", sent)
  checks.say("answers by status", by.join(", "))
  checks.is("without an answer", lost, 0)
  const noneFree = "not sent, because no connection was free"
  // Of half a traffic nothing can be said; how much is sent depends on the machine.
  if (brief) checks.say(noneFree, unsent)
  else checks.atMost(noneFree, unsent, (sent + unsent) / 2)
  checks.is("answered otherwise than 200, 201, 400, 404", [...statuses.keys()].filter(unwanted).join(), "")
  if (!brief) flatness(samples, checks)
  await stopServed(server, checks, acknowledged)
  application.close()
  return { samples, requests: sent, checks }
}

const unwanted = (status: number) => ![200, 201, 400, 404].includes(status)

/** Lets what is under way end, has the world forget its messages, and looks at what is left. */
const look = async (server: Served, watch: string, at: number, ms: ReadonlyArray<number>): Promise<Sample> => {
  await pause(1_500)
  const cleared = await server.ask("/clear/all", { method: "POST" })
  if (cleared.status !== 200) throw new Error(`clearing was answered ${cleared.status}`)
  await pause(500)
  const { heap, handles } = await asked(watch)
  return {
    at: Math.round(at),
    heap: heap / 2 ** 20,
    rss: rssMib(server.pid),
    handles,
    files: openFiles(server.pid) ?? 0,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
  }
}

const asked = (watch: string): Promise<{ readonly heap: number; readonly handles: number }> =>
  new Promise((resolve, reject) => {
    let text = ""
    const socket = net.connect(watch, () => socket.write("?"))
    socket.setEncoding("utf8").on("data", (more: string) => {
      text += more
    })
    socket.on("error", reject)
    socket.on("end", () => resolve(JSON.parse(text)))
  })

/** How a figure goes: the line of least squares through its samples, as its rise over the whole time. */
export const rise = (samples: ReadonlyArray<readonly [at: number, value: number]>): number => {
  const n = samples.length
  const [x, y] = [0, 1].map((i) => samples.reduce((sum, sample) => sum + (sample[i] as number), 0) / n) as [
    number,
    number,
  ]
  const over = samples.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0)
  const under = samples.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
  const span = (samples.at(-1)?.[0] ?? 0) - (samples[0]?.[0] ?? 0)
  return under === 0 ? 0 : (over / under) * span
}

/** What each figure may rise over the whole time, by the middle of its values and at least by so much. */
const tolerances = [
  ["heap", 0.1, 5, "MiB"],
  ["rss", 0.25, 50, "MiB"],
  ["handles", 0, 5, ""],
  ["files", 0, 10, ""],
  ["p50", 1, 10, "ms"],
  ["p99", 1, 100, "ms"],
] as const

/** The first fifth is the start: code is compiled, caches fill. */
const flatness = (samples: ReadonlyArray<Sample>, checks: Checks): void => {
  const steady = samples.slice(Math.floor(samples.length / 5))
  for (const [name, share, least, unit] of tolerances) {
    const values = steady.map((sample) => sample[name])
    checks.say(`${name}, middle`, quantile(values, 0.5), unit)
    const most = Math.max(least, share * quantile(values, 0.5))
    checks.atMost(`${name}, rise over the run`, rise(steady.map((sample) => [sample.at, sample[name]])), most, unit)
  }
}

const columns = ["at", "heap", "rss", "handles", "files", "p50", "p99"] as const
const heads = ["s", "heap MiB", "RSS MiB", "handles", "files", "p50 ms", "p99 ms"]

/** A sample as a row of the table under `curveHead`. */
const row = (sample: Sample): string =>
  columns.map((name) => String(Number(sample[name].toPrecision(3))).padStart(9)).join("")

/** The run as a table with a bar for the heap, at most twenty rows. */
export const curve = (samples: ReadonlyArray<Sample>): string => {
  const every = Math.ceil(samples.length / 20)
  const shown = samples.filter((_, i) => (samples.length - 1 - i) % every === 0)
  const most = Math.max(...samples.map(({ heap }) => heap))
  return [
    heads.map((head) => head.padStart(9)).join(""),
    ...shown.map((sample) => `${row(sample)}  ${"#".repeat(Math.round((sample.heap / most) * 40))}`),
  ].join("\n")
}
