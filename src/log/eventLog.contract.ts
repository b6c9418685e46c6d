import { describe, it } from "@effect/vitest"
import { assertFalse, assertLeft, assertRight, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { encode, genesis, type Kind, type Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { type EventLog, LogUnavailable } from "./EventLog.ts"

/** What a test has to say about an entry; the rest is filled in. */
export interface Given {
  readonly at?: number
  readonly cause?: number
  readonly kind?: Kind
  readonly type?: string
  readonly subject?: string
  readonly data?: unknown
}

/** Rows that follow each other from the genesis, or from the last of `before`. */
export const chain = (given: ReadonlyArray<Given>, before: ReadonlyArray<Row> = []): ReadonlyArray<Row> => {
  let previous = before[before.length - 1]
  return given.map((one, i) => {
    const seq = before.length + i + 1
    const { at = 1_000 + seq, cause = 0, kind = "input", type = "thing.happened", subject = "", data = {} } = one
    previous = encode({ seq, at, cause, kind, type, subject, data }, previous?.hash ?? genesis)
    return previous
  })
}

/** `n` rows about `subjects` different subjects in turn. */
export const chainOf = (n: number, subjects = 1): ReadonlyArray<Row> =>
  chain(Array.from({ length: n }, (_, i) => ({ subject: `SM${i % subjects}`, data: { n: i } })))

/** Texts that damage what is careless with them. */
export const oddTexts = [
  "",
  "\u0000",
  "a\u0000b",
  "\uFFFD",
  "\uD800",
  "a\uDFFFb",
  '"',
  '"quoted"',
  "?7",
  "🕊",
  "Ώ",
  "\r\n\u2028",
  "__proto__",
  "9",
]

/** What every event log keeps to; `make` opens a new empty one. */
export const eventLogContract = <E>(name: string, make: Effect.Effect<typeof EventLog.Service, E, Scope.Scope>) =>
  describe(`the event log ${name}`, () => {
    const filled = (rows: ReadonlyArray<Row>) => Effect.tap(make, (log) => assertRight(log.append(rows), undefined))

    it.scoped("ends at the genesis while it is empty", () =>
      Effect.gen(function* () {
        const log = yield* make
        deepStrictEqual(yield* log.head, { seq: 0, at: 0, hash: genesis })
        deepStrictEqual(yield* log.read(0, 10), [])
        deepStrictEqual(yield* log.readSubject("SM0", 0, 10), [])
      }),
    )

    it.scoped("gives back the rows it was given, also over several appends", () =>
      Effect.gen(function* () {
        const rows = chainOf(5)
        const log = yield* filled(rows.slice(0, 2))
        assertRight(log.append(rows.slice(2)), undefined)
        deepStrictEqual(yield* log.read(0, 10), rows)
        deepStrictEqual(yield* log.head, { seq: 5, at: rows[4]!.at, hash: rows[4]!.hash })
      }),
    )

    it.scoped("takes an empty group as nothing", () =>
      Effect.gen(function* () {
        const log = yield* filled([])
        strictEqual((yield* log.head).seq, 0)
        assertRight(log.append(chainOf(1)), undefined)
      }),
    )

    it.scoped("pages: rows after a seq, at most as many as asked for", () =>
      Effect.gen(function* () {
        const rows = chainOf(7)
        const log = yield* filled(rows)
        deepStrictEqual(yield* log.read(0, 3), rows.slice(0, 3))
        deepStrictEqual(yield* log.read(3, 3), rows.slice(3, 6))
        deepStrictEqual(yield* log.read(6, 3), rows.slice(6))
        deepStrictEqual(yield* log.read(7, 3), [])
        deepStrictEqual(yield* log.read(100, 3), [])
        deepStrictEqual(yield* log.read(0, 0), [])
      }),
    )

    it.scoped("brings no more than readEntriesMax rows at once, whatever is asked for", () =>
      Effect.gen(function* () {
        const log = yield* filled(chainOf(limits.readEntriesMax + 1))
        strictEqual((yield* log.read(0, Number.MAX_SAFE_INTEGER)).length, limits.readEntriesMax)
        strictEqual((yield* log.readSubject("SM0", 0, Number.MAX_SAFE_INTEGER)).length, limits.readEntriesMax)
      }),
    )

    it.scoped("reads what is about one subject, in pages too", () =>
      Effect.gen(function* () {
        const rows = chainOf(9, 3)
        const log = yield* filled(rows)
        const about = rows.filter(({ subject }) => subject === "SM1")
        deepStrictEqual(yield* log.readSubject("SM1", 0, 10), about)
        deepStrictEqual(yield* log.readSubject("SM1", 2, 1), about.slice(1, 2))
        deepStrictEqual(yield* log.readSubject("SM1", 8, 10), [])
        deepStrictEqual(yield* log.readSubject("SM3", 0, 10), [])
      }),
    )

    it.scoped("reads what is about the subjects of entries, in pages too", () =>
      Effect.gen(function* () {
        const rows = chainOf(12, 4)
        const log = yield* filled(rows)
        const about = rows.filter(({ subject }) => subject === "SM1" || subject === "SM3")
        deepStrictEqual(yield* log.readSameSubjects([2, 4, 8], 0, 10), about)
        deepStrictEqual(yield* log.readSameSubjects([2, 4], 4, 2), about.slice(2, 4))
        for (const none of [[], [0], [13], [-1]]) deepStrictEqual(yield* log.readSameSubjects(none, 0, 10), [])
      }),
    )

    it.scoped("keeps every text as it is, in types, subjects and data", () =>
      Effect.gen(function* () {
        const texts = oddTexts.filter((text) => text !== "")
        const data = (text: string) =>
          Object.fromEntries([
            [text, text],
            ["list", [text]],
          ])
        const rows = chain([...texts.map((text) => ({ type: text, subject: text, data: data(text) })), { subject: "" }])
        const log = yield* filled(rows)
        deepStrictEqual(yield* log.read(0, 100), rows)
        for (const text of texts)
          deepStrictEqual(
            yield* log.readSubject(text, 0, 10),
            rows.filter(({ subject }) => subject === text),
          )
      }),
    )

    it.scoped("keeps the largest numbers", () =>
      Effect.gen(function* () {
        const rows = chain([{ at: Number.MAX_SAFE_INTEGER, cause: Number.MAX_SAFE_INTEGER, kind: "outcome" }])
        const log = yield* filled(rows)
        deepStrictEqual(yield* log.read(0, 1), rows)
      }),
    )

    for (const [what, wrong] of [
      ["skips one", (rows: ReadonlyArray<Row>) => [rows[2]!, rows[4]!]],
      ["comes twice", (rows: ReadonlyArray<Row>) => [rows[2]!, rows[2]!]],
      ["is in the log already", (rows: ReadonlyArray<Row>) => [rows[1]!]],
      ["comes before the one it follows", (rows: ReadonlyArray<Row>) => [rows[3]!, rows[2]!]],
    ] as const)
      it.scoped(`refuses a group whole when a seq ${what}, and takes nothing more`, () =>
        Effect.gen(function* () {
          const rows = chainOf(5)
          const log = yield* filled(rows.slice(0, 2))
          const refused = log.append(wrong(rows))
          assertTrue(Either.isLeft(refused) && refused.left instanceof LogUnavailable)
          deepStrictEqual(yield* log.read(0, 10), rows.slice(0, 2))
          if (Either.isLeft(refused)) assertLeft(log.append(rows.slice(2)), refused.left)
          assertFalse(Either.isRight(log.append([])))
        }),
      )
  })
