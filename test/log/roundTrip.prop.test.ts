import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { canonical } from "../../src/core/canonical.ts"
import { decode } from "../../src/core/Entry.ts"
import { chain, type Given, oddTexts } from "../../src/log/eventLog.contract.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { exportRecording, importRecording, rowsOf } from "../../src/log/recording.ts"
import { folder } from "./given.ts"

/** Any text, lone surrogates and all, and the ones known to damage what is careless. */
const text = FastCheck.oneof(
  FastCheck.string16bits(),
  FastCheck.fullUnicodeString(),
  FastCheck.constantFrom(...oddTexts),
)

/** An object with exactly these keys, `__proto__` among them. */
const object = (pairs: ReadonlyArray<readonly [string, unknown]>): object => {
  const made = {}
  for (const [key, value] of pairs)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true })
  return made
}

const { json } = FastCheck.letrec((tie) => ({
  json: FastCheck.oneof(
    { maxDepth: 4 },
    text,
    FastCheck.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
    FastCheck.constantFrom(null, true, false),
    FastCheck.array(tie("json"), { maxLength: 4 }),
    FastCheck.array(FastCheck.tuple(text, tie("json")), { maxLength: 4 }).map(object),
  ),
}))

const data = FastCheck.array(FastCheck.tuple(text, json), { maxLength: 4 }).map(object)

const entries: FastCheck.Arbitrary<ReadonlyArray<Given>> = FastCheck.array(
  FastCheck.record({
    at: FastCheck.nat(1_000),
    kind: FastCheck.constantFrom("input" as const, "outcome" as const),
    type: text.filter((type) => type !== ""),
    subject: text,
    data,
  }),
  { maxLength: 12 },
).map((given) => given.map((one, i) => ({ ...one, at: 1_000 * i + one.at, cause: i })))

describe("entries with any text and any keys", () => {
  it.scoped.prop(
    "come back byte for byte from memory, SQLite and a recording, with the same digest",
    [entries],
    ([given]) =>
      Effect.gen(function* () {
        const rows = chain(given)
        const home = yield* folder
        const file = (name: string) => path.join(home, name)
        const memory = makeMemory()
        const sqlite = yield* openSqlite(file("a.db"))
        for (const log of [memory, sqlite]) assertTrue(Either.isRight(log.append(rows)))
        deepStrictEqual(yield* sqlite.read(0, 100), rows)
        deepStrictEqual(yield* sqlite.head, yield* memory.head)
        for (const row of rows)
          deepStrictEqual(
            yield* sqlite.readSubject(row.subject, 0, 100),
            yield* memory.readSubject(row.subject, 0, 100),
          )

        const made = yield* exportRecording(sqlite, file("run.jsonl"))
        deepStrictEqual(yield* importRecording(file("run.jsonl"), file("b.db")), made)
        for (const again of ["b.db", "run.jsonl"])
          deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(yield* rowsOf(file(again)))), rows)
        const reader = yield* openReader(file("b.db"))
        strictEqual((yield* reader.head).hash, made.digest)
      }),
    { fastCheck: { numRuns: 25 } },
  )

  it.prop("mean the same when they are read as when they were written", [entries], ([given]) => {
    for (const [i, row] of chain(given).entries()) strictEqual(canonical(decode(row).data), canonical(given[i]?.data))
  })
})
