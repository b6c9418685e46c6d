import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { LogOpenError } from "./EventLog.ts"
import { beginsLikeRecording, openFailure } from "./openFailure.ts"
import { type NextPage, openPages, type PagesError, readNext, type Source } from "./pages.ts"
import { readablePlace } from "./reader.ts"
import { pagesOfThread } from "./threadedPages.ts"

export interface PagesOptions {
  /** The built reader that runs in a thread of its own; where there is none, this thread reads. */
  readonly worker?: URL
  /** Entries from which a thread of its own is worth its start. */
  readonly threadEntriesMin?: number
  /** Pages that this thread reads at most while the other comes up. */
  readonly pagesBefore?: number
}

/** The reader as it is built beside this file; from source there is none. */
const builtWorker = new URL("./pages.worker.mjs", import.meta.url)

/**
 * The pages of a log or of a recording, whichever lies there, up to its end now, for `verify`.
 *
 * A big one is read by a thread of its own, which also works out the hashes, some pages ahead of whoever takes them; of a log this thread
 * reads the first ones, while the other comes up. Order
 * and hashes are told and not enforced, so that whoever reads can name the entry.
 */
export const pagesOf = (
  file: string,
  { pagesBefore = Number.POSITIVE_INFINITY, threadEntriesMin = 20_000, worker = builtWorker }: PagesOptions = {},
): Effect.Effect<NextPage<PagesError>, LogOpenError, Scope.Scope> =>
  Effect.gen(function* () {
    const source = yield* sourceOf(file)
    const pages = yield* Effect.acquireRelease(
      Effect.try({ try: () => openPages(source), catch: (cause) => openFailure(file, cause) }),
      ({ close }) => Effect.sync(close),
    )
    return pages.entriesAbout >= threadEntriesMin && fs.existsSync(worker)
      ? yield* pagesOfThread({ worker, source, pages, pagesBefore })
      : Effect.zipRight(
          afterOthers,
          Effect.suspend(() => readNext(pages)),
        )
  })

/** Which of the two lies there, and where it can be read. */
export const sourceOf = (file: string): Effect.Effect<Source, LogOpenError, Scope.Scope> =>
  Effect.catchIf(
    Effect.map(readablePlace(path.resolve(file), file), (place): Source => ({ _tag: "log", place, file })),
    ({ reason }) => reason === "not-a-log" && beginsLikeRecording(file),
    () => Effect.succeed<Source>({ _tag: "recording", place: path.resolve(file), file }),
  )

/** Lets the host's other work go on. */
const afterOthers = Effect.async<void>((resume) => {
  const soon = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(soon))
})
