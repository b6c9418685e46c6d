import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { LogUnavailable } from "./EventLog.ts"
import { type PackedPage, unpackPage } from "./packedPage.ts"
import { type NextPage, type Page, type Pages, type PagesError, readNext, type Source } from "./pages.ts"
import { RecordingError } from "./recordingLines.ts"

/** What the reading thread is made with. */
export interface Commission {
  readonly source: Source
  /** Where it is told at which stand to begin, and tells its pages. Whoever takes them waits for a message of the worker itself. */
  readonly port: MessagePort
  /** Memory that both threads see: at `takenPlace` the charge of its pages that were taken, at `waitingPlace` whether somebody waits for the next. */
  readonly shared: Int32Array<SharedArrayBuffer>
}

const takenPlace = 0
const waitingPlace = 1

/** What the reading thread tells: that it is up; then page after page until the end, or why it ends before. */
export type Told =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Page"; readonly packed: PackedPage }
  | { readonly _tag: "End" }
  | { readonly _tag: "BadRecording"; readonly fault: Fault }
  | { readonly _tag: "Unreadable"; readonly message: string }

type Fault = Pick<RecordingError, "reason" | "file" | "message"> & { readonly line?: number }

/** An error as it goes from one thread to the other. */
export const toldOf = (error: unknown): Told => {
  if (error instanceof RecordingError) {
    const { file, line, message, reason } = error
    return { _tag: "BadRecording", fault: { reason, file, message, ...(line === undefined ? {} : { line }) } }
  }
  const cause = error instanceof LogUnavailable ? error.cause : error
  return { _tag: "Unreadable", message: cause instanceof Error ? cause.message : String(cause) }
}

/**
 * How far the thread may be ahead of whoever takes its pages: these have a million characters together. Once it is, it sleeps until half of
 * that was taken: to wake it takes as long as some dozen entries (docs/performance.md).
 */
const aheadMax = 16
const aheadAwake = aheadMax / 2
const chargeOf = ({ text }: PackedPage): number => 1 + (text.length >>> 16)

/** The thread's half: tells what it has, and sleeps while it is as far ahead as it may be. */
export class Telling {
  readonly #commission: Commission
  readonly #wake: () => void
  #told = 0

  /** `wake` sends whoever waits a message. */
  constructor(commission: Commission, wake: () => void) {
    this.#commission = commission
    this.#wake = wake
  }

  tell(told: Told): void {
    const { port, shared } = this.#commission
    port.postMessage(told, told._tag === "Page" ? [told.packed.numbers.buffer] : [])
    if (Atomics.exchange(shared, waitingPlace, 0) === 1) this.#wake()
    if (told._tag === "Page") this.#waitForRoom(chargeOf(told.packed))
  }

  #waitForRoom(charge: number): void {
    const { shared } = this.#commission
    this.#told += charge
    let taken = Atomics.load(shared, takenPlace)
    if (this.#told - taken < aheadMax) return
    while (this.#told - taken >= aheadAwake) {
      Atomics.wait(shared, takenPlace, taken)
      taken = Atomics.load(shared, takenPlace)
    }
  }
}

/** What a thread is to read, and what has it opened already. */
export interface Reads {
  readonly worker: URL
  readonly source: Source
  readonly pages: Pages
  /** How many pages are taken from `pages` at most until the thread is up. */
  readonly pagesBefore: number
}

/**
 * Has a worker thread read the pages of a source and work out their hashes, some pages ahead. Until it is up they are read here, if it can go
 * on where that stands. The thread ends with the scope. One that dies is a log that cannot be read.
 */
export const pagesOfThread = (reads: Reads): Effect.Effect<NextPage<PagesError>, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new Reading(reads)),
      (reading) => Effect.promise(() => reading.stop()),
    ),
    (reading) =>
      Effect.flatten(
        Effect.async<NextPage<PagesError>>((resume) => reading.take((next) => resume(Effect.succeed(next)))),
      ),
  )

/**
 * A reading thread. What it has told waits in the port until somebody takes it: as texts of this thread, pages that wait would be copied
 * by its collector.
 */
class Reading {
  readonly #worker: Worker
  readonly #file: string
  readonly #port: MessagePort
  readonly #shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  /** Where pages are read until the thread is up; undefined once it was told where to begin. */
  #here: Pages | undefined
  #readHere = 0
  readonly #pagesBefore: number
  #died: Told | undefined
  #waiting: ((next: NextPage<PagesError>) => void) | undefined

  constructor({ pages, pagesBefore, source, worker }: Reads) {
    const { port1, port2 } = new MessageChannel()
    this.#file = source.file
    this.#port = port1
    this.#here = pages
    this.#pagesBefore = pages.stand() === undefined ? 0 : pagesBefore
    const workerData: Commission = { source, port: port2, shared: this.#shared }
    this.#worker = new Worker(worker, { workerData, transferList: [port2] })
    this.#worker.on("message", () => this.#look())
    this.#worker.on("error", (error) => {
      this.#died = toldOf(error)
      this.#look()
    })
  }

  /** Hands over the next page, as soon as it is there and the host's other work has gone on; one caller at a time. */
  take(waiting: (next: NextPage<PagesError>) => void): void {
    this.#waiting = waiting
    setImmediate(() => this.#look())
  }

  async stop(): Promise<void> {
    this.#waiting = undefined
    this.#port.close()
    await this.#worker.terminate()
  }

  /** Gives whoever waits what is there. Of what is not the thread sends a message when it is: hence first the mark, then the look. */
  #look(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    Atomics.store(this.#shared, waitingPlace, 1)
    const next = this.#next()
    if (next === undefined) return
    Atomics.store(this.#shared, waitingPlace, 0)
    this.#waiting = undefined
    waiting(next)
  }

  #next(): NextPage<PagesError> | undefined {
    const told = (receiveMessageOnPort(this.#port)?.message as Told | undefined) ?? this.#died
    switch (told?._tag) {
      case undefined:
        return this.#here === undefined || this.#readHere >= this.#pagesBefore ? undefined : this.#nextHere(this.#here)
      case "Ready":
        return this.#handOver()
      case "Page":
        return Effect.succeed(this.#taken(told.packed))
      case "End":
        return Effect.succeed(undefined)
      case "BadRecording":
        return Effect.fail(new RecordingError(told.fault))
      case "Unreadable":
        return Effect.fail(new LogUnavailable({ file: this.#file, doing: "Reading", cause: new Error(told.message) }))
    }
  }
  #nextHere(pages: Pages): NextPage<PagesError> {
    this.#readHere++
    return readNext(pages)
  }

  /** Tells the thread, which is up, where to begin: behind one more page of this thread, which has work with that meanwhile. */
  #handOver(): NextPage<PagesError> | undefined {
    const pages = this.#here
    this.#here = undefined
    const next = pages === undefined || this.#readHere >= this.#pagesBefore ? undefined : this.#nextHere(pages)
    this.#port.postMessage(pages?.stand())
    return next
  }

  /** The page as rows; wakes the thread once there is room for some. */
  #taken(packed: PackedPage): Page {
    const charge = chargeOf(packed)
    const before = Atomics.add(this.#shared, takenPlace, charge)
    if (before % aheadAwake >= aheadAwake - charge) Atomics.notify(this.#shared, takenPlace)
    return unpackPage(packed)
  }
}
