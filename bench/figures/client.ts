import { writeSettings } from "../support/message.ts"
import { runProgram, startServer, temporaryFolder } from "../support/programs.ts"
import { alternate, type Figure, figure, type Measured, median, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"

interface Sent {
  readonly ms: number
  readonly cpuMs: number
}
interface Virtual {
  readonly ms: number
  readonly virtualMs: number
  readonly sent: number
  readonly requests: number
}

const inFlight = 50
/** So far away that only the sends themselves are work. */
const delaySeconds = 366 * 24 * 3600
const virtualMsMax = 5_000

/** Sends of the client library beside bare `fetch`, to the same exchange; process times are those of who sends. */
export const clientSends = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const settings = writeSettings(temporaryFolder(), delaySeconds)
  const exchange = await startServer(serveCommand(settings, ":memory:"), serveEnvironment)
  const count = quick ? 1_500 : 5_000
  const sends = async (how: "client" | "fetch"): Promise<Measured> => {
    const args = [exchange.port, count, inFlight].map(String)
    const { cpuMs, ms } = await runProgram<Sent>("programs/client.ts", how, ...args)
    return { value: (count / ms) * 1000, cpuUs: (cpuMs * 1000) / count }
  }
  const found = await alternate(
    quick ? 2 : 5,
    () => sends("fetch"),
    () => sends("client"),
  )
  await exchange.end()
  const cpu = {
    ours: found.ours.map(({ cpuUs }) => ({ value: cpuUs as number, cpuUs: undefined })),
    floor: found.floor.map(({ cpuUs }) => ({ value: cpuUs as number, cpuUs: undefined })),
  }
  return [
    figure(
      { name: `sends of the client library, ${inFlight} in flight, beside fetch`, unit: "/s", reach: ">= 0.7" },
      found,
      (ratio) => ratio >= 0.7,
    ),
    figure({ name: "processor time of one such send", unit: "µs", reach: "<= 1.5" }, cpu, (ratio) => ratio <= 1.5),
  ]
}

/** Ten thousand messages through limits, repeats and an open circuit in virtual time. */
export const clientVirtual = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const count = quick ? 2_000 : 10_000
  const rounds: Array<Virtual> = []
  for (let i = 0; i < (quick ? 1 : 3); i++)
    rounds.push(await runProgram<Virtual>("programs/clientVirtual.ts", String(count)))
  const [first] = rounds as [Virtual]
  if (
    rounds.some(
      ({ requests, sent, virtualMs }) =>
        `${[requests, sent, virtualMs]}` !== `${[first.requests, first.sent, first.virtualMs]}`,
    )
  )
    throw new Error("the same messages went otherwise in another round")
  const ours = median(rounds.map(({ ms }) => ms))
  const minutes = Math.round(first.virtualMs / 60_000)
  return [
    {
      name: `${count.toLocaleString("en-US")} messages of the client library through limits and faults`,
      unit: "ms",
      ours,
      note: `${minutes} virtual minutes, ${first.requests.toLocaleString("en-US")} requests, ${first.sent.toLocaleString("en-US")} sent`,
      reach: `<= ${virtualMsMax / 1_000} s`,
      reached: ours <= virtualMsMax,
    },
  ]
}
