import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../src/app/rules.ts"
import type { JsonObject } from "../src/core/canonical.ts"
import { genesis, hashOf, type Row } from "../src/core/Entry.ts"
import { type Verdict, verifyRows } from "../src/engine/verify.ts"
import { makeUpcaster } from "../src/log/upcasts.ts"
import { simulate } from "./support/simulate.ts"
import { type Act, performAll } from "./support/traffic.ts"

const day: ReadonlyArray<Act> = [
  { _tag: "send", to: "+15551234567", callback: "https://recovering.test/a", body: "one" },
  { _tag: "list", pageSize: 2 },
  { _tag: "send", to: "+15559999999", callback: "https://hanging.test/a", body: "two" },
  { _tag: "advance", ms: 3_000 },
  { _tag: "send", to: "+15551234567", callback: undefined, body: "three" },
  { _tag: "clear", what: "callbacks" },
  { _tag: "fetch", nth: 0 },
  { _tag: "refused", form: "" },
]

const rowsOfDay: Promise<ReadonlyArray<Row>> = Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const simulation = yield* simulate()
      yield* performAll(simulation, day)
      yield* simulation.settled
      return yield* simulation.rows
    }),
  ),
)

const verdictOn = (rows: ReadonlyArray<Row>): Promise<Verdict> =>
  Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules))

/** The rows with one replaced and the chain behind it made anew, as a careful forger would. */
const forged = (rows: ReadonlyArray<Row>, index: number, change: Partial<Row>): ReadonlyArray<Row> => {
  let previous = rows[index - 1]?.hash ?? genesis
  return rows.map((row, i) => {
    if (i < index) return row
    const next = i === index ? { ...row, ...change } : row
    const hash = hashOf(next, previous)
    previous = hash
    return { ...next, hash }
  })
}

/** Every way of altering one character of one column. */
const alterations = (row: Row): ReadonlyArray<readonly [string, Row]> => [
  ["seq", { ...row, seq: row.seq ^ 64 }],
  ["at", { ...row, at: row.at + 1 }],
  ["cause", { ...row, cause: row.cause ^ 1 }],
  ["kind", { ...row, kind: row.kind === "input" ? "outcome" : "input" }],
  ["type", { ...row, type: `${row.type}x` }],
  ["subject", { ...row, subject: `${row.subject}0` }],
  ["data", { ...row, data: row.data.replace(/[a-z](?=[^a-z]*$)/, (char) => (char === "x" ? "y" : "x")) }],
  ["hash", { ...row, hash: (row.hash.startsWith("0") ? "1" : "0") + row.hash.slice(1) }],
]

describe("verify", () => {
  it("names the entry that was altered, whichever it is and whichever column", async () => {
    const rows = await rowsOfDay
    strictEqual((await verdictOn(rows))._tag, "Sound")
    for (let i = 0; i < rows.length; i++)
      for (const [column, altered] of alterations(rows[i] as Row)) {
        const verdict = await verdictOn(rows.map((row, j) => (j === i ? altered : row)))
        deepStrictEqual({ column, found: verdict._tag === "Unsound" && verdict.seq }, { column, found: i + 1 })
      }
  })

  it("shows field, recorded and made of an altered outcome", async () => {
    const rows = await rowsOfDay
    const index = rows.findIndex(({ type, data }) => type === "message.status-changed" && data.includes('"sent"'))
    const altered = { ...(rows[index] as Row), data: '{"status":"lost"}' }
    const verdict = await verdictOn(rows.map((row, i) => (i === index ? altered : row)))
    deepStrictEqual(verdict, {
      _tag: "Unsound",
      seq: index + 1,
      problem: `entry ${index + 1} does not match its hash`,
      difference: { field: "data.status", recorded: '"lost"', made: '"sent"' },
    })
  })

  it("finds an outcome that no rule makes even when all hashes were made anew", async () => {
    const rows = await rowsOfDay
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as Row
      if (row.kind !== "outcome") continue
      const verdict = await verdictOn(forged(rows, i, { data: JSON.stringify({ ...JSON.parse(row.data), zz: 1 }) }))
      deepStrictEqual(
        verdict._tag === "Unsound" && {
          seq: verdict.seq,
          field: verdict.difference?.field,
          made: verdict.difference?.made,
        },
        { seq: i + 1, field: "data.zz", made: "(nothing)" },
      )
    }
  })

  it("finds a timer that fired early, late, twice or never", async () => {
    const rows = await rowsOfDay
    const fired = rows.findIndex(({ type }) => type === "timer.fired")
    const row = rows[fired] as Row
    for (const change of [{ at: row.at - 1 }, { at: row.at + 1 }, { data: '{"key":"message SM0"}' }]) {
      const verdict = await verdictOn(forged(rows, fired, change))
      deepStrictEqual(verdict._tag === "Unsound" && verdict.seq, fired + 1)
    }
    const end = rows.findIndex(({ kind }, i) => i > fired && kind === "input")
    const renumber = (some: ReadonlyArray<Row>) =>
      forged(
        some.map((row, i) => ({ ...row, seq: i + 1 })),
        0,
        {},
      )
    const never = renumber([...rows.slice(0, fired), ...rows.slice(end)])
    strictEqual((await verdictOn(never))._tag, "Unsound")
    const twice = renumber([...rows.slice(0, end), ...rows.slice(fired)])
    strictEqual((await verdictOn(twice))._tag, "Unsound")
  })

  it("finds a missing tail of a turn, a missing entry and a second beginning", async () => {
    const rows = await rowsOfDay
    const turn = rows.findIndex(({ type }) => type === "message.created")
    const cut = await verdictOn(rows.slice(0, turn + 1))
    deepStrictEqual(cut._tag === "Unsound" && cut.seq, turn + 2)
    const gap = await verdictOn(rows.filter((_, i) => i !== turn))
    deepStrictEqual(gap._tag === "Unsound" && gap.seq, turn + 1)
    const twice = forged(
      [...rows, { ...(rows[0] as Row), seq: rows.length + 1, at: rows.at(-1)?.at ?? 0 }],
      rows.length,
      {},
    )
    deepStrictEqual(await verdictOn(twice), {
      _tag: "Unsound",
      seq: rows.length + 1,
      problem: "the run starts twice",
    })
  })

  it("of an empty log says that it is sound and empty", async () => {
    deepStrictEqual(await verdictOn([]), { _tag: "Sound", entries: 0, digest: genesis, at: 0 })
  })
})

