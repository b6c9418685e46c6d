import * as fs from "node:fs"
import * as path from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { fileFailure } from "../core/fileFailure.ts"
import { limits } from "../core/limits.ts"
import { lineOf } from "../core/traffic/lines.ts"
import { type RecordedExchange, type TrafficHeader, trafficLineBytesMax } from "../core/traffic/RecordedExchange.ts"
import {
  faultsToldMax,
  inOrder,
  makeTrafficReader,
  type Traffic,
  type TrafficFault,
  tellFault,
} from "../core/traffic/reader.ts"
import { makeFolders } from "../log/folders.ts"

/** A traffic recording that cannot be read or written; the message is one line for people. */
export class TrafficFileError extends Data.TaggedError("TrafficFileError")<{
  readonly reason: "missing" | "unreadable" | "unwritable" | "target-exists" | "no-recording" | "too-many"
  readonly message: string
}> {}

/** A traffic recording that is being written. */
export interface TrafficWriter {
  /** Adds a line, which has left the process when this returns. Throws `TrafficFileError`. */
  readonly append: (exchange: RecordedExchange) => void
  readonly bytes: () => number
}

/**
 * Begins a new traffic recording, which only its owner may read. Never writes over a file.
 *
 * Each exchange is one write: whatever ends the process, the lines before are whole. The file is synced when the scope closes.
 */
export const createTrafficFile = (
  file: string,
  header: TrafficHeader,
): Effect.Effect<TrafficWriter, TrafficFileError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: () => new OpenFile(file, header), catch: (cause) => cannotWrite(file, cause) }),
    (open) => Effect.sync(() => open.close()),
  )

class OpenFile implements TrafficWriter {
  readonly #file: string
  readonly #fd: number
  #bytes = 0

  constructor(file: string, header: TrafficHeader) {
    this.#file = file
    makeFolders(path.dirname(path.resolve(file)))
    this.#fd = fs.openSync(file, "wx", 0o600)
    this.#write(lineOf(header))
  }

  readonly append = (exchange: RecordedExchange): void => {
    try {
      this.#write(lineOf(exchange))
    } catch (cause) {
      throw cannotWrite(this.#file, cause)
    }
  }

  readonly bytes = (): number => this.#bytes

  close(): void {
    fs.fsyncSync(this.#fd)
    fs.closeSync(this.#fd)
  }

  #write(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    fs.writeFileSync(this.#fd, bytes)
    this.#bytes += bytes.length
  }
}

const cannotWrite = (file: string, cause: unknown): TrafficFileError => {
  const code = codeOf(cause)
  return code === "EEXIST"
    ? new TrafficFileError({
        reason: "target-exists",
        message: `${file} exists; a recording is never written over, name another file`,
      })
    : new TrafficFileError({ reason: "unwritable", message: fileFailure({ doing: "written", file }, cause) })
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause)

/** What a file held, and how many faults there were in all: only the first are told. */
export interface TrafficRead extends Traffic {
  readonly faultsInAll: number
}

/** Reads a traffic recording whole. Lines that cannot be used are faults; a file without a header is refused. */
export const readTrafficFile = (file: string): Effect.Effect<TrafficRead, TrafficFileError> =>
  Effect.try({
    try: () => {
      const exchanges: Array<RecordedExchange> = []
      const faults: Array<TrafficFault> = []
      let faultsInAll = 0
      const header = eachExchange(file, (exchange, fault) => {
        if (fault !== undefined && ++faultsInAll <= faultsToldMax) faults.push(fault)
        if (exchange !== undefined && exchanges.push(exchange) > limits.trafficExchangesMax)
          throw new TrafficFileError({
            reason: "too-many",
            message: `${file} has more than ${limits.trafficExchangesMax} exchanges; cut it into several with their header each`,
          })
      })
      return { header, exchanges: inOrder(exchanges), faults, faultsInAll }
    },
    catch: (cause) => {
      if (cause instanceof TrafficFileError) return cause
      return new TrafficFileError({
        reason: codeOf(cause) === "ENOENT" ? "missing" : "unreadable",
        message: fileFailure({ doing: "read", file, what: "recording" }, cause),
      })
    },
  })

type Visit = (exchange: RecordedExchange | undefined, fault: TrafficFault | undefined) => void

/** Visits what a file's lines are, one at a time in their order; throws the file system's error, or `TrafficFileError`. */
const eachExchange = (file: string, visit: Visit): TrafficHeader => {
  const reader = makeTrafficReader()
  let header: TrafficHeader | undefined
  const read = (bytes: Buffer) => {
    const found = reader.read(decoded(bytes))
    if (header === undefined) {
      header = found.header
      if (header === undefined)
        throw new TrafficFileError({
          reason: "no-recording",
          message:
            found.fault === undefined ? `${file} is empty${otherFormats}` : noHeaderLine(tellFault(file, found.fault)),
        })
    } else visit(found.exchange, found.fault)
  }
  const fd = fs.openSync(file, "r")
  try {
    const left = eachLine(fd, read, (bytes) => {
      if (header === undefined) throw noHeader(file, `a first line of ${bytes} bytes`)
      visit(undefined, reader.tooLong(bytes, trafficLineBytesMax))
    })
    if (header === undefined) read(left)
    else if (left.length > 0) visit(undefined, reader.cutOff(left.length))
  } finally {
    fs.closeSync(fd)
  }
  return header as unknown as TrafficHeader
}

const otherFormats = "; ringback traffic import makes a recording of a HAR, a cassette or another format"

/** What is said of a first line that is no header; of the header of another recording of ours it is said already who reads it. */
const noHeaderLine = (fault: string): string => {
  const line = fault.replace(/; left out$/, "")
  return line.includes("ringback verify") ? line : `${line}${otherFormats}`
}

const noHeader = (file: string, found: string): TrafficFileError =>
  new TrafficFileError({
    reason: "no-recording",
    message: `${file}: expected the header of a traffic recording, found ${found}${otherFormats}`,
  })

const pieceBytes = 256 * 1024

/** Hands on every line without its LF; what comes behind the last LF is given back. Holds no more than the longest line there may be. */
const eachLine = (fd: number, read: (line: Buffer) => void, tooLong: (bytes: number) => void): Buffer => {
  const piece = Buffer.allocUnsafe(pieceBytes)
  let held: Array<Buffer> = []
  let heldBytes = 0
  const end = (last: Buffer) => {
    heldBytes += last.length
    if (heldBytes > trafficLineBytesMax) tooLong(heldBytes)
    else read(held.length === 0 ? last : Buffer.concat([...held, last]))
    held = []
    heldBytes = 0
  }
  for (let length = fs.readSync(fd, piece); length > 0; length = fs.readSync(fd, piece)) {
    let from = 0
    const bytes = piece.subarray(0, length)
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      end(bytes.subarray(from, at))
      from = at + 1
    }
    heldBytes += length - from
    if (heldBytes <= trafficLineBytesMax) held.push(Buffer.from(bytes.subarray(from)))
    else held = []
  }
  if (heldBytes <= trafficLineBytesMax) return Buffer.concat(held)
  tooLong(heldBytes)
  return Buffer.alloc(0)
}

/** Bytes that are no UTF-8 become replacement characters: in JSON they stand inside a text, or are a fault of their own. */
const decoded = (bytes: Buffer): string => bytes.toString("utf8").replace(/\r$/, "")
