import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { anyText, json } from "../../test/support/json.ts"
import { seeded } from "../../test/support/seeded.ts"
import { type Entry, encodeUnhashed, hashedText } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { EntryWriter } from "./EntryWriter.ts"

const first: Entry<unknown> = {
  seq: 7,
  at: 1_767_225_600_000,
  cause: 3,
  kind: "outcome",
  type: "message.created",
  subject: "SM1",
  data: {},
}

const entriesOf = (data: ReadonlyArray<unknown>): ReadonlyArray<Entry<unknown>> =>
  data.map((one, i) => ({ ...first, seq: i + 1, data: one }))

/** Memory whose bytes are no text, so that what nobody wrote shows. */
const memoryOf = (bytes: number) => Buffer.from(new SharedArrayBuffer(bytes)).fill(0xff)

/** What a writer makes of entries one after the other, in pieces of memory of so many bytes or, for larger ones, of what they need. */
const written = (entries: ReadonlyArray<Entry<unknown>>, bytes = 2 ** 20, writer = new EntryWriter()) => {
  let memory = memoryOf(bytes)
  let taken = 0
  writer.use(memory)
  return entries.map((entry) => {
    const length = writer.write(entry, taken)
    if (length > memory.length - taken) {
      memory = memoryOf(Math.max(bytes, length))
      taken = 0
      writer.use(memory)
      strictEqual(writer.write(entry, 0), length)
    }
    const text = memory.toString("utf8", taken, taken + length)
    taken += length
    return text
  })
}

const plainly = (entries: ReadonlyArray<Entry<unknown>>) => entries.map((entry) => hashedText(encodeUnhashed(entry)))

const agree = (...data: ReadonlyArray<unknown>) => {
  const entries = entriesOf(data)
  deepStrictEqual(written(entries), plainly(entries))
}

const failureOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return String(error)
  }
  return "nothing"
}

/** Entries that have much in common with those before them: of few types, with data that come again with a part of them changed. */
const related: FastCheck.Arbitrary<ReadonlyArray<Entry<unknown>>> = FastCheck.tuple(
  FastCheck.array(json, { minLength: 1, maxLength: 3 }),
  FastCheck.array(
    FastCheck.record({
      at: FastCheck.constantFrom(0, 9, 10, 999_999_999, 1_000_000_000, 1_767_225_600_000, Number.MAX_SAFE_INTEGER),
      cause: FastCheck.maxSafeNat(),
      kind: FastCheck.constantFrom("input" as const, "outcome" as const),
      type: FastCheck.constantFrom("a.done", 'b"', "щ"),
      subject: FastCheck.oneof(FastCheck.constantFrom("", "SM1", "SM2"), anyText),
      which: FastCheck.nat(2),
      other: json,
      where: FastCheck.nat(5),
    }),
    { maxLength: 12 },
  ),
).map(([data, made]) =>
  made.map(({ other, where, which, ...entry }, i) => ({
    ...entry,
    seq: i,
    data: { a: data[which % data.length], b: where === 0 ? other : [1, data[0]], c: where === 1 ? null : where },
  })),
)

