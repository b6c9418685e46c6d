import { startProgram } from "../support/programs.ts"
import { alternate, type Figure, figure, type Measured, median, type Wanted } from "../support/rounds.ts"

interface Report {
  readonly ms: number
  readonly cpuUs: number
  readonly p50?: number
  readonly p99?: number
}

/** Webhooks at once: what the specification asks for at least (9.2). */
const atOnce = 100

/** Webhooks in one process, without a network: what the library adds to reading a form and answering it. */
export const webhooks = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const [library, bare] = [await startProgram("programs/webhooks.ts"), await startProgram("floors/webhooks.ts")]
  await Promise.all([library.next(), bare.next()])
  const reports: Array<Report> = []
  const [rounds, count] = quick ? [3, 2_000] : [5, 10_000]
  const measured = (report: Report): Measured => ({ value: (count / report.ms) * 1000, cpuUs: report.cpuUs })
  const ours = async () => {
    const report = await library.ask<Report>({ atOnce, count })
    reports.push(report)
    return measured(report)
  }
  const floor = async () => measured(await bare.ask<Report>({ atOnce, count }))
  await ours()
  await floor()
  reports.length = 0
  const found = await alternate(rounds, floor, ours)
  library.end()
  bare.end()
  const of = (name: "p50" | "p99") => median(reports.map((report) => report[name] ?? Number.NaN))
  const [p50, p99] = [of("p50"), of("p99")]
  return [
    figure({ name: "webhooks handled", unit: "/s", reach: ">= 0.1" }, found, (ratio) => ratio >= 0.1),
    {
      name: `p50 of a webhook, ${atOnce} at once`,
      unit: "ms",
      ours: p50,
      note: `p99 ${p99.toFixed(1)} ms`,
      reach: "<= 50, p99 <= 200",
      reached: p50 <= 50 && p99 <= 200,
    },
  ]
}
