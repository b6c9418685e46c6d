import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type LogOpenError, LogUnavailable } from "./EventLog.ts"
import { beginsLikeRecording, openFailure } from "./openFailure.ts"
import { openPages, type Page, type Pages, type PagesError, type Source } from "./pages.ts"
import { readablePlace } from "./reader.ts"
import { RecordingError } from "./recordingLines.ts"
import { pagesOfThread } from "./threadedPages.ts"

export interface PagesOptions {
  /** The built reader that runs in a thread of its own; where there is none, this thread reads. */
  readonly worker?: URL
  /** Entries from which a thread of its own is worth its start. */
  readonly threadEntriesMin?: number
}

/** The reader as it is built beside this file; from source there is none. */
const builtWorker = new URL("./pages.worker.mjs", import.meta.url)

/**
 * The pages of a log or of a recording, whichever lies there, up to its end now, for `verify`.
 *
 * A big one is read by a thread of its own, which also works out the hashes, a few pages ahead of whoever takes them. Order
 * and hashes are told and not enforced, so that whoever reads can name the entry.
 */
export const pagesOf = (
  file: string,
  { threadEntriesMin = 20_000, worker = builtWorker }: PagesOptions = {},
): Effect.Effect<Stream.Stream<Page, PagesError>, LogOpenError, Scope.Scope> =>
  Effect.gen(function* () {
    const source = yield* sourceOf(file)
    const pages = yield* Effect.acquireRelease(
      Effect.try({ try: () => openPages(source), catch: (cause) => openFailure(file, cause) }),
      ({ close }) => Effect.sync(close),
    )
    return pages.entriesAbout >= threadEntriesMin && fs.existsSync(worker)
      ? pagesOfThread(worker, source)
      : pagesHere(pages)
  })

/** Which of the two lies there, and where it can be read. */
export const sourceOf = (file: string): Effect.Effect<Source, LogOpenError, Scope.Scope> =>
  Effect.catchIf(
    Effect.map(readablePlace(path.resolve(file), file), (place): Source => ({ _tag: "log", place, file })),
    ({ reason }) => reason === "not-a-log" && beginsLikeRecording(file),
    () => Effect.succeed<Source>({ _tag: "recording", place: path.resolve(file), file }),
  )

/** Lets the host's other work go on between pages. */
const pagesHere = (pages: Pages): Stream.Stream<Page, PagesError> =>
  Stream.repeatEffectOption(
    Effect.async<Page, Option.Option<PagesError>>((resume) => {
      const soon = setImmediate(() => resume(nextOf(pages)))
      return Effect.sync(() => clearImmediate(soon))
    }),
  )

const nextOf = (pages: Pages): Effect.Effect<Page, Option.Option<PagesError>> =>
  Effect.suspend(() => {
    try {
      const page = pages.next()
      return page === undefined ? Effect.fail(Option.none()) : Effect.succeed(page)
    } catch (error) {
      if (error instanceof LogUnavailable || error instanceof RecordingError) return Effect.fail(Option.some(error))
      throw error
    }
  })