describe("a log of an older shape", () => {
  it("is held against the rules after its upcasts, with the hashes it was written with", async () => {
    const rows = await rowsOfDay
    // As if `message.status-changed` had once called its status `state`.
    const old = forged(
      rows.map((row) =>
        row.type === "message.status-changed" ? { ...row, data: row.data.replace('"status"', '"state"') } : row,
      ),
      0,
      {},
    )
    strictEqual((await verdictOn(old))._tag, "Unsound")
    const upcast = makeUpcaster(
      new Map([
        [
          "message.status-changed",
          [({ state, ...data }: JsonObject): JsonObject => (state === undefined ? data : { ...data, status: state })],
        ],
      ]),
    )
    const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(old), { ...rules, upcast }))
    deepStrictEqual(verdict._tag === "Sound" && verdict.digest, old.at(-1)?.hash)
  })
})

describe("a hostile log", () => {
  it("runs no code, changes no prototype and ends in a verdict", async () => {
    const rows = await rowsOfDay
    const first = JSON.parse((rows[0] as Row).data)
    const templates = { ...first.templates, send_sms_success: '{"sid":"<% globalThis.pwned = 1 %>{{ message_sid }}"}' }
    const hostile: ReadonlyArray<Partial<Row>> = [
      { data: JSON.stringify({ ...first, templates }) },
      {
        data: JSON.stringify({
          ...first,
          templates: { ...templates, send_sms_success: "{{ constructor.constructor('return 1')() }}" },
        }),
      },
      { data: "{}" },
      { data: "null" },
      { data: "[]" },
      { data: `${"[".repeat(100_000)}${"]".repeat(100_000)}` },
      { data: JSON.stringify({ ...first, settings: { twilio: null } }) },
      { type: "constructor" },
    ]
    for (const change of hostile) {
      const verdict = await verdictOn(forged(rows, 0, change))
      // What is no template is a fault of the first entry; a literal that only looks like code is just another answer.
      strictEqual(verdict._tag, "Unsound")
      strictEqual("pwned" in globalThis, false)
      strictEqual("polluted" in {}, false)
    }
    // A field that no rule reads is a fact like any other.
    const withProto = `{"__proto__":{"polluted":1},${(rows[0] as Row).data.slice(1)}`
    strictEqual((await verdictOn(forged(rows, 0, { data: withProto })))._tag, "Sound")
    strictEqual("polluted" in {}, false)
    for (let i = 1; i < rows.length; i++)
      for (const data of ["null", "{}", "[1.5]", "{", '{"a":1e999}', '{"params":[["__proto__","x"]]}']) {
        const verdict = await verdictOn(forged(rows, i, { data }))
        strictEqual(verdict._tag, "Unsound")
      }
  })
})
