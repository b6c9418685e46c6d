import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { genesis, hashOf, type Row } from "../../src/core/Entry.ts"
import { chain, chainOf } from "../../src/log/eventLog.contract.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { streamRows } from "../../src/log/recording.ts"
import { closedLog, logPath, tamper, withoutRights } from "./given.ts"

/** Seq of the first row that is not what the row before it and its hash say. */
const firstFault = (rows: ReadonlyArray<Row>): number | undefined => {
  let previous = genesis
  for (const [i, row] of rows.entries()) {
    if (row.seq !== i + 1 || row.hash !== hashOf(row, previous)) return row.seq
    previous = row.hash
  }
  return undefined
}

const readAll = (file: string) => Effect.scoped(Effect.flatMap(openReader(file), (log) => log.read(0, 1_000)))

describe("a reader of a log that is being written", () => {
  it.scoped("sees what is committed, at once, and takes no lock", () =>
    Effect.gen(function* () {
      const rows = chainOf(5, 2)
      const file = yield* logPath
      const log = yield* openSqlite(file)
      const reader = yield* openReader(file)
      deepStrictEqual(yield* reader.read(0, 10), [])
      for (const row of rows) {
        yield* log.append([row])
        deepStrictEqual(yield* reader.head, yield* log.head)
        deepStrictEqual(yield* reader.read(row.seq - 1, 10), [row])
      }
      deepStrictEqual(yield* reader.readSubject("SM1", 0, 10), yield* log.readSubject("SM1", 0, 10))
    }),
  )

  it.scoped("streams what is there when it begins, and no more", () =>
    Effect.gen(function* () {
      const rows = chainOf(1_500)
      const file = yield* closedLog(rows.slice(0, 1_000))
      const log = yield* openSqlite(file)
      const seen = yield* Stream.runCollect(
        Stream.tap(streamRows(log, 7), ({ seq }) => (seq === 8 ? log.append(rows.slice(1_000)) : Effect.void)),
      )
      deepStrictEqual(Chunk.toReadonlyArray(seen), rows.slice(7, 1_000))
      deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(streamRows(log, 1_500))), [])
    }),
  )
})

describe("a reader where nothing may be written", () => {
  it.scoped("reads a log in a folder that it has no right to write, with what its write-ahead log holds", () =>
    Effect.gen(function* () {
      const rows = chainOf(30)
      const file = yield* logPath
      const copy = yield* logPath
      yield* Effect.scoped(
        Effect.gen(function* () {
          const log = yield* openSqlite(file)
          yield* log.append(rows)
          // As a killed server would have left it: entries in the write-ahead log and no index of it.
          for (const end of ["", "-wal"]) fs.copyFileSync(file + end, copy + end)
        }),
      )
      const home = path.dirname(copy)
      fs.chmodSync(home, 0o555)
      deepStrictEqual(yield* withoutRights(readAll(copy)), rows)
      deepStrictEqual(fs.readdirSync(home).sort(), ["log.db", "log.db-wal"])
      fs.chmodSync(home, 0o755)
    }),
  )
})

