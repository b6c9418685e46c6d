import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { LogOpenError } from "../../src/log/EventLog.ts"
import { chainOf } from "../../src/log/eventLog.contract.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { closedLog, folder, logPath, tamper, withoutRights } from "./given.ts"

/** That opening a log is refused; gives the refusal, whose message is one line that names the file. */
const refused = (file: string) =>
  Effect.map(Effect.flip(Effect.scoped(openSqlite(file))), (error) => {
    assertTrue(error instanceof LogOpenError)
    assertInclude(error.message, path.basename(file))
    assertTrue(!/[\r\n]/.test(error.message))
    return error
  })

describe("opening a log", () => {
  it.scoped("makes its folder and leaves nothing but the log and its lock file when it is closed", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const file = path.join(home, "a", "b", "log.db")
      yield* Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.append(chainOf(3))))
      deepStrictEqual(fs.readdirSync(path.dirname(file)).sort(), ["log.db", "log.db.lock"])
    }),
  )

  it.scoped("goes on from where it was closed", () =>
    Effect.gen(function* () {
      const rows = chainOf(6, 2)
      const file = yield* closedLog(rows.slice(0, 3))
      const log = yield* openSqlite(file)
      yield* log.append(rows.slice(3))
      deepStrictEqual(yield* log.read(0, 10), rows)
    }),
  )

  for (const below of ["file", "/proc"])
    it.scoped(`is refused as unwritable where no folder can be made: below ${below}`, () =>
      Effect.gen(function* () {
        const home = yield* folder
        fs.writeFileSync(path.join(home, "file"), "")
        const error = yield* refused(path.resolve(home, below, "none", "log.db"))
        strictEqual(error.reason, "unwritable")
        assertInclude(error.message, "use another --db")
      }),
    )

  it.scoped("is refused, for reading too, by a name that no file can have", () =>
    Effect.gen(function* () {
      const file = path.join(yield* folder, `${"x".repeat(300)}.db`)
      strictEqual((yield* refused(file)).reason, "unwritable")
      const error = yield* Effect.flip(Effect.scoped(openReader(file)))
      assertInclude(error.message, "ENAMETOOLONG")
    }),
  )

  it.scoped("is refused as unwritable where a folder has the log's name, or its lock's", () =>
    Effect.gen(function* () {
      const home = yield* folder
      fs.mkdirSync(path.join(home, "a.db"))
      fs.mkdirSync(path.join(home, "b.db.lock"))
      strictEqual((yield* refused(path.join(home, "a.db"))).reason, "unwritable")
      strictEqual((yield* refused(path.join(home, "b.db"))).reason, "unwritable")
    }),
  )

  for (const [what, folderMode, fileMode, words] of [
    ["the folder", 0o555, 0o666, "can be read and written"],
    ["the log", 0o777, 0o444, "is read-only; make it writable"],
  ] as const)
    it.scoped(`is refused as unwritable when there is no right to write ${what}`, () =>
      Effect.gen(function* () {
        const file = yield* closedLog(chainOf(1))
        fs.rmSync(`${file}.lock`)
        fs.chmodSync(file, fileMode)
        fs.chmodSync(path.dirname(file), folderMode)
        const error = yield* withoutRights(refused(file))
        fs.chmodSync(path.dirname(file), 0o777)
        strictEqual(error.reason, "unwritable")
        assertInclude(error.message, words)
      }),
    )

  it.scoped("is refused as unwritable when the lock file is something else", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      fs.writeFileSync(`${file}.lock`, "shopping list\n".repeat(100))
      const error = yield* refused(file)
      strictEqual(error.reason, "unwritable")
      assertInclude(error.message, "log.db.lock is no lock file")
    }),
  )

  it.scoped("is refused as not a log when the file is text, and the text is left alone", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const text = "shopping list\n".repeat(100)
      fs.writeFileSync(file, text)
      strictEqual((yield* refused(file)).reason, "not-a-log")
      strictEqual(fs.readFileSync(file, "utf8"), text)
    }),
  )

  for (const [what, ...statements] of [
    ["tables of its own", "CREATE TABLE entries (id)"],
    ["a mark of its own", "PRAGMA application_id = 42"],
    ["a view only", "CREATE VIEW migrations AS SELECT 1"],
  ] as const)
    it.scoped(`is refused as not a log when another program's database has ${what}, which is left alone`, () =>
      Effect.gen(function* () {
        const file = yield* logPath
        const other = new Database(file)
        for (const statement of statements) other.exec(statement)
        other.close()
        const before = fs.readFileSync(file)
        strictEqual((yield* refused(file)).reason, "not-a-log")
        assertTrue(before.equals(fs.readFileSync(file)))
      }),
    )

  it.scoped("is refused when the log is of a newer format, and says what was found and what is supported", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(chainOf(1))
      tamper(file, "PRAGMA user_version = 7")
      const error = yield* refused(file)
      strictEqual(error.reason, "newer-format")
      assertInclude(error.message, "has format 7 and this ringback reads formats up to 1")
      strictEqual((yield* Effect.flip(Effect.scoped(openReader(file)))).reason, "newer-format")
    }),
  )

  it.scoped("takes an empty file, and a log whose first start was cut short, as a new log", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      fs.writeFileSync(file, "")
      strictEqual((yield* Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.head))).seq, 0)
      const cut = yield* logPath
      const db = new Database(cut)
      db.exec("CREATE TABLE ringback_migrations (migration_id integer PRIMARY KEY NOT NULL, created_at, name)")
      db.close()
      yield* Effect.scoped(Effect.flatMap(openSqlite(cut), (log) => log.append(chainOf(1))))
    }),
  )

  it.scoped("is refused as damaged when a table is gone", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(chainOf(1))
      tamper(file, "DROP TABLE subjects")
      const error = yield* refused(file)
      strictEqual(error.reason, "corrupt")
      assertInclude(error.message, "no table subjects")
    }),
  )

  for (const [what, statement] of [
    ["was changed", "UPDATE entries SET at = at + 1 WHERE seq = 5"],
    ["has lost the one before it", "DELETE FROM entries WHERE seq = 4"],
    ["was moved", "UPDATE entries SET seq = 9 WHERE seq = 5"],
  ] as const)
    it.scoped(`is refused as damaged when the newest entry ${what}`, () =>
      Effect.gen(function* () {
        const file = yield* closedLog(chainOf(5))
        tamper(file, statement)
        const error = yield* refused(file)
        strictEqual(error.reason, "corrupt")
        assertInclude(error.message, "does not match its hash")
      }),
    )

  it.scoped("is refused, never crashes, when the file was cut off anywhere", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(chainOf(200, 50))
      const whole = fs.readFileSync(file)
      for (const bytes of [
        1,
        15,
        16,
        60,
        100,
        511,
        512,
        4095,
        4096,
        5000,
        8192,
        whole.length - 4096,
        whole.length - 1,
      ]) {
        fs.writeFileSync(file, whole.subarray(0, bytes))
        const { reason } = yield* refused(file)
        assertTrue(reason === "corrupt" || reason === "not-a-log", `${bytes} bytes: ${reason}`)
      }
    }),
  )

  it.scoped("never crashes, and reading neither, whichever byte of the file was changed", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(chainOf(40, 5))
      const whole = fs.readFileSync(file)
      const readAll = Effect.scoped(Effect.flatMap(openReader(file), (log) => Effect.asVoid(log.read(0, 1_000))))
      const open = Effect.scoped(Effect.asVoid(openSqlite(file)))
      for (let i = 0; i < whole.length; i += 97) {
        const changed = Buffer.from(whole)
        changed[i] = changed[i]! ^ 0xff
        for (const [what, doing] of [
          ["read", readAll],
          ["open", open],
        ] as const) {
          for (const end of ["-wal", "-shm"]) fs.rmSync(file + end, { force: true })
          fs.writeFileSync(file, changed)
          const exit = yield* Effect.exit(doing)
          if (Exit.isFailure(exit)) strictEqual(exit.cause._tag, "Fail", `${what} at byte ${i}: ${exit.cause}`)
        }
      }
    }),
  )

  it.scoped("for reading is refused as missing when there is none, and makes nothing", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const error = yield* Effect.flip(Effect.scoped(openReader(file)))
      strictEqual(error.reason, "missing")
      assertInclude(error.message, `there is no log at ${file}`)
      deepStrictEqual(fs.readdirSync(path.dirname(file)), [])
    }),
  )
})
