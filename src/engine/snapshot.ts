import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as v8 from "node:v8"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Row } from "../core/Entry.ts"
import type { Head } from "../log/EventLog.ts"
import type { SavedPart, SavedWorld } from "./World.ts"

/*
 * Snapshots: a world as it was at one entry, so that a start folds only what came after. A cache beside the log, written
 * off the hot path; one that is not of this log and of exactly these rules is passed over.
 *
 *   header, one line of JSON filled up with spaces | length, part | length, part | …
 *
 * Parts are written and hashed one after the other, and read one after the other as they are asked for, so that neither takes more
 * than the memory of one part beside the world.
 */

/** The file beside a log that holds its newest snapshot. */
export const snapshotFileOf = (logFile: string): string => `${logFile}.snapshot`

/** What a snapshot must have been made with, besides the log it is of. */
export interface SnapshotKey {
  /** A hash of the built rules. */
  readonly rules: string
  readonly flags: ReadonlyArray<number>
}

const Header = Schema.parseJson(
  Schema.Struct({
    at: Schema.Int,
    bytes: Schema.NonNegativeInt,
    digest: Schema.String,
    flags: Schema.Array(Schema.Int),
    rules: Schema.String,
    seq: Schema.Int,
    sha256: Schema.String,
    snapshot: Schema.Literal(2),
  }),
)

/** A snapshot that fits the key; whether it is of the log, its `head` has to show. */
export interface Snapshot {
  readonly head: Head
  /** Its parts are read from the file as they are asked for. */
  readonly world: SavedWorld
  /** Lets go of the file; to be called whether its world was read or not. */
  readonly close: () => void
}

/** Whether a snapshot is of the log that has this row at its place. */
export const isOfLog = ({ head }: Pick<Snapshot, "head">, row: Row | undefined): boolean =>
  row?.seq === head.seq && row.hash === head.hash && row.at === head.at

/** Bytes of the header line with what fills it up. */
const headerBytes = 4_096

/** Bytes that tell the length of a part. */
const lengthBytes = 4

/**
 * Writes a snapshot: to a file beside that takes its name once it is whole, so that a crash leaves the one before.
 * Throws the file system's error.
 */
export const writeSnapshot = (logFile: string, key: SnapshotKey, head: Head, world: SavedWorld): void => {
  const file = snapshotFileOf(logFile)
  const part = `${file}.${process.pid}.part`
  dropParts(file)
  const fd = fs.openSync(part, "w", 0o600)
  try {
    try {
      writeTo(fd, key, head, world)
    } finally {
      fs.closeSync(fd)
    }
    fs.renameSync(part, file)
  } catch (cause) {
    // On a full disk it would take what room there is.
    fs.rmSync(part, { force: true })
    throw cause
  }
}

const writeTo = (fd: number, key: SnapshotKey, head: Head, world: SavedWorld): void => {
  const hash = createHash("sha256")
  const bytes = writeParts(fd, hash, world.parts)
  const header = {
    at: head.at,
    bytes,
    digest: head.hash,
    flags: key.flags,
    rules: key.rules,
    seq: head.seq,
    sha256: hash.digest("hex"),
    snapshot: 2,
  }
  writeWhole(fd, Buffer.from(`${JSON.stringify(header).padEnd(headerBytes - 1)}\n`), 0)
}

/** Removes what others have begun: they were killed, or their server was, and what they still write is of no use. */
const dropParts = (file: string): void => {
  const { base, dir } = path.parse(file)
  for (const name of fs.readdirSync(dir === "" ? "." : dir))
    if (name.startsWith(`${base}.`) && name.endsWith(".part")) fs.rmSync(path.join(dir, name), { force: true })
}

/** Writes the parts after the place of the header, and says how many bytes they are. */
const writeParts = (fd: number, hash: Hash, parts: SavedWorld["parts"]): number => {
  let bytes = 0
  for (const part of parts) {
    const text = v8.serialize(part)
    const length = Buffer.alloc(lengthBytes)
    length.writeUInt32LE(text.length)
    for (const piece of [length, text]) {
      hash.update(piece)
      writeWhole(fd, piece, headerBytes + bytes)
      bytes += piece.length
    }
  }
  return bytes
}

const writeWhole = (fd: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done)
}

/** Opens the snapshot beside a log and checks it whole. The left says why there is none to be used: missing, damaged, or of other rules. */
export const readSnapshot = (logFile: string, key: SnapshotKey): Either.Either<Snapshot, string> => {
  let fd: number
  try {
    fd = fs.openSync(snapshotFileOf(logFile), "r")
  } catch (error) {
    return Either.left((error as NodeJS.ErrnoException).code === "ENOENT" ? "there is none" : String(error))
  }
  const tried = Either.try({
    try: () => readOpened(fd, key),
    catch: (error) => `it is damaged: ${String(error)}`,
  })
  const opened = Either.flatMap(tried, (read) => read)
  if (Either.isLeft(opened)) fs.closeSync(fd)
  return opened
}

const readOpened = (fd: number, key: SnapshotKey): Either.Either<Snapshot, string> => {
  const size = fs.fstatSync(fd).size
  const header = Schema.decodeUnknownEither(Header)(readAt(fd, 0, Math.min(headerBytes, size)).toString())
  if (Either.isLeft(header)) return Either.left("it is damaged: it has no header")
  const { at, bytes, digest, flags, rules, seq, sha256 } = header.right
  if (rules !== key.rules || flags.join() !== key.flags.join()) return Either.left("it was made by other rules")
  if (size !== headerBytes + bytes || hashFrom(fd, headerBytes, size) !== sha256)
    return Either.left("it is damaged: its content does not match its hash")
  return Either.right({
    head: { seq, at, hash: digest },
    world: { at, parts: readParts(fd, size) },
    close: () => fs.closeSync(fd),
  })
}

function* readParts(fd: number, size: number): Generator<SavedPart> {
  for (let at = headerBytes; at < size; ) {
    const length = readAt(fd, at, lengthBytes).readUInt32LE()
    yield v8.deserialize(readAt(fd, at + lengthBytes, length)) as SavedPart
    at += lengthBytes + length
  }
}

/** Bytes of the file that are hashed at a time. */
const hashedBytes = 1024 * 1024

const hashFrom = (fd: number, start: number, end: number): string => {
  const hash = createHash("sha256")
  for (let at = start; at < end; at += hashedBytes) hash.update(readAt(fd, at, Math.min(hashedBytes, end - at)))
  return hash.digest("hex")
}

const readAt = (fd: number, position: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length)
  for (let done = 0; done < length; ) {
    const read = fs.readSync(fd, bytes, done, length - done, position + done)
    if (read === 0) throw new Error(`it ends at byte ${position + done}`)
    done += read
  }
  return bytes
}
