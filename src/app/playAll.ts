import * as fs from "node:fs"
import * as os from "node:os"
import { Worker } from "node:worker_threads"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type PlayOptions, playFile } from "../scenarios/playFile.ts"
import type { Report } from "../scenarios/reporters/Report.ts"
import { stages } from "./stages.ts"

/*
 * Plays scenarios one after the other, and on further threads once that turns out to take long: a thread costs as much to start as
 * dozens of scenarios take.
 */

/** Host ms after which more threads are worth their start, and how many there are at most, this one included. */
const alone = 1_000
const threadsMax = 8

export interface PlayAll {
  /** Whether the first that does not pass ends it. */
  readonly bail: boolean
  /** Told of each scenario, in the order of the files. */
  readonly told: (report: Report) => void
  /** Told how many are done, in whatever order. */
  readonly progress: (done: number) => void
}

/** What a thread is asked, and what it answers; a scenario with an application of its own stays on the main thread. */
export interface Asked {
  readonly index: number
  readonly file: string
}
export interface AnsweredFor {
  readonly index: number
  readonly report: Report | undefined
}

/** Plays the scenarios of files; the reports are in the order of the files, and fewer than those after a failure that ends it. */
export const playAll = (
  files: ReadonlyArray<string>,
  options: PlayOptions,
  { bail, progress, told }: PlayAll,
): Effect.Effect<ReadonlyArray<Report>> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const left = new Queue(files)
    const done = new Done(files.length, bail, told, progress)
    let helpers = false
    for (;;) {
      const next = done.ended ? undefined : left.take()
      if (next === undefined) {
        if (done.ended || !(yield* done.another)) break
        continue
      }
      done.put(next.index, yield* playFile(next.file, stages, options))
      if (helpers || done.ended || left.size < 2) continue
      if ((yield* Clock.currentTimeMillis) - began < alone) continue
      helpers = true
      yield* startHelpers(left, done, options)
    }
    return done.reports
  }).pipe(Effect.scoped)

/** Files that nobody has taken yet. */
class Queue {
  readonly #files: ReadonlyArray<string>
  #next = 0
  readonly #back: Array<Asked> = []

  constructor(files: ReadonlyArray<string>) {
    this.#files = files
  }

  get size(): number {
    return this.#files.length - this.#next + this.#back.length
  }

  take(): Asked | undefined {
    return this.#back.shift() ?? this.takeFresh()
  }

  /** One that nobody has given back. */
  takeFresh(): Asked | undefined {
    const index = this.#next
    const file = this.#files[index]
    if (file === undefined) return undefined
    this.#next++
    return { index, file }
  }

  /** Takes one back that a helper must not play. */
  giveBack(asked: Asked): void {
    this.#back.push(asked)
  }
}

/** Reports as they come, told in the order of the files. */
class Done {
  readonly #reports: Array<Report | undefined>
  readonly #bail: boolean
  readonly #tell: (report: Report) => void
  readonly #progress: (done: number) => void
  #told = 0
  #count = 0
  #failed = false
  #waiting: (() => void) | undefined
  /** Files that helpers are playing. */
  away = 0

  constructor(length: number, bail: boolean, tell: (report: Report) => void, progress: (done: number) => void) {
    this.#reports = Array.from({ length })
    this.#bail = bail
    this.#tell = tell
    this.#progress = progress
  }

  /** Whether nothing more is to be begun. */
  get ended(): boolean {
    return this.#bail && this.#failed
  }

  get reports(): ReadonlyArray<Report> {
    for (const report of this.#reports.slice(this.#told)) if (report !== undefined) this.#tell(report)
    this.#told = this.#reports.length
    return this.#reports.filter((report) => report !== undefined)
  }

  put(index: number, report: Report): void {
    this.#reports[index] = report
    this.#progress(++this.#count)
    if (report.status !== "passed") this.#failed = true
    for (let next = this.#reports[this.#told]; next !== undefined; next = this.#reports[this.#told]) {
      this.#tell(next)
      this.#told++
    }
  }

  /** Something has changed: a report came, or a file was given back. */
  wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }

  /** Waits until helpers have something to tell; false: there is nothing to wait for. */
  get another(): Effect.Effect<boolean> {
    return Effect.suspend(() =>
      this.away === 0
        ? Effect.succeed(false)
        : Effect.async<boolean>((resume) => {
            this.#waiting = () => resume(Effect.succeed(true))
          }),
    )
  }
}

/** Threads that play what is left beside this one, for as long as the scope lasts. */
const startHelpers = (left: Queue, done: Done, options: PlayOptions): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const script = new URL("./scenarios.worker.mjs", import.meta.url)
    // Run from source there is no such file: nothing is lost but time.
    if (!fs.existsSync(script)) return
    const helpers = Math.min(os.availableParallelism(), threadsMax) - 1
    for (let i = 0; i < Math.min(helpers, left.size); i++)
      yield* Effect.acquireRelease(
        Effect.sync(() => new Helper(new Worker(script, { workerData: options }), left, done)),
        (helper) => Effect.promise(() => helper.end()),
      )
  })

/** One thread. One that dies gives back what it was playing, so that its fault shows where it can be told. */
class Helper {
  readonly #worker: Worker
  readonly #left: Queue
  readonly #done: Done
  #playing: Asked | undefined

  constructor(worker: Worker, left: Queue, done: Done) {
    this.#worker = worker
    this.#left = left
    this.#done = done
    worker.on("message", ({ index, report }: AnsweredFor) => {
      if (report === undefined) this.#giveBack()
      else {
        this.#playing = undefined
        done.away--
        done.put(index, report)
      }
      this.#next()
      done.wake()
    })
    worker.once("error", () => {
      this.#giveBack()
      done.wake()
    })
    this.#next()
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #giveBack(): void {
    if (this.#playing === undefined) return
    this.#left.giveBack(this.#playing)
    this.#playing = undefined
    this.#done.away--
  }

  #next(): void {
    const next = this.#done.ended ? undefined : this.#left.takeFresh()
    if (next === undefined) return
    this.#playing = next
    this.#done.away++
    this.#worker.postMessage(next satisfies Asked)
  }
}
