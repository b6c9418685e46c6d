import * as Effect from "effect/Effect"
import { type PlayOptions, playFile } from "../scenarios/playFile.ts"
import type { Report } from "../scenarios/reporters/Report.ts"
import { stages } from "./stages.ts"
import { shared } from "./threads.ts"

export interface PlayAll {
  /** Whether the first that does not pass ends it. */
  readonly bail: boolean
  /** Told of each scenario, in the order of the files. */
  readonly told: (report: Report) => void
  /** Told how many are done, in whatever order. */
  readonly progress: (done: number) => void
}

/** Plays the scenarios of files; the reports are in the order of the files, and fewer than those after a failure that ends it. */
export const playAll = (
  files: ReadonlyArray<string>,
  options: PlayOptions,
  how: PlayAll,
): Effect.Effect<ReadonlyArray<Report>> =>
  Effect.suspend(() => {
    const done = new Done(files.length, how)
    const fileOf = (index: number) => files[index] ?? ""
    const work = {
      count: files.length,
      needless: () => done.ended,
      here: (index: number) => playFile(fileOf(index), stages, options),
      done: (index: number, report: Report) => done.put(index, report),
      elsewhere: {
        script: new URL("./scenarios.worker.mjs", import.meta.url),
        data: options,
        task: fileOf,
        ahead: 1,
      },
    }
    return Effect.map(shared(work), () => done.reports)
  })

/** Reports as they come, told in the order of the files. */
class Done {
  readonly #reports: Array<Report | undefined>
  readonly #how: PlayAll
  #told = 0
  #count = 0
  #failed = false

  constructor(length: number, how: PlayAll) {
    this.#reports = Array.from({ length })
    this.#how = how
  }

  /** Whether nothing more is to be begun. */
  get ended(): boolean {
    return this.#how.bail && this.#failed
  }

  get reports(): ReadonlyArray<Report> {
    for (const report of this.#reports.slice(this.#told)) if (report !== undefined) this.#how.told(report)
    this.#told = this.#reports.length
    return this.#reports.filter((report) => report !== undefined)
  }

  put(index: number, report: Report): void {
    this.#reports[index] = report
    this.#how.progress(++this.#count)
    if (report.status !== "passed") this.#failed = true
    for (let next = this.#reports[this.#told]; next !== undefined; next = this.#reports[this.#told]) {
      this.#how.told(next)
      this.#told++
    }
  }
}
