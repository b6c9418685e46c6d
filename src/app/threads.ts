import * as fs from "node:fs"
import * as os from "node:os"
import { type MessagePort, Worker } from "node:worker_threads"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { othersTurn } from "../engine/othersTurn.ts"

/*
 * Tasks that are done one after the other, and on further threads once that turns out to take long: a thread costs as much to start as
 * dozens of scenarios take. Who does a task makes no difference to what comes of it.
 */

/** Host ms after which more threads are worth their start, and how many there are at most, this one included. */
const aloneMs = 1_000
const threadsMax = 8

/** Tasks by their number, from 0. */
export interface Work<Task, Result> {
  readonly count: number
  /** Whether nobody needs what would come of a task any more: it is not begun, and not waited for. */
  readonly needless: (index: number) => boolean
  /** Does it on this thread. */
  readonly here: (index: number) => Effect.Effect<Result>
  /** Told what came of each, in whatever order. */
  readonly done: (index: number, result: Result) => void
  /** The script of other threads, and what each is given at its start; undefined: there are none. */
  readonly elsewhere:
    | {
        readonly script: URL
        readonly data: unknown
        readonly task: (index: number) => Task
        /** Tasks a thread has at once, the one it does included: of short ones several, or it waits until this thread tells it the next. */
        readonly ahead: number
        readonly aloneMs?: number
      }
    | undefined
}

/** What a thread is asked, and what it answers; without a result the task is one for the main thread. */
export interface Asked<Task> {
  readonly index: number
  readonly task: Task
}
export interface AnsweredFor<Result> {
  readonly index: number
  readonly result: Result | undefined
}

/** Does all tasks that somebody needs. */
export const shared = <Task, Result>(work: Work<Task, Result>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const left = new Left(work)
    let helped = work.elsewhere === undefined
    for (;;) {
      const next = left.take()
      if (next === undefined) {
        if (!(yield* left.another)) return
        continue
      }
      work.done(next, yield* work.here(next))
      // What other threads tell is heard between two tasks of this one.
      if (left.away > 0) yield* othersTurn
      if (helped || left.size < 2) continue
      if ((yield* Clock.currentTimeMillis) - began < (work.elsewhere?.aloneMs ?? aloneMs)) continue
      helped = true
      yield* startHelpers(left, work)
    }
  }).pipe(Effect.scoped)

/** Tasks that nobody has taken yet, and those that other threads have. */
class Left {
  readonly #count: number
  readonly #needless: (index: number) => boolean
  #next = 0
  readonly #back: Array<number> = []
  readonly #away = new Set<number>()
  #waiting: (() => void) | undefined

  constructor({ count, needless }: Pick<Work<never, never>, "count" | "needless">) {
    this.#count = count
    this.#needless = needless
  }

  get size(): number {
    return this.#count - this.#next + this.#back.length
  }

  get away(): number {
    return this.#away.size
  }

  take(): number | undefined {
    for (let next = this.#back.shift(); next !== undefined; next = this.#back.shift())
      if (!this.#needless(next)) return next
    return this.#fresh()
  }

  /** One for another thread, which nobody has given back. */
  takeAway(): number | undefined {
    const next = this.#fresh()
    if (next !== undefined) this.#away.add(next)
    return next
  }

  #fresh(): number | undefined {
    while (this.#next < this.#count) {
      const next = this.#next++
      if (!this.#needless(next)) return next
    }
    return undefined
  }

  /** Takes one back that another thread has done, or cannot do. */
  home(index: number, { done }: { readonly done: boolean }): void {
    this.#away.delete(index)
    if (!done) this.#back.push(index)
  }

  /** Something has changed: a task is done, or was given back. */
  wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }

  /** Waits until another thread has something to tell; false: nobody does anything that is needed. */
  get another(): Effect.Effect<boolean> {
    return Effect.suspend(() =>
      [...this.#away].every(this.#needless)
        ? Effect.succeed(false)
        : Effect.async<boolean>((resume) => {
            this.#waiting = () => resume(Effect.succeed(true))
          }),
    )
  }
}

/** Threads that do what is left beside this one, for as long as the scope lasts. */
const startHelpers = <Task, Result>(left: Left, work: Work<Task, Result>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { elsewhere } = work
    // Run from source there is no such file: nothing is lost but time.
    if (elsewhere === undefined || !fs.existsSync(elsewhere.script)) return
    const { ahead, data, script, task } = elsewhere
    const helpers = Math.min(os.availableParallelism(), threadsMax) - 1
    for (let i = 0; i < Math.min(helpers, left.size); i++)
      yield* Effect.acquireRelease(
        Effect.sync(() => new Helper(new Worker(script, { workerData: data }), { left, task, ahead, done: work.done })),
        (helper) => Effect.promise(() => helper.end()),
      )
  })

interface Helping<Task, Result> {
  readonly left: Left
  readonly task: (index: number) => Task
  readonly ahead: number
  readonly done: (index: number, result: Result) => void
}

/** One thread. One that dies gives back what it had, so that its fault shows where it can be told. */
class Helper<Task, Result> {
  readonly #worker: Worker
  readonly #helping: Helping<Task, Result>
  readonly #doing = new Set<number>()

  constructor(worker: Worker, helping: Helping<Task, Result>) {
    this.#worker = worker
    this.#helping = helping
    const { done, left } = helping
    worker.on("message", ({ index, result }: AnsweredFor<Result>) => {
      this.#doing.delete(index)
      left.home(index, { done: result !== undefined })
      if (result !== undefined) done(index, result)
      this.#fill()
      left.wake()
    })
    worker.once("exit", () => {
      for (const index of this.#doing) left.home(index, { done: false })
      this.#doing.clear()
      left.wake()
    })
    // Its end follows. What went wrong happens again on this thread, where somebody is told.
    worker.once("error", () => undefined)
    this.#fill()
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #fill(): void {
    const { ahead, left, task } = this.#helping
    while (this.#doing.size < ahead) {
      const index = left.takeAway()
      if (index === undefined) return
      this.#doing.add(index)
      this.#worker.postMessage({ index, task: task(index) } satisfies Asked<Task>)
    }
  }
}

/** On another thread: does tasks one after the other as they are asked for. Undefined is a task for the main thread. */
export const helpOut = <Task, Result>(
  port: MessagePort | null,
  answer: (task: Task) => Effect.Effect<Result | undefined>,
): void => {
  let before = Promise.resolve()
  port?.on("message", ({ index, task }: Asked<Task>) => {
    before = before
      .then(() => Effect.runPromise(answer(task)))
      .then(
        (result) => port.postMessage({ index, result } satisfies AnsweredFor<Result>),
        () => process.exit(1),
      )
  })
}
