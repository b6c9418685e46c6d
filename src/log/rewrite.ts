import * as fs from "node:fs"
import * as path from "node:path"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { chained, genesis, type OpenRow, type Row, toLine } from "../core/Entry.ts"
import type { LogOpenError, LogUnavailable } from "./EventLog.ts"
import { newLog, targetExists } from "./newLog.ts"
import type { Source } from "./pages.ts"
import { sourceOf } from "./pagesOf.ts"
import { type Progress, writeRecording } from "./recording.ts"
import { BadLine, headerLine, makeLineReader, RecordingError } from "./recordingLines.ts"
import { rowsOf } from "./recordingRows.ts"

export type RewriteError = RecordingError | LogOpenError | LogUnavailable

/**
 * The rows of a log or of a recording up to its end now; fails at the first one that is out of order, or does not match its hash: what is
 * made out of a damaged log would hide the damage.
 */
export const checkedRowsOf = (file: string): Stream.Stream<Row, RewriteError> =>
  Stream.unwrapScoped(
    Effect.map(rowsOf(file), (rows) => {
      const lines = makeLineReader("checked")
      lines.read(headerLine)
      return Stream.mapEffect(rows, (row) =>
        Effect.suspend((): Effect.Effect<Row, RecordingError> => {
          try {
            lines.read(toLine(row))
            return Effect.succeed(row)
          } catch (cause) {
            if (!(cause instanceof BadLine)) throw cause
            const message = `${file}: ${cause.message}; run ringback verify on it`
            return Effect.fail(new RecordingError({ reason: cause.reason, file, message }))
          }
        }),
      )
    }),
  )

/** Which of the two lies there. */
export const kindOfLog = (file: string): Effect.Effect<Source["_tag"], LogOpenError> =>
  Effect.scoped(Effect.map(sourceOf(file), ({ _tag }) => _tag))

/**
 * Writes rows as a new log or recording, their hashes made anew: whole, or not at all. Refuses a target that exists.
 *
 * Nothing that lies beside the old one comes along: a log without a keys file can be read, and not gone on with.
 */
export const writeAnew = <E>(
  kind: Source["_tag"],
  out: string,
  rows: Stream.Stream<Omit<Row, "hash">, E>,
): Effect.Effect<Progress, E | RewriteError> => {
  const anew = rows.pipe(
    Stream.mapAccum(genesis, (previous, row) => {
      const made = chained({ ...row, hash: "" } satisfies OpenRow, previous)
      return [made.hash, made] as const
    }),
    Stream.rechunk(rowsTogether),
  )
  return kind === "log"
    ? newLog(out, (log) =>
        Effect.gen(function* () {
          yield* Stream.runForEachChunk(anew, (some) => Effect.suspend(() => log.append(Chunk.toReadonlyArray(some))))
          const { seq, hash } = yield* log.head
          return { entries: seq, digest: hash }
        }),
      )
    : Effect.suspend(() =>
        fs.existsSync(path.resolve(out))
          ? Effect.fail(targetExists(out, `${out} exists already; name a recording that does not`))
          : writeRecording(out, anew),
      )
}

const rowsTogether = 500
