import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { decode, encodeUnhashed, genesis, type Row } from "../core/Entry.ts"
import type { LogOpenError } from "./EventLog.ts"
import { keysFileOf } from "./Keys.ts"
import { takeLock } from "./lock.ts"
import { cannotWrite, targetExists } from "./newLog.ts"
import type { CheckedType, Progress } from "./recording.ts"
import { firstIssue, RecordingError } from "./recordingLines.ts"
import { checkedRowsOf, kindOfLog, type RewriteError, writeAnew } from "./rewrite.ts"
import { upcast as shipped } from "./upcasts.ts"

export interface UpgradeOptions {
  /** A log or a recording; what comes out is of the same kind. */
  readonly file: string
  /** It must not exist. */
  readonly out: string
  /** What the data of each type has to look like today. */
  readonly types: ReadonlyArray<CheckedType>
  /** Makes an entry of an older shape one of today's; by default the shipped upcasts. */
  readonly upcast?: typeof shipped
  readonly progress?: (entries: number) => void
}

/** What an upgrade found, and did unless nothing was older. */
export interface Upgraded {
  /** Entries of an older shape, by their type. */
  readonly changed: ReadonlyMap<string, number>
  readonly before: Progress
  /** Absent when nothing was older: then nothing is written. */
  readonly after?: Progress
}

/**
 * Makes a new log out of an older one, every entry of today's shape; the old one stays as it is. Its keys file comes along, so a run can go
 * on from the new log; snapshots do not, they are made anew.
 *
 * Refuses a log that is in use, one that is damaged, entries that no upcast makes one of today's, and a target that is there, or its keys.
 */
export const upgradeLog = ({
  file,
  out,
  progress = () => {},
  types,
  upcast = shipped,
}: UpgradeOptions): Effect.Effect<Upgraded, RewriteError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const kind = yield* kindOfLog(file)
      if (kind === "log") yield* Effect.zipRight(heldStill(file), refuseKeys(file, out))
      const checks = new Map(types.map(({ schema, type }) => [type, Schema.decodeUnknownEither(schema)]))
      const upgraded = (row: Row): Effect.Effect<Omit<Row, "hash">, RecordingError> => {
        const entry = upcast(decode(row))
        const checked = checks.get(entry.type)?.(entry.data)
        if (checked !== undefined && Either.isRight(checked)) return Effect.succeed(encodeUnhashed(entry))
        const found =
          checked === undefined ? "a type nobody knows" : firstIssue(ArrayFormatter.formatErrorSync(checked.left))
        const message = `${file}: entry ${row.seq} (${row.type}) is not of today's shape: ${found}`
        return Effect.fail(new RecordingError({ reason: "wrong-shape", file, message }))
      }
      const changed = new Map<string, number>()
      let before: Progress = { entries: 0, digest: genesis }
      yield* Stream.runForEach(checkedRowsOf(file), (row) =>
        Effect.map(upgraded(row), ({ data, subject, type }) => {
          if (data !== row.data || type !== row.type || subject !== row.subject)
            changed.set(row.type, (changed.get(row.type) ?? 0) + 1)
          before = { entries: row.seq, digest: row.hash }
          progress(row.seq)
        }),
      )
      if (changed.size === 0) return { changed, before }
      const after = yield* writeAnew(kind, out, Stream.mapEffect(checkedRowsOf(file), upgraded))
      if (kind === "log") yield* bringKeys(file, out)
      return { changed, before, after }
    }),
  )

/** Keeps a log from being written meanwhile. One in a folder that cannot be written is written by nobody. */
const heldStill = (file: string): Effect.Effect<void, LogOpenError, Scope.Scope> =>
  Effect.catchIf(
    takeLock(file),
    ({ reason }) => reason !== "locked",
    () => Effect.void,
  )

/** Refuses a target whose keys file is there already: it would be another log's, or lost. */
const refuseKeys = (file: string, out: string): Effect.Effect<void, RecordingError> =>
  Effect.suspend(() =>
    fs.existsSync(keysFileOf(file)) && fs.existsSync(keysFileOf(out))
      ? Effect.fail(targetExists(keysFileOf(out), `${keysFileOf(out)} exists already; name a log that has none`))
      : Effect.void,
  )

const bringKeys = (file: string, out: string): Effect.Effect<void, RecordingError> =>
  Effect.try({
    try: () => {
      const [from, to] = [keysFileOf(file), keysFileOf(out)].map((each) => path.resolve(each)) as [string, string]
      if (!fs.existsSync(from)) return
      fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL)
      fs.chmodSync(to, 0o600)
    },
    catch: (cause) => cannotWrite(keysFileOf(out), cause),
  })
