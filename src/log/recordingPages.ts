import * as fs from "node:fs"
import type { Row } from "../core/Entry.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { codeOf } from "./driverError.ts"
import { BadLine, makeLineCutter, makeLineReader, RecordingError } from "./recordingLines.ts"

/** Bytes of a recording brought into memory at a time. */
export const pieceBytes = 256 * 1024

/** Bytes of an ordinary entry's line, to guess how many a file holds. */
const ordinaryLineBytes = 350

/** Rows of a recording one page after another, each read when it is asked for. */
export interface RecordingPages {
  readonly entriesAbout: number
  /** The next rows, at times none; undefined behind the last. Throws `RecordingError`. */
  readonly next: () => ReadonlyArray<Row> | undefined
  readonly close: () => void
}

/**
 * Opens a recording to read it line by line; rows with a wrong order or hash come as they are. Throws `RecordingError`.
 * `file` is its name for people.
 */
export const openRecordingPages = (place: string, file: string): RecordingPages => {
  const reading = <A>(work: () => A): A => {
    try {
      return work()
    } catch (cause) {
      throw cannotRead(file, cause)
    }
  }
  const fd = reading(() => fs.openSync(place, "r"))
  const piece = Buffer.allocUnsafe(pieceBytes)
  const rowsIn = makePieceReader(file, "left")
  return {
    entriesAbout: reading(() => fs.fstatSync(fd).size) / ordinaryLineBytes,
    next: () =>
      rowsIn(
        piece.subarray(
          0,
          reading(() => fs.readSync(fd, piece, 0, pieceBytes, null)),
        ),
      ),
    close: () => fs.closeSync(fd),
  }
}

/**
 * Turns pieces of a file into rows, undefined for the empty piece that is the file's end. Throws `RecordingError` at the
 * first line that is not as it would have been written; what came before it in the same piece is given first, because it
 * may hold an earlier fault.
 */
export const makePieceReader = (file: string, chain: "checked" | "left") => {
  const cutter = makeLineCutter()
  const lines = makeLineReader(chain)
  let line = 1
  let failed: RecordingError | undefined
  const faultOf = (cause: unknown): RecordingError => {
    if (!(cause instanceof BadLine)) throw cause
    return new RecordingError({ reason: cause.reason, file, line, message: `${file}:${line}: ${cause.message}` })
  }
  return (piece: Uint8Array): ReadonlyArray<Row> | undefined => {
    if (failed !== undefined) throw failed
    const rows: Array<Row> = []
    try {
      for (const text of cutter.cut(piece)) {
        const row = lines.read(text)
        if (row !== undefined) rows.push(row)
        line += 1
      }
      if (piece.length > 0) return rows
      cutter.end()
      lines.end()
      return undefined
    } catch (cause) {
      failed = faultOf(cause)
      if (rows.length > 0) return rows
      throw failed
    }
  }
}

export const cannotRead = (file: string, cause: unknown): RecordingError =>
  new RecordingError({
    reason: codeOf(cause) === "ENOENT" ? "missing" : "unreadable",
    file,
    message: fileFailure({ doing: "read", file, what: "recording" }, cause),
  })
