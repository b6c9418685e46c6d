import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { limits } from "../core/limits.ts"
import type { LogOpenError, LogReader, LogUnavailable } from "../log/EventLog.ts"
import { makeMemory } from "../log/layerMemory.ts"
import { beginsLikeRecording } from "../log/openFailure.ts"
import { openReader } from "../log/reader.ts"
import type { RecordingError } from "../log/recordingLines.ts"
import { readRecording } from "../log/recordingRows.ts"
import { NotThere } from "./reading.ts"

/** What can be looked into at any place. */
export interface Source {
  readonly reader: LogReader
  /** Whether it is a log on disk, which may have snapshots, and not a recording. */
  readonly isLog: boolean
}

/**
 * Opens a log, also one that a server writes, or a recording, which is read into memory: it has no index.
 * Hashes are not checked; that is what `verify` is for.
 */
export const openSource = (
  file: string,
  progress: (entries: number) => void = () => {},
): Effect.Effect<Source, LogOpenError | LogUnavailable | RecordingError | NotThere, Scope.Scope> =>
  Effect.catchIf(
    Effect.map(openReader(file), (reader): Source => ({ reader, isLog: true })),
    (error) => error._tag === "LogOpenError" && error.reason === "not-a-log" && beginsLikeRecording(file),
    () => Effect.map(readWhole(file, progress), (reader): Source => ({ reader, isLog: false })),
  )

const readWhole = (
  file: string,
  progress: (entries: number) => void,
): Effect.Effect<LogReader, RecordingError | NotThere> =>
  Effect.gen(function* () {
    const log = makeMemory()
    let entries = 0
    yield* Stream.runForEachChunk(readRecording(file, { chain: "left" }), (rows) => {
      entries += rows.length
      progress(entries)
      if (entries > limits.recordingEntriesMax)
        return new NotThere({
          message: `${file} has more than ${limits.recordingEntriesMax} entries; make a log of it first: ringback import ${file} --db LOG`,
        })
      return Either.mapLeft(
        log.append(Chunk.toReadonlyArray(rows)),
        ({ cause }) =>
          new NotThere({
            message: `${file}: ${cause instanceof Error ? cause.message : String(cause)}; run ringback verify on it`,
          }),
      )
    })
    return log
  })
