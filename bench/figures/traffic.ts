import { join } from "node:path"
import { runProgram, temporaryFolder } from "../support/programs.ts"
import { type Figure, figure, type Measured, type Wanted } from "../support/rounds.ts"

interface Round {
  readonly us: number
  readonly cpuUs: number
}

interface Recorded {
  readonly direct: ReadonlyArray<Round>
  readonly recorded: ReadonlyArray<Round>
}

interface PlayedBack {
  readonly exchanges: number
  readonly cpuMs: number
}

/** What a recorder adds to a request, in µs, at most: little beside the way to the real API. */
const addedUsMost = 1_500
/** Exchanges that are found and answered in a second of the processor, at least. */
const playedLeast = 10_000

const measured = ({ cpuUs, us }: Round): Measured => ({ value: us, cpuUs })

/** A request through a recorder beside a direct one, and how many exchanges a second of the processor plays back. */
export const recordedTraffic = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const [count, rounds] = quick ? [500, 3] : [2_000, 5]
  const file = join(temporaryFolder(), "traffic.jsonl")
  const { direct, recorded } = await runProgram<Recorded>(
    "programs/traffic.ts",
    "record",
    file,
    String(count),
    String(rounds),
  )
  const { cpuMs, exchanges } = await runProgram<PlayedBack>(
    "programs/traffic.ts",
    "playback",
    quick ? "20000" : "100000",
  )
  const perSecond = (exchanges / cpuMs) * 1_000
  return [
    figure(
      { name: "a request through the recorder, beside a direct one", unit: "µs", reach: `<= ${addedUsMost} µs over` },
      { floor: direct.map(measured), ours: recorded.map(measured) },
      (_, difference) => difference <= addedUsMost,
    ),
    {
      name: `exchanges played back in a second of the processor, of ${exchanges}`,
      unit: "/s",
      ours: perSecond,
      note: "found, and their answers written",
      reach: `>= ${playedLeast}`,
      reached: perSecond >= playedLeast,
    },
  ]
}