describe("entries written where they are kept", () => {
  it.prop(
    "are what they are hashed over, whatever was written before them",
    [related],
    ([entries]) => deepStrictEqual(written(entries), plainly(entries)),
    seeded,
  )

  it.prop(
    "are it in memory of any size",
    [related, FastCheck.integer({ min: 1, max: 2_000 })],
    ([entries, bytes]) => deepStrictEqual(written(entries, bytes), plainly(entries)),
    seeded,
  )

  it("may say the same again, something else in its place, and the same once more", () => {
    for (const [one, other] of [
      [{ a: 1 }, { a: "1" }],
      [{ a: null }, { a: false }],
      [{ a: true }, { a: 0 }],
      [{ a: [1, 2] }, { a: { b: 1 } }],
      [{ a: {} }, { a: [] }],
      [{ a: "x" }, { b: "x" }],
      [
        { a: { b: ["x"] }, c: "y" },
        { a: { b: ["x", "x"] }, c: "y" },
      ],
      [
        { a: [["x", "y"]], b: 1 },
        { a: [["x"], "y"], b: 1 },
      ],
      [{ a: "é" }, { a: "e" }],
      [{ a: '"' }, { a: "\u0001" }],
      [{ a: "x".repeat(300) }, { a: "x".repeat(2_001) }],
      ["x", ["x"]],
    ])
      agree(one, one, other, other, one, other, one)
  })

  it("may have keys in any order, at first or later", () => {
    agree({ b: 1, a: 2 }, { a: 2, b: 1 }, { b: 1, a: 2 })
    agree({ a: { c: 1, d: 2 } }, { a: { d: 2, c: 1 } }, { a: { c: 1, d: 2 } })
    agree({ a: { x: "1", b: { d: 1, c: 2 } }, e: "f" }, { a: { x: "1", b: { c: 2 } }, e: "f" })
  })

  it("may have other keys each time, longer lists, and more places than are remembered", () => {
    agree(...Array.from({ length: 40 }, (_, i) => ({ [`k${i}`]: i, z: "z" })))
    agree(...Array.from({ length: 40 }, (_, i) => Array.from({ length: i * 3 }, (_, k) => `item ${k}`)))
    const wide = (n: number) => Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${n}${1_000 + i}`, [i]]))
    agree(...Array.from({ length: 8 }, (_, i) => ({ a: wide(i), b: i, c: "c" })))
  })

  it("may be as deep as the limit, and no deeper", () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? "x" : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) }
    agree(nested(limits.jsonDepthMax), nested(limits.jsonDepthMax))
    const [tooDeep] = entriesOf([nested(limits.jsonDepthMax + 1)]) as [Entry<unknown>]
    strictEqual(
      failureOf(() => written([tooDeep])),
      failureOf(() => encodeUnhashed(tooDeep)),
    )
  })

  it("may be as large as the limit in bytes, and no larger", () => {
    for (const character of ["x", "é", "一", "😀"]) {
      const size = Buffer.byteLength(character)
      const empty = Buffer.byteLength(hashedText(encodeUnhashed({ ...first, data: [""] })))
      const count = Math.floor((limits.entryBytesMax - empty) / size)
      const fill = "x".repeat(limits.entryBytesMax - empty - count * size)
      const largest = { ...first, data: [character.repeat(count) + fill] }
      deepStrictEqual(written([largest, first, largest], 100), plainly([largest, first, largest]))
      const larger = { ...first, data: [`${character.repeat(count)}${fill}x`] }
      const failure = failureOf(() => written([larger]))
      strictEqual(
        failure,
        failureOf(() => encodeUnhashed(larger)),
      )
      assertTrue(failure.includes(`${limits.entryBytesMax + 1} bytes`))
    }
  })

  it("are refused where a row is, and what comes behind is right", () => {
    class Instance {}
    for (const wrong of [
      0.5,
      -0,
      undefined,
      2 ** 53,
      () => 1,
      1n,
      Symbol.iterator,
      new Date(0),
      new Instance(),
      new Map(),
    ])
      for (const data of [wrong, { a: "x", b: wrong }, { a: "x", b: [["y", wrong]] }, { b: 1, a: wrong }]) {
        const writer = new EntryWriter()
        const before = { ...first, data: { a: "x", b: [["y", 0]] } }
        strictEqual(written([before], 1_000, writer)[0], plainly([before])[0])
        const memory = memoryOf(1_000)
        writer.use(memory)
        const from = writer.write(before, 0)
        strictEqual(
          failureOf(() => writer.write({ ...first, data }, from)),
          failureOf(() => encodeUnhashed({ ...first, data })),
        )
        const after = { ...first, data: { a: "z", b: [["y", 1]] } }
        const to = from + writer.write(after, from)
        strictEqual(memory.toString("utf8", from, to), plainly([after])[0])
      }
  })
})
