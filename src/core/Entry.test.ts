import { createHash } from "node:crypto"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertInclude, assertTrue, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as Schema from "effect/Schema"
import { canonical } from "./canonical.ts"
import {
  decode,
  type Entry,
  encode,
  entryType,
  fromHashedText,
  genesis,
  hashedText,
  hashOf,
  type Row,
  RowShape,
  toLine,
} from "./Entry.ts"
import { limits } from "./limits.ts"

const entry: Entry<unknown> = {
  seq: 7,
  at: 1_767_225_600_000,
  cause: 3,
  kind: "outcome",
  type: "message.created",
  subject: 'SM"é',
  data: { b: [1, "ж"], a: null },
}
const text =
  '{"at":1767225600000,"cause":3,"data":{"a":null,"b":[1,"ж"]},"kind":"outcome","seq":7,"subject":"SM\\"é","type":"message.created"}'
const hash = createHash("sha256").update(genesis).update(text).digest("hex")

describe("an entry as a row", () => {
  it("holds its data as canonical JSON and the hash of the row before with its own text", () =>
    deepStrictEqual(encode(entry, genesis), { ...entry, data: '{"a":null,"b":[1,"ж"]}', hash } as Row))

  it("is the same whatever the order of keys in its data", () =>
    strictEqual(encode({ ...entry, data: { a: null, b: [1, "ж"] } }, genesis).hash, hash))

  it("is written as one canonical line", () => {
    const line = toLine(encode(entry, genesis))
    strictEqual(line, text.replace('"kind"', `"hash":"${hash}","kind"`))
    strictEqual(line, canonical(JSON.parse(line)))
  })

  it.each([
    ["", {}],
    ['SM,"kind":"input"', { kind: ',"kind":"outcome","seq":1', data: { data: 1 } }],
    ["\uD800щ", { "": '{"data":{}}' }],
  ])("is read from the text it is hashed over (%j)", (subject, data) => {
    const row = encode({ ...entry, subject, data }, genesis)
    deepStrictEqual({ ...fromHashedText(hashedText(row)), hash: row.hash }, row)
  })

  it("is chained: another row before gives another hash", () => {
    const first = encode({ ...entry, seq: 1 }, genesis)
    const second = encode({ ...entry, seq: 2 }, first.hash)
    strictEqual(hashOf(second, first.hash), second.hash)
    assertFalse(hashOf(second, genesis) === second.hash)
  })

  it.each([
    ["seq", 8],
    ["at", 1_767_225_600_001],
    ["cause", 2],
    ["kind", "input"],
    ["type", "message.created2"],
    ["subject", "SM"],
    ["data", '{"a":null,"b":[1,"x"]}'],
  ] as const)("has another hash when its %s is another", (field, value) => {
    const row = encode(entry, genesis)
    strictEqual(hashOf(row, genesis), row.hash)
    assertFalse(hashOf({ ...row, [field]: value }, genesis) === row.hash)
  })

  it("cannot be read when its data is no JSON", () =>
    throws(
      () => decode({ ...encode(entry, genesis), data: "{" }),
      (error) => {
        assertTrue(error instanceof SyntaxError)
        return undefined
      },
    ))
})

/** An entry whose hashed text has so many bytes, filled with characters of `size` bytes each. */
const ofBytes = (bytes: number, character: string): Entry<unknown> => {
  const withBody = (body: string) => ({ ...entry, data: { body } })
  const empty = Buffer.byteLength(toLine(encode(withBody(""), genesis))) - '"hash":"",'.length - genesis.length
  const size = Buffer.byteLength(character)
  const count = Math.floor((bytes - empty) / size)
  return withBody(character.repeat(count) + "x".repeat(bytes - empty - count * size))
}

describe("the size of an entry", () => {
  it.each(["x", "é", "ж", "一", "😀"])("is counted in bytes of UTF-8 (%s)", (character) => {
    const row = encode(ofBytes(limits.entryBytesMax, character), genesis)
    assertTrue(row.data.includes(character))
    throws(
      () => encode(ofBytes(limits.entryBytesMax + 1, character), genesis),
      (error) => {
        strictEqual((error as Error).name, "EntryTooLarge")
        assertInclude((error as Error).message, `${entry.type} of ${limits.entryBytesMax + 1} bytes`)
        return undefined
      },
    )
  })

  it("counts the subject as well", () =>
    throws(
      () => encode({ ...entry, subject: "x".repeat(limits.entryBytesMax) }, genesis),
      (error) => {
        strictEqual((error as Error).name, "EntryTooLarge")
        return undefined
      },
    ))
})

describe("a type of entry", () => {
  const happened = entryType("thing.happened", () => Schema.Struct({ n: Schema.Int }))

  it("builds drafts, which name a cause only when told one", () => {
    deepStrictEqual(happened.draft("T1", { n: 1 }), { type: "thing.happened", subject: "T1", data: { n: 1 } })
    deepStrictEqual(happened.draft("T1", { n: 1 }, 4), {
      type: "thing.happened",
      subject: "T1",
      data: { n: 1 },
      cause: 4,
    })
  })

  it("knows its entries by their type", () => {
    assertTrue(happened.is({ ...entry, type: "thing.happened" }))
    assertFalse(happened.is(entry))
  })
})

describe("the shape of a line", () => {
  const good = JSON.parse(toLine(encode(entry, genesis))) as Record<string, unknown>
  const takes = Schema.is(RowShape)

  it("is that of every row", () => assertTrue(takes(good)))

  it.each([
    ["seq", 0],
    ["seq", 1.5],
    ["seq", "1"],
    ["at", 0.5],
    ["cause", -1],
    ["kind", "fact"],
    ["type", ""],
    ["subject", null],
    ["data", []],
    ["data", "{}"],
    ["data", null],
    ["hash", genesis.slice(1)],
    ["hash", genesis.replace("0", "A")],
    ["hash", `${genesis}\n`],
  ])("refuses %s %j", (field, value) => assertFalse(takes({ ...good, [field]: value })))

  it.each(["at", "cause", "data", "hash", "kind", "seq", "subject", "type"])("refuses a line without %s", (field) => {
    const { [field]: _, ...rest } = good
    assertFalse(takes(rest))
  })
})
