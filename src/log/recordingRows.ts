import { open } from "node:fs/promises"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Row } from "../core/Entry.ts"
import type { LogOpenError, LogReader, LogUnavailable } from "./EventLog.ts"
import { pageEntries } from "./logPages.ts"
import { beginsLikeRecording } from "./openFailure.ts"
import { openReader } from "./reader.ts"
import { RecordingError } from "./recordingLines.ts"
import { cannotRead, makePieceReader, pieceBytes } from "./recordingPages.ts"

/** The rows of a log after `seq` up to its end now, page by page. */
export const streamRows = (reader: LogReader, after: number): Stream.Stream<Row, LogUnavailable> =>
  Stream.unwrap(
    Effect.map(reader.head, ({ seq: end }) =>
      Stream.paginateChunkEffect(after, (from) =>
        Effect.map(reader.read(from, pageEntries), (rows) => {
          const last = rows[rows.length - 1]
          const more = last !== undefined && last.seq < end
          const upToEnd = last !== undefined && last.seq > end ? rows.filter(({ seq }) => seq <= end) : rows
          return [Chunk.unsafeFromArray(upToEnd), more ? Option.some(last.seq) : Option.none()] as const
        }),
      ),
    ),
  )

/**
 * The rows of a log or of a recording, whichever lies there, for `verify` and others that only read.
 *
 * Order and hashes are not checked here, so that whoever reads can name the entry.
 */
export const rowsOf = (
  file: string,
): Effect.Effect<Stream.Stream<Row, LogUnavailable | RecordingError>, LogOpenError, Scope.Scope> =>
  Effect.catchIf(
    Effect.map(openReader(file), (reader) => streamRows(reader, 0)),
    ({ reason }) => reason === "not-a-log" && beginsLikeRecording(file),
    () => Effect.succeed(readRecording(file, { chain: "left" })),
  )

/**
 * The rows of a recording, in bounded memory; fails at the first line that is not as it would have been written.
 *
 * `chain: "left"` lets rows with a wrong order or hash through as they are.
 */
export const readRecording = (
  file: string,
  options: { readonly chain: "checked" | "left" } = { chain: "checked" },
): Stream.Stream<Row, RecordingError> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.tryPromise({ try: () => open(file, "r"), catch: (cause) => cannotRead(file, cause) }),
        (handle) => Effect.promise(() => handle.close()),
      ),
      (handle) => {
        const piece = Buffer.allocUnsafe(pieceBytes)
        const rowsIn = makePieceReader(file, options.chain)
        return Stream.repeatEffectChunkOption(
          Effect.tryPromise({
            try: () => handle.read(piece, 0, pieceBytes),
            catch: (cause) => Option.some(cannotRead(file, cause)),
          }).pipe(Effect.flatMap(({ bytesRead }) => chunkOf(rowsIn, piece.subarray(0, bytesRead)))),
        )
      },
    ),
  )

const chunkOf = (rowsIn: ReturnType<typeof makePieceReader>, piece: Uint8Array) =>
  Effect.suspend((): Effect.Effect<Chunk.Chunk<Row>, Option.Option<RecordingError>> => {
    try {
      const rows = rowsIn(piece)
      return rows === undefined ? Effect.fail(Option.none()) : Effect.succeed(Chunk.unsafeFromArray(rows))
    } catch (cause) {
      if (cause instanceof RecordingError) return Effect.fail(Option.some(cause))
      throw cause
    }
  })
