import * as fs from "node:fs"
import * as path from "node:path"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { decode, type Row, toLine } from "../core/Entry.ts"
import type { EventLog, LogOpenError, LogReader, LogUnavailable } from "./EventLog.ts"
import { makeFolders } from "./folders.ts"
import { cannotWrite, newLog, targetExists } from "./newLog.ts"
import { beginsLikeRecording } from "./openFailure.ts"
import { BadLine, firstIssue, headerLine, makeLineReader, type Progress, RecordingError } from "./recordingLines.ts"
import { readRecording, streamRows } from "./recordingRows.ts"
import { upcast } from "./upcasts.ts"

export { type Progress, RecordingError } from "./recordingLines.ts"
export { readRecording, rowsOf, streamRows } from "./recordingRows.ts"

const lastSeq = (rows: Chunk.Chunk<Row>): number =>
  Option.match(Chunk.last(rows), { onNone: () => 0, onSome: ({ seq }) => seq })

/** Is told the seq of an entry that was done, now and then. */
type Told = (entries: number) => void

/** Writes a log as a recording: the entries that are there when it begins. Replaces an older recording and nothing else. */
export const exportRecording = (
  reader: LogReader,
  outFile: string,
  progress: Told = () => {},
): Effect.Effect<Progress, LogUnavailable | RecordingError> =>
  writeRecording(
    outFile,
    Stream.mapChunks(streamRows(reader, 0), (rows) => {
      progress(lastSeq(rows))
      return rows
    }),
  )

/**
 * Writes rows as a recording: to a file beside the target that takes its place once it is whole.
 *
 * Checks order, hashes and shape on the way, because a recording that cannot be read back is none. Replaces an older recording and
 * nothing else.
 */
export const writeRecording = <E>(
  outFile: string,
  rows: Stream.Stream<Row, E>,
): Effect.Effect<Progress, E | RecordingError> =>
  Effect.acquireUseRelease(
    openPart(outFile),
    ({ fd, part }) =>
      Effect.gen(function* () {
        const lines = makeLineReader("checked")
        lines.read(headerLine)
        yield* writeText(outFile, fd, `${headerLine}\n`)
        yield* Stream.runForEachChunk(rows, (some) =>
          Effect.flatMap(checkedText(outFile, lines.read, some), (text) => writeText(outFile, fd, text)),
        )
        yield* Effect.try({
          try: () => {
            fs.fsyncSync(fd)
            fs.renameSync(part, outFile)
          },
          catch: (cause) => cannotWrite(outFile, cause),
        })
        return lines.progress()
      }),
    ({ fd, part }) =>
      Effect.sync(() => {
        fs.closeSync(fd)
        fs.rmSync(part, { force: true })
      }),
  )

/** What a type of entry's data has to look like; every `EntryType` is one. */
export interface CheckedType {
  readonly type: string
  readonly schema: Schema.Schema.AnyNoContext
}

/**
 * Makes a new log out of a recording: whole, with the same digest, or not at all.
 *
 * Refuses a target that exists. Every line is checked for its shape, order and hash, and the data of the given types against
 * their schemas. The log has no keys file, so it can be verified and explored but not gone on with.
 */
export const importRecording = (
  file: string,
  logFile: string,
  { progress = () => {}, types = [] }: { readonly types?: ReadonlyArray<CheckedType>; readonly progress?: Told } = {},
): Effect.Effect<Progress, RecordingError | LogOpenError | LogUnavailable> =>
  newLog(logFile, (log) => fill(log, file, checkerOf(file, types), progress))

const fill = (
  log: typeof EventLog.Service,
  file: string,
  check: (row: Row) => Effect.Effect<void, RecordingError>,
  progress: Told,
) =>
  Effect.gen(function* () {
    yield* Stream.runForEachChunk(readRecording(file), (rows) =>
      Effect.gen(function* () {
        for (const row of rows) yield* check(row)
        yield* Effect.suspend(() => log.append(Chunk.toReadonlyArray(rows)))
        progress(lastSeq(rows))
      }),
    )
    const { seq, hash } = yield* log.head
    return { entries: seq, digest: hash }
  })

const checkerOf = (file: string, types: ReadonlyArray<CheckedType>) => {
  const checks = new Map(types.map(({ type, schema }) => [type, Schema.decodeUnknownEither(schema)]))
  return (row: Row): Effect.Effect<void, RecordingError> => {
    const check = checks.get(row.type)
    if (check === undefined) return Effect.void
    const checked = check(upcast(decode(row)).data)
    if (Either.isRight(checked)) return Effect.void
    const line = row.seq + 1
    const found = firstIssue(ArrayFormatter.formatErrorSync(checked.left))
    const message = `${file}:${line}: expected the data of ${row.type}, found ${found}`
    return Effect.fail(new RecordingError({ reason: "wrong-shape", file, line, message }))
  }
}

/** Opens the file a recording is written to before it takes its name. */
const openPart = (outFile: string): Effect.Effect<{ readonly fd: number; readonly part: string }, RecordingError> =>
  Effect.try({
    try: () => {
      if (fs.existsSync(outFile) && !(fs.statSync(outFile).size === 0 || beginsLikeRecording(outFile)))
        throw targetExists(outFile, `${outFile} exists and is no recording; name another file`)
      makeFolders(path.dirname(path.resolve(outFile)))
      const part = `${outFile}.part`
      return { fd: fs.openSync(part, "w"), part }
    },
    catch: (cause) => (cause instanceof RecordingError ? cause : cannotWrite(outFile, cause)),
  })

const checkedText = (outFile: string, read: (line: string) => unknown, rows: Chunk.Chunk<Row>) =>
  Effect.suspend(() => {
    let text = ""
    for (const row of rows) {
      const line = toLine(row)
      try {
        read(line)
      } catch (cause) {
        if (!(cause instanceof BadLine)) throw cause
        const message = `entry ${row.seq} of the log cannot be recorded: ${cause.message}`
        return Effect.fail(new RecordingError({ reason: cause.reason, file: outFile, message }))
      }
      text += `${line}\n`
    }
    return Effect.succeed(text)
  })

const writeText = (outFile: string, fd: number, text: string) =>
  Effect.try({ try: () => fs.writeFileSync(fd, text), catch: (cause) => cannotWrite(outFile, cause) })
