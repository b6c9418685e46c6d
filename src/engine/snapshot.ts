import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as v8 from "node:v8"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Head } from "../log/EventLog.ts"
import type { SavedWorld } from "./World.ts"

/*
 * Snapshots: a world as it was at one entry, so that a start folds only what came after. A cache beside the log, written
 * off the hot path; one that is not of this log and of exactly these rules is passed over.
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
    snapshot: Schema.Literal(1),
  }),
)

/** A snapshot that fits the key; whether it is of the log, its `head` has to show. */
export interface Snapshot {
  readonly head: Head
  readonly world: SavedWorld
}

/**
 * Writes a snapshot: to a file beside that takes its name once it is whole, so that a crash leaves the one before.
 * Throws the file system's error.
 */
export const writeSnapshot = (logFile: string, key: SnapshotKey, head: Head, world: SavedWorld): void => {
  const payload = v8.serialize(world)
  const header = {
    at: head.at,
    bytes: payload.length,
    digest: head.hash,
    flags: key.flags,
    rules: key.rules,
    seq: head.seq,
    sha256: createHash("sha256").update(payload).digest("hex"),
    snapshot: 1,
  }
  const file = snapshotFileOf(logFile)
  const part = `${file}.part`
  const fd = fs.openSync(part, "w", 0o600)
  try {
    fs.writeSync(fd, `${JSON.stringify(header)}\n`)
    for (let at = 0; at < payload.length; ) at += fs.writeSync(fd, payload, at)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(part, file)
}

/** Longest header line. */
const headerBytesMax = 4_096

/** Reads the snapshot beside a log. The left says why there is none to be used: missing, damaged, or of other rules. */
export const readSnapshot = (logFile: string, key: SnapshotKey): Either.Either<Snapshot, string> => {
  let bytes: Buffer
  try {
    bytes = fs.readFileSync(snapshotFileOf(logFile))
  } catch (error) {
    return Either.left((error as NodeJS.ErrnoException).code === "ENOENT" ? "there is none" : String(error))
  }
  const end = bytes.subarray(0, headerBytesMax).indexOf("\n")
  const header = Schema.decodeUnknownEither(Header)(bytes.toString("utf8", 0, Math.max(end, 0)))
  if (Either.isLeft(header)) return Either.left("it is damaged: it has no header")
  const { at, digest, flags, rules, seq, sha256, bytes: length } = header.right
  if (rules !== key.rules || flags.join() !== key.flags.join()) return Either.left("it was made by other rules")
  const payload = bytes.subarray(end + 1)
  if (payload.length !== length || createHash("sha256").update(payload).digest("hex") !== sha256)
    return Either.left("it is damaged: its content does not match its hash")
  try {
    return Either.right({ head: { seq, at, hash: digest }, world: v8.deserialize(payload) as SavedWorld })
  } catch (error) {
    return Either.left(`it is damaged: ${String(error)}`)
  }
}
