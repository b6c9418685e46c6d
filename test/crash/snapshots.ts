import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { authTokenSecret } from "../../src/carriers/twilio/settings.ts"
import { type SnapshotKey, snapshotFileOf, writeSnapshot } from "../../src/engine/snapshot.ts"
import type { SavedWorld } from "../../src/engine/World.ts"
import { openKeys } from "../../src/log/Keys.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { simulate } from "../support/simulate.ts"

/** Enough that the server writes a snapshot as soon as it starts. */
const entriesMin = 100_500

/**
 * Writes a log that long, with its keys, as if a server had; gives the world of its first entry, which knows no message. Logs of one seed
 * would give the same ids to what they send.
 */
export const writeLongLog = (db: string, authToken: string, seed: number): Promise<SavedWorld> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const log = yield* openSqlite(db)
        const keys = yield* openKeys(db, { fresh: true })
        keys.remember(authTokenSecret, Redacted.make(authToken))
        const { run, send, settled } = yield* simulate({ log, seed, start: 1_767_225_600_000 })
        const { at, parts } = run.engine.world.save()
        const first = { at, parts: structuredClone([...parts]) }
        const some = Array.from({ length: 500 }, () =>
          send({ To: "+15551234567", StatusCallback: "https://good.test/status" }),
        )
        while (run.engine.head.seq < entriesMin) {
          yield* Effect.all(some, { concurrency: "unbounded" })
          yield* settled
        }
        return first
      }),
    ),
  )

interface Header extends SnapshotKey {
  readonly seq: number
  readonly at: number
  readonly digest: string
}

/**
 * Snapshots that must not be believed, made from the one a server wrote; most hold a world without messages, whole and under
 * a hash that fits, so that believing one shows.
 */
export const lies: ReadonlyArray<readonly [what: string, write: (db: string, world: SavedWorld) => void]> = [
  ["of another log", changing(({ digest }) => ({ digest: digest.replace(/^./, (c) => (c === "0" ? "1" : "0")) }))],
  ["of other rules", changing(({ rules }) => ({ rules: `${rules}x` }))],
  ["half-written", (db) => fs.truncateSync(snapshotFileOf(db), Math.floor(fs.statSync(snapshotFileOf(db)).size / 2))],
  ["of an entry that is not there", changing(({ seq }) => ({ seq: seq * 100 }))],
  ["of other flags", changing(() => ({ flags: [1] }))],
  [
    "with another world under its hash",
    (db, world) => {
      const header = headerOf(db)
      changing(() => ({}))(db, world)
      const content = fs.readFileSync(snapshotFileOf(db)).subarray(header.length)
      fs.writeFileSync(snapshotFileOf(db), Buffer.concat([Buffer.from(header), content]))
    },
  ],
  ["of nothing", (db) => fs.writeFileSync(snapshotFileOf(db), "")],
]

function changing(change: (header: Header) => Partial<Header>) {
  return (db: string, world: SavedWorld): void => {
    const header: Header = JSON.parse(headerOf(db))
    const { at, digest, flags, rules, seq } = { ...header, ...change(header) }
    writeSnapshot(db, { flags, rules }, { at, hash: digest, seq }, world)
  }
}

const headerOf = (db: string): string => {
  const bytes = fs.readFileSync(snapshotFileOf(db))
  return bytes.toString("utf8", 0, bytes.indexOf("\n") + 1)
}
