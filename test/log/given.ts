import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import type { Row } from "../../src/core/Entry.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"

/** A folder of the test's own, gone when its scope closes. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ringback-test-"))),
  (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true })),
)

/** A path for a log in a folder of its own. */
export const logPath = Effect.map(folder, (made) => path.join(made, "log.db"))

/** A log with these rows that nobody has open. */
export const closedLog = (rows: ReadonlyArray<Row>) =>
  Effect.tap(logPath, (file) => Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.append(rows))))

/** Changes a log behind ringback's back, its triggers out of the way. */
export const tamper = (file: string, ...statements: ReadonlyArray<string>): void => {
  const db = new Database(file)
  const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()
  for (const name of triggers) db.exec(`DROP TRIGGER ${name}`)
  for (const statement of statements) db.exec(statement)
  db.close()
}

/** Does something as a user that rights apply to, which root is not. */
export const withoutRights = <A, E, R>(doing: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  process.getuid?.() === 0
    ? Effect.acquireUseRelease(
        Effect.sync(() => process.seteuid?.(65_534)),
        () => doing,
        () => Effect.sync(() => process.seteuid?.(0)),
      )
    : doing
