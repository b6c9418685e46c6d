import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { LogUnavailable } from "./EventLog.ts"
import { type PackedPage, unpackPage } from "./packedPage.ts"
import type { Page, PagesError, Source } from "./pages.ts"
import { RecordingError } from "./recordingLines.ts"

/** What the reading thread tells for each page it was asked for. */
export type Told =
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

/** Pages the thread may be ahead of whoever takes them, and how many are asked for at once: asking wakes the thread. */
const pagesAhead = 4
const pagesAsked = 2

/**
 * Has a worker thread read the pages of a source and work out their hashes, a few pages ahead. The thread ends with the
 * stream. One that dies is a log that cannot be read.
 */
export const pagesOfThread = (worker: URL, source: Source): Stream.Stream<Page, PagesError> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Reading(worker, source)),
        (reading) => Effect.promise(() => reading.stop()),
      ),
      (reading) =>
        Stream.repeatEffectOption(
          Effect.async<Page, Option.Option<PagesError>>((resume) => {
            reading.take((taken) => resume(taken))
          }),
        ),
    ),
  )

type Taken = Either.Either<Page, Option.Option<PagesError>>

/** A reading thread, and what it has told that nobody has taken yet, as it was told: rows that wait would be copied by the collector. */
class Reading {
  readonly #worker: Worker
  readonly #source: Source
  readonly #told: Array<Told> = []
  #given = 0
  #waiting: ((taken: Taken) => void) | undefined

  constructor(worker: URL, source: Source) {
    this.#source = source
    this.#worker = new Worker(worker, { workerData: source })
    this.#worker.on("message", (told: Told) => this.#tell(told))
    this.#worker.on("error", (error) => this.#tell(toldOf(error)))
    this.#worker.postMessage(pagesAhead)
  }

  /** Hands over the next page, as soon as it is there; one caller at a time. */
  take(waiting: (taken: Taken) => void): void {
    const told = this.#told.shift()
    if (told === undefined) this.#waiting = waiting
    else this.#give(told, waiting)
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }

  #tell(told: Told): void {
    const waiting = this.#waiting
    if (waiting === undefined) {
      this.#told.push(told)
      return
    }
    this.#waiting = undefined
    this.#give(told, waiting)
  }

  #give(told: Told, waiting: (taken: Taken) => void): void {
    this.#given++
    if (this.#given % pagesAsked === 0) this.#worker.postMessage(pagesAsked)
    waiting(this.#takenOf(told))
  }

  #takenOf(told: Told): Taken {
    switch (told._tag) {
      case "Page":
        return Either.right(unpackPage(told.packed))
      case "End":
        return Either.left(Option.none())
      case "BadRecording":
        return Either.left(Option.some(new RecordingError(told.fault)))
      case "Unreadable":
        return Either.left(Option.some(this.#unreadable(new Error(told.message))))
    }
  }

  #unreadable(cause: unknown): LogUnavailable {
    return new LogUnavailable({ file: this.#source.file, doing: "Reading", cause })
  }
}