describe("reading a log that was altered", () => {
  const rows = chain(
    Array.from({ length: 6 }, (_, i) => ({
      cause: 1,
      kind: i % 2 === 0 ? "input" : "outcome",
      type: `thing.${i}`,
      subject: `SM${i}`,
      data: { n: i },
    })),
  )
  for (const [what, statement, seen] of [
    ["a type without a name", "UPDATE entries SET type = 77 WHERE seq = 4", { type: "?77" }],
    ["a type whose row is gone", "DELETE FROM types WHERE id = 4", { type: "?4" }],
    ["another name of a type", "UPDATE types SET name = 'x' WHERE id = 4", { type: "x" }],
    ["a name that is no name", `UPDATE types SET name = '"x"' WHERE id = 4`, { type: '?"x"' }],
    ["a subject without a name", "UPDATE entries SET subject = -5 WHERE seq = 4", { subject: "?-5" }],
    ["another subject", "UPDATE entries SET subject = 1 WHERE seq = 4", { subject: "SM0" }],
    ["a kind that is none", "UPDATE entries SET kind = 7 WHERE seq = 4", { kind: "?7" }],
    ["the other kind", "UPDATE entries SET kind = 0 WHERE seq = 4", { kind: "input" }],
    ["another instant", "UPDATE entries SET at = 5 WHERE seq = 4", { at: 5 }],
    ["another cause", "UPDATE entries SET cause = 2 WHERE seq = 4", { cause: 2 }],
    ["an impossible number", "UPDATE entries SET at = 9223372036854775807 WHERE seq = 4", { at: 2 ** 63 }],
    ["other data", "UPDATE entries SET data = '{\"n\":4}' WHERE seq = 4", { data: '{"n":4}' }],
    ["data that are no JSON", "UPDATE entries SET data = char(0) WHERE seq = 4", { data: "\u0000" }],
    ["another hash", "UPDATE entries SET hash = 'x' WHERE seq = 4", { hash: "x" }],
  ] as const)
    it.scoped(`gives ${what} back so that the entry can be named`, () =>
      Effect.gen(function* () {
        const file = yield* closedLog(rows)
        tamper(file, statement)
        const read = yield* readAll(file)
        deepStrictEqual(read[3], { ...rows[3]!, ...seen } as Row)
        strictEqual(firstFault(read), 4)
      }),
    )

  it.scoped("gives columns back that are not there at all", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(rows)
      tamper(
        file,
        "ALTER TABLE entries RENAME TO old",
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, at, cause, kind, type, subject, data, hash)",
        "INSERT INTO entries SELECT * FROM old",
        "UPDATE entries SET at = NULL, cause = 'x', kind = x'00', type = NULL, data = NULL, hash = 5 WHERE seq = 4",
      )
      const read = yield* readAll(file)
      deepStrictEqual(read[3], {
        seq: 4,
        at: Number.NaN,
        cause: Number.NaN,
        kind: "?\u0000",
        type: "?null",
        subject: "SM3",
        data: "?object",
        hash: "?number",
      } as unknown as Row)
      strictEqual(firstFault(read), 4)
    }),
  )

  it.scoped("leaves a gap where an entry was removed", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(rows)
      tamper(file, "DELETE FROM entries WHERE seq = 4")
      deepStrictEqual(yield* readAll(file), [...rows.slice(0, 3), ...rows.slice(4)])
    }),
  )

  it.scoped("tells bytes that are no UTF-8 from the character that stands for such", () =>
    Effect.gen(function* () {
      const odd = chain([{ data: "a\uFFFDb", subject: "\uFFFD", type: "\uFFFD" }, { data: "a\uFFFDb" }, { data: "ab" }])
      const file = yield* closedLog(odd)
      deepStrictEqual(yield* readAll(file), odd)
      // F0 BF BD is cut-off UTF-8 that decoders show as one U+FFFD (EF BF BD): the text would look the same.
      tamper(file, `UPDATE entries SET data = CAST(x'2261F0BFBD6222' AS TEXT) WHERE seq = 2`)
      const read = yield* readAll(file)
      strictEqual(firstFault(read), 2)
      deepStrictEqual(read[0], odd[0])
    }),
  )

  it.scoped("fails, and says which file, when the pages themselves are damaged", () =>
    Effect.gen(function* () {
      const file = yield* closedLog(chainOf(2_000, 2_000))
      const bytes = fs.readFileSync(file)
      for (let at = 20 * 4_096; at < bytes.length - 4_096; at += 4_096) bytes.fill(0xa5, at, at + 64)
      fs.writeFileSync(file, bytes)
      const error = yield* Effect.flip(Effect.scoped(Effect.flatMap(openReader(file), (log) => log.read(0, 1_000))))
      assertTrue(error._tag === "LogUnavailable")
      assertInclude(error.message, `Reading ${file}: database disk image is malformed`)
    }),
  )
})
