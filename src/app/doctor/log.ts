import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { genesis, hashOf, type Row } from "../../core/Entry.ts"
import { outboundRequested } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import type { LogReader } from "../../log/EventLog.ts"
import { keysFileOf } from "../../log/Keys.ts"
import { lockRefusal } from "../../log/lock.ts"
import { openReader } from "../../log/reader.ts"
import { isLoopback } from "../../network/isLoopback.ts"
import { type Check, type Finding, fail, ok, warn } from "./Check.ts"

/* Whether a log can be gone on with. Nothing is written: where there is no lock file, none is made. */

/** Whether the log can be read and ends well. Its middle is for `verify`. */
export const logCheck = (db: string): Check => ({
  about: "log",
  look: Effect.suspend(() => {
    if (db === ":memory:") return Effect.succeed(ok("kept in memory: gone when the server ends"))
    if (!fs.existsSync(db)) return Effect.succeed(ok(`${db} will be made`))
    return Effect.scoped(Effect.flatMap(openReader(db), (reader) => endOf(db, reader))).pipe(
      Effect.catchAll(({ message }) => Effect.succeed(apart(message))),
    )
  }),
})

/** Entries at the end of a log whose hashes are worked out. */
const tailEntries = 200

const endOf = (db: string, reader: LogReader) =>
  Effect.gen(function* () {
    const head = yield* reader.head
    if (head.seq === 0) return ok(`${db} has no entry yet`)
    const rows = yield* reader.read(Math.max(0, head.seq - tailEntries - 1), tailEntries + 1)
    const broken = rows.find((row, i) => !follows(row, rows[i - 1], i === 0 && row.seq !== 1))
    if (broken !== undefined)
      return fail(
        `entry ${broken.seq} of ${db} does not match its hash`,
        `ringback verify ${db} tells more; restore a copy of it, or use another --db`,
      )
    const lock = lockRefusal(db)
    if (lock !== undefined && lock.reason !== "locked") return apart(lock.message)
    const held = lock === undefined ? "" : "; a server is writing it"
    return ok(`${db}: ${head.seq} entries, the last ${Math.min(rows.length, tailEntries)} match their hashes${held}`)
  })

/** Whether a row follows the one before; of the first that was read only its place is known. */
const follows = (row: Row, before: Row | undefined, unknown: boolean): boolean =>
  unknown || (row.seq === (before?.seq ?? 0) + 1 && hashOf(row, before?.hash ?? genesis) === row.hash)

/** A message of the log room, which says what is wrong and then what helps. */
const apart = (message: string): Finding => {
  const cut = message.lastIndexOf("; ")
  return cut < 0 ? fail(message, "use another --db") : fail(message.slice(0, cut), message.slice(cut + 2))
}

/** Whether the keys file is beside its log, and nobody else's to read. */
export const keysCheck = (db: string): Check => ({
  about: "keys",
  look: Effect.sync(() => {
    const file = keysFileOf(db)
    // Below a file nothing can be, which a plain stat throws for.
    const mode = fs.existsSync(file) ? fs.statSync(file).mode : undefined
    if (db === ":memory:") return ok("in memory, like the log")
    if (mode === undefined)
      return fs.existsSync(db)
        ? warn(
            `${file} is missing: ${db} can be looked at, and no run can go on from it`,
            "put it back beside the log, or use another --db to start a new one",
          )
        : ok(`${file} will be made`)
    if ((mode & 0o077) !== 0)
      return warn(`${file} can be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${file}`)
    return ok(`${file}, mode ${(mode & 0o777).toString(8)}`)
  }),
})

/** Origins on this machine that the newest callbacks of a log went to; none of a log that cannot be read. */
export const recentCallbacks = (db: string): Effect.Effect<ReadonlyArray<string>> =>
  db === ":memory:" || !fs.existsSync(db)
    ? Effect.succeed([])
    : Effect.scoped(
        Effect.gen(function* () {
          const reader = yield* openReader(db)
          const { seq } = yield* reader.head
          const rows = yield* reader.read(Math.max(0, seq - limits.readEntriesMax), limits.readEntriesMax)
          return [...new Set(rows.flatMap(originOf))]
        }),
      ).pipe(Effect.orElseSucceed(() => []))

/** Where a request that left by the wire went on this machine. Elsewhere nothing is knocked at because a log says so. */
const originOf = ({ data, type }: Row): ReadonlyArray<string> => {
  if (type !== outboundRequested.type) return []
  try {
    const { connect, url, via } = JSON.parse(data)
    const target = new URL(connect ?? url)
    const here = target.hostname === "localhost" || isLoopback(target.hostname.replace(/^\[|\]$/g, ""))
    return via === "wire" && here ? [target.origin] : []
  } catch {
    return [] // A log that was altered: `verify` tells where.
  }
}
