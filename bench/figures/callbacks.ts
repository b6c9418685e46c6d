import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { sendRequest, writeSettings } from "../support/message.ts"
import {
  type Program,
  programFile,
  type Server,
  startProgram,
  startServer,
  temporaryFolder,
} from "../support/programs.ts"
import { alternate, each, type Figure, figure, type Measured, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"
import { rowsAfter } from "../support/stored.ts"

const connections = 32
const entriesOfFirstMessage = 40

/** Sends messages and waits for the last of their callbacks, two each. */
const round =
  (load: Program, listener: Program, url: string, { port, stopwatch }: Server) =>
  async (count: number): Promise<Measured> => {
    const spent = stopwatch()
    const began = performance.timeOrigin + performance.now()
    const all = listener.ask<{ readonly at: number }>({ expect: 2 * count })
    await load.ask({ port, request: sendRequest(url), connections, count })
    const { at } = await all
    return { value: (count / (at - began)) * 1000, cpuUs: each(spent(), count) }
  }

/** The bodies of the callbacks that the log says were sent. */
const callbackBodies = (log: string): ReadonlyArray<string> =>
  rowsAfter(log, 0, entriesOfFirstMessage)
    .map(({ data }) => JSON.parse(data) as { readonly purpose?: string; readonly params: Array<[string, string]> })
    .filter(({ purpose }) => purpose === "callback")
    .map(({ params }) => new URLSearchParams(params).toString())

export const callbacks = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  const load = await startProgram("programs/load.ts")
  const listener = await startProgram("programs/listener.ts")
  const url = `http://127.0.0.1:${(await listener.next<{ readonly port: number }>()).port}/status`
  const exchange = await startServer(serveCommand(writeSettings(folder, 0), log), serveEnvironment)
  const first = listener.ask({ expect: 2 })
  const { body: answer } = await load.ask<{ readonly body: string }>({
    port: exchange.port,
    request: sendRequest(url),
    connections: 1,
    count: 1,
  })
  await first
  const bodies = callbackBodies(log)
  if (bodies.length !== 2) throw new Error(`expected two callbacks in the log, found ${bodies.length}`)
  const headers = {
    Accept: "*/*",
    "Content-Type": "application/x-www-form-urlencoded",
    "I-Twilio-Idempotency-Token": "00000000-0000-5000-a000-000000000000",
    "User-Agent": "TwilioProxy/1.1",
    "X-Twilio-Signature": "A".repeat(28),
  }
  const sample = JSON.stringify({ answer, url, headers, bodies })
  const floor = await startServer([await programFile("floors/callbacks.ts"), sample])
  const ours = round(load, listener, url, exchange)
  const bare = round(load, listener, url, floor)

  const [rounds, count] = quick ? [3, 1_000] : [5, 3_000]
  await bare(count)
  await ours(count)
  const found = await alternate(
    rounds,
    () => bare(count),
    () => ours(count),
  )
  await Promise.all([exchange.end(), floor.end()])
  load.end()
  listener.end()
  return [
    figure(
      { name: "messages with two callbacks each to a local listener", unit: "/s", reach: ">= 0.5" },
      found,
      (ratio) => ratio >= 0.5,
    ),
  ]
}
