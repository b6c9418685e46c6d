import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { callStepped, orderAnswered } from "../../src/carriers/twilio/calls/entries.ts"
import { canonical, type JsonObject, sha256 } from "../../src/core/canonical.ts"
import {
  decode,
  type Entry,
  type EntryType,
  encode,
  hashedText,
  hashOf,
  RowShape,
  toLine,
} from "../../src/core/Entry.ts"
import { runResumed, runStarted, settingsChanged, turnFailed } from "../../src/core/entries.ts"
import { PackedRows } from "../../src/log/PackedRows.ts"
import { anyText, json, jsonObject } from "./json.ts"

/** A type of entry, whatever its data. */
// biome-ignore lint/suspicious/noExplicitAny: types of different data stand in one list
export type AnyEntryType = EntryType<any>

const texts = FastCheck.dictionary(FastCheck.constantFrom("a", "b", "10", "9"), anyText, { maxKeys: 3 })
const inForce = {
  flags: FastCheck.array(FastCheck.nat(), { maxLength: 3 }),
  rules: FastCheck.nat(),
  settings: jsonObject,
  templates: texts,
}

/** Types whose schema says "any JSON" somewhere: a schema's own arbitrary would say any value. */
const withJson: ReadonlyMap<string, FastCheck.Arbitrary<unknown>> = new Map<string, FastCheck.Arbitrary<unknown>>([
  [callStepped.type, FastCheck.record({ orders: FastCheck.array(jsonObject, { maxLength: 3 }), state: jsonObject })],
  [orderAnswered.type, FastCheck.record({ event: jsonObject })],
  [runStarted.type, FastCheck.record({ ...inForce, format: FastCheck.nat(), seed: FastCheck.integer() })],
  [runResumed.type, FastCheck.record({ ...inForce, offset: FastCheck.integer() })],
  [settingsChanged.type, FastCheck.record({ settings: jsonObject, templates: texts }, { requiredKeys: ["settings"] })],
  [
    turnFailed.type,
    FastCheck.record({
      error: anyText,
      input: FastCheck.record({ cause: FastCheck.nat(), data: json, subject: anyText, type: anyText }),
    }),
  ],
])

/** Data of a type, made from its schema. */
export const dataOf = (type: AnyEntryType): FastCheck.Arbitrary<unknown> =>
  withJson.get(type.type) ?? Arbitrary.make(type.schema as Schema.Schema<unknown>)

/** Entries of a type. */
export const entryOf = (type: AnyEntryType): FastCheck.Arbitrary<Entry<unknown>> =>
  FastCheck.record({
    seq: FastCheck.integer({ min: 1 }),
    at: FastCheck.maxSafeNat(),
    cause: FastCheck.nat(),
    kind: FastCheck.constantFrom("input" as const, "outcome" as const),
    type: FastCheck.constant(type.type),
    subject: anyText,
    data: dataOf(type),
  })

/** A hash of some entry before. */
export const hashes = FastCheck.nat().map((n) => sha256(String(n)))

/** One for all cases: what it makes of an entry must not depend on those before. */
const packed = new PackedRows()

/** Whatever is stored of an entry comes back as it was, as a row and as a line of a recording. */
export const comesBack = (type: AnyEntryType, entry: Entry<unknown>, previous: string): void => {
  const row = encode(entry, previous)
  const back = decode(row)
  deepStrictEqual(back, entry as Entry)
  strictEqual(canonical(back.data), row.data)
  Schema.decodeUnknownSync(type.schema as Schema.Schema<unknown>, { onExcessProperty: "error" })(back.data)
  strictEqual(hashOf(row, previous), row.hash)
  const written = packed.encode(entry)
  deepStrictEqual([written.data, hashedText(written)], [row.data, hashedText(row)])

  const line = toLine(row)
  const read = Schema.decodeUnknownSync(RowShape, { onExcessProperty: "error" })(JSON.parse(line))
  strictEqual(line.includes("\n"), false)
  strictEqual(canonical(JSON.parse(line)), line)
  deepStrictEqual({ ...read, data: canonical(read.data as JsonObject) }, row)
}
