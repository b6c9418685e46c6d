import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { decode, type Entry, type Row } from "../../src/core/Entry.ts"
import { verifyPages } from "../../src/engine/verify.ts"
import { closedReasons } from "../../src/log/erase/closedReasons.ts"
import { withoutContent } from "../../src/log/erase/content.ts"
import { eraseLog } from "../../src/log/erase/eraseLog.ts"
import { isSetUp, type Sought } from "../../src/log/erase/eraser.ts"
import { pagesOf } from "../../src/log/pagesOf.ts"
import { importRecording, rowsOf } from "../../src/log/recording.ts"
import { writeAnew } from "../../src/log/rewrite.ts"
import { newFolder } from "../support/folder.ts"
import { everyEntry } from "../support/golden.ts"

const recordings = join(import.meta.dirname, "../../recordings")
/** The long ones say the same more often. */
const bytesMax = 250_000
const names = fs
  .readdirSync(recordings)
  .filter((name) => name.endsWith(".jsonl") && !name.includes("tampered"))
  .filter((name) => fs.statSync(join(recordings, name)).size < bytesMax)
const at = Date.UTC(2026, 10, 22)

const rowsIn = (file: string): Promise<ReadonlyArray<Row>> =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(rowsOf(file), (rows) => Effect.map(Stream.runCollect(rows), (all) => [...all]))),
  )

const entriesIn = async (file: string): Promise<ReadonlyArray<Entry>> => (await rowsIn(file)).map(decode)

const erase = (file: string, sought: Partial<Sought>, out = join(newFolder(), "out.jsonl")) =>
  Effect.map(
    eraseLog({ file, out, at, sought: { numbers: [], subjects: [], ...sought }, types: rules.entryTypes }),
    (erased) => ({
      erased,
      out,
    }),
  )

const verdictOn = (file: string) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(pagesOf(file), (pages) => verifyPages(pages, rules))))

const isShaped = new Map(rules.entryTypes.map(({ schema, type }) => [type, Schema.is(schema)]))

/** All the bytes of a file as texts: as they are, and with every run that may be base64, hex or percent-encoded said plainly. */
const everyReading = (bytes: Buffer): ReadonlyArray<string> => {
  const text = bytes.toString("latin1")
  const decoded = [...text.matchAll(/[A-Za-z0-9+/_=-]{8,}/g)].flatMap(([run]) =>
    [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), "base64").toString("latin1")),
  )
  const unescaped = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const hex = [...text.matchAll(/[0-9a-f]{14,}/gi)].map(([run]) => Buffer.from(run, "hex").toString("latin1"))
  return [text, unescaped, decoded.join("\n"), hex.join("\n")]
}

/** Nothing of a number, however its digits are set apart, is in any reading of a file. */
const isGone = (file: string, number: string) => {
  const digits = number.replace(/\D/g, "").slice(-10)
  for (const reading of everyReading(fs.readFileSync(file)))
    for (const dense of [reading, reading.replace(/[\s().\-/+]/g, "")])
      assertTrue(
        !dense.includes(digits),
        `${number} is in ${file}: ${dense.slice(dense.indexOf(digits) - 60).slice(0, 160)}`,
      )
}

const holds = async (file: string, out: string) => {
  const [before, after] = [await entriesIn(file), await entriesIn(out)]
  deepStrictEqual(
    after.map(({ at, cause, kind, seq, type }) => ({ at, cause, kind, seq, type })),
    before.map(({ at, cause, kind, seq, type }) => ({ at, cause, kind, seq, type })),
  )
  const misshapen = after.filter(({ data, type }) => isShaped.get(type)?.(data) !== true)
  deepStrictEqual(
    misshapen.map(({ data, seq, type }) => `${seq} ${type} ${JSON.stringify(data)}`),
    [],
  )
  const verdict = await verdictOn(out)
  strictEqual(
    verdict._tag === "Unsound" ? `${verdict.problem} ${JSON.stringify(verdict.difference)}` : verdict._tag,
    "Edited",
  )
}

const numbersOf = (entries: ReadonlyArray<Entry>) => [
  ...new Set(entries.flatMap(({ data }) => JSON.stringify(data).match(/\+1\d{10}/g) ?? [])),
]
const contactsOf = (entries: ReadonlyArray<Entry>) => [
  ...new Set(entries.map(({ subject }) => subject).filter((subject) => /^(?:SM|MM|CA|VE|CF)/.test(subject))),
]

/** At most so many of a list, spread over it. */
const some = <A>(list: ReadonlyArray<A>, max: number): ReadonlyArray<A> =>
  list.filter((_, i) => i % Math.ceil(list.length / max) === 0)

describe("a number erased of a log", () => {
  for (const name of names)
    it(`is nowhere in what ${name} becomes, which keeps its shape and can be verified but for that`, async () => {
      const file = join(recordings, name)
      for (const number of some(numbersOf(await entriesIn(file)), 2)) {
        const { out } = await Effect.runPromise(erase(file, { numbers: [number] }))
        isGone(out, number)
        await holds(file, out)
      }
    })

  it("takes with it what was said to and by who has it, and nobody else", async () => {
    const file = join(recordings, "opt-out-and-back.jsonl")
    const before = await entriesIn(file)
    const said = before
      .filter(({ type }) => type === "message.created")
      .map(({ data }) => [data.to, data.from, data.body])
    const [first] = said.find(([to]) => String(to).startsWith("+1555")) ?? []
    const { out } = await Effect.runPromise(erase(file, { numbers: [String(first)] }))
    const after = (await entriesIn(out))
      .filter(({ type }) => type === "message.created")
      .map(({ data }) => [data.to, data.from, data.body])
    deepStrictEqual(
      after,
      said.map(([to, from, body]) =>
        to === first
          ? ["[erased]", from, "[erased]"]
          : from === first
            ? [to, "[erased]", "[erased]"]
            : [to, from, body],
      ),
    )
  })

  it("leaves several apart from each other", async () => {
    const file = join(recordings, "opt-out-and-back.jsonl")
    const [one = "", other = ""] = numbersOf(await entriesIn(file))
    const { out } = await Effect.runPromise(erase(file, { numbers: [one, other] }))
    isGone(out, one)
    isGone(out, other)
    await holds(file, out)
    const text = fs.readFileSync(out, "utf8")
    assertTrue(text.includes('"[erased]"') && text.includes('"[erased 2]"'))
  })

  it("that is not there leaves nothing written", async () => {
    const file = join(recordings, "opt-out-and-back.jsonl")
    const { erased, out } = await Effect.runPromise(erase(file, { numbers: ["+15557770000"] }))
    strictEqual(erased, undefined)
    strictEqual(fs.existsSync(out), false)
  })
})

describe("a message or call erased of a log", () => {
  for (const name of names)
    it(`leaves its shape in what ${name} becomes, which can be verified but for that`, async () => {
      const file = join(recordings, name)
      const entries = await entriesIn(file)
      for (const subject of some(contactsOf(entries), 2)) {
        const { out } = await Effect.runPromise(erase(file, { subjects: [subject] }))
        await holds(file, out)
        for (const { data, subject: about, type } of await entriesIn(out))
          if (about === subject && (type === "message.created" || type === "call.created"))
            for (const field of [data.from, data.to, data.body ?? ""])
              assertTrue(field === "" || field === "[erased]", String(field))
      }
    })
})

/** Every word of a closed list that an entry's data may hold, with the name of its field. */
const closedWords = (
  ast: SchemaAST.AST,
  key = "",
  seen = new Set<SchemaAST.AST>(),
): ReadonlyArray<[string, string]> => {
  if (seen.has(ast)) return []
  seen.add(ast)
  const within = (inner: SchemaAST.AST, name = key) => closedWords(inner, name, new Set(seen))
  switch (ast._tag) {
    case "Literal":
      return typeof ast.literal === "string" ? [[key, ast.literal]] : []
    case "Union":
      return ast.types.flatMap((each) => within(each))
    case "TupleType":
      return [...ast.elements, ...ast.rest].flatMap(({ type }) => within(type))
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ name, type }) => within(type, String(name)))
    case "Refinement":
    case "Transformation":
      return within(ast.from)
    case "Suspend":
      return within(ast.f())
    default:
      return []
  }
}

describe("what was erased", () => {
  it("leaves words of closed lists, in every type of entry", () => {
    const erasure = {
      withoutNumbers: (text: string) => text,
      address: () => "[erased]",
      closedReasons: closedReasons(rules.entryTypes),
    }
    const words = rules.entryTypes
      .filter(({ type }) => !isSetUp(type))
      .flatMap(({ schema, type }) => closedWords(schema.ast).map(([key, word]) => ({ key, type, word })))
    assertTrue(words.length > 100)
    deepStrictEqual(
      words.filter(({ key, type, word }) => withoutContent({ [key]: word }, type, erasure)[key] !== word),
      [],
    )
  })

  it("leaves a reason where the Schema has a closed list of them, and of no other type, nor of one nobody knows", () => {
    const closed = closedReasons(rules.entryTypes)
    const erasure = { withoutNumbers: (text: string) => text, address: () => "", closedReasons: closed }
    const left = (type: string) => withoutContent({ reason: "Ada is out" }, type, erasure).reason
    for (const type of ["outbound.failed", "gateway-request.dead-lettered"]) strictEqual(left(type), "Ada is out")
    for (const type of [
      "conversation-message.delayed",
      "conversation-message.failed",
      "conversation.tenant-looked-up",
      "gateway-attempt.answered",
      "provider-request.decided",
      "letter.sent",
    ])
      strictEqual(left(type), "[erased]", type)
  })

  it("is gone of a log with every type of entry, as a log and as a recording", async () => {
    const folder = newFolder()
    const [log, recording] = [join(folder, "all.db"), join(folder, "all.jsonl")]
    const rows = await Effect.runPromise(everyEntry)
    await Effect.runPromise(writeAnew("log", log, Stream.fromIterable(rows)))
    await Effect.runPromise(writeAnew("recording", recording, Stream.fromIterable(rows)))
    const entries = rows.map(decode)
    const sought = { numbers: some(numbersOf(entries), 3), subjects: some(contactsOf(entries), 3) }
    const made = await Effect.runPromise(erase(log, sought, join(folder, "out.db")))
    const other = await Effect.runPromise(erase(recording, sought, join(folder, "out.jsonl")))
    deepStrictEqual(made.erased, other.erased)
    for (const [file, out] of [
      [log, made.out],
      [recording, other.out],
    ] as const) {
      for (const number of sought.numbers) isGone(out, number)
      await holds(file, out)
    }
  })

  it("leaves every type of entry in its shape, whatever is sought", async () => {
    const folder = newFolder()
    const log = join(folder, "all.jsonl")
    const rows = await Effect.runPromise(everyEntry)
    await Effect.runPromise(writeAnew("recording", log, Stream.fromIterable(rows)))
    const entries = rows.map(decode)
    const subjects = [...new Set(entries.map(({ subject }) => subject))].filter((subject) => subject !== "")
    for (const sought of [{ subjects }, { numbers: numbersOf(entries) }]) {
      const { out } = await Effect.runPromise(erase(log, sought))
      await holds(log, out)
    }
  })

  it("takes with it what was said in conversations and what the gateway sent, its key and hash and what providers said", async () => {
    const log = join(newFolder(), "all.jsonl")
    const rows = await Effect.runPromise(everyEntry)
    await Effect.runPromise(writeAnew("recording", log, Stream.fromIterable(rows)))
    const entries = rows.map(decode)
    const ofType = (all: ReadonlyArray<Entry>, type: string) => all.filter((entry) => entry.type === type)
    const phones = ["gateway-request.accepted", "conversation.started"].flatMap((type) =>
      ofType(entries, type).map(({ data }) => String(data.phone ?? data.number)),
    )
    assertTrue(phones.length > 2)
    const { out } = await Effect.runPromise(erase(log, { numbers: [...new Set(phones)] }))
    const after = await entriesIn(out)
    for (const { data } of ofType(after, "gateway-request.accepted")) {
      strictEqual(data.text, "[erased]")
      if (data.idempotency !== undefined) deepStrictEqual(data.idempotency, { key: "[erased]", of: "[erased]" })
    }
    for (const type of ["conversation-message.received", "conversation-message.composed"])
      for (const { data } of ofType(after, type)) assertTrue(data.body === "" || data.body === "[erased]")
    for (const { data } of ofType(after, "conversation.updated"))
      for (const left of Object.values(data)) assertTrue(left === null || left === "[erased]", String(left))
    const free = ["gateway-attempt.answered", "conversation-message.failed", "conversation.tenant-looked-up"]
    const reasons = free.flatMap((type) => ofType(after, type).map(({ data }) => data.reason ?? "[erased]"))
    deepStrictEqual([...new Set(reasons)], ["[erased]"])
    assertTrue(free.some((type) => ofType(entries, type).some(({ data }) => data.reason !== undefined)))
  })

  it("is told by the first entry, each time", async () => {
    const file = join(recordings, "opt-out-and-back.jsonl")
    const [one = "", other = ""] = numbersOf(await entriesIn(file))
    const first = await Effect.runPromise(erase(file, { numbers: [one] }))
    const second = await Effect.runPromise(erase(first.out, { numbers: [other] }))
    const [started] = await entriesIn(second.out)
    deepStrictEqual<unknown>(started?.data.edited, [
      { at, entries: first.erased?.changed },
      { at, entries: second.erased?.changed },
    ])
    const verdict = await verdictOn(second.out)
    assertTrue(verdict._tag === "Edited" && verdict.passedOver > 0 && verdict.passedOver < verdict.turns)
  })

  it("does not hide what else was altered: a hash, a place, an outcome of a turn that was left whole", async () => {
    const file = join(recordings, "opt-out-and-back.jsonl")
    const [one = ""] = numbersOf((await entriesIn(file)).slice(3))
    const { out } = await Effect.runPromise(erase(file, { numbers: [one] }))
    const rows = await rowsIn(out)
    const index = rows.findIndex(
      ({ data, kind, type }) => kind === "outcome" && type === "timer.set" && !data.includes("erased"),
    )
    const alone = rows.findIndex(({ type }) => type === "clock.changed")
    assertTrue(index > 0 && alone > 0)
    const broken = join(newFolder(), "broken.jsonl")
    const lines = fs.readFileSync(out, "utf8").split("\n")
    fs.writeFileSync(
      broken,
      lines.map((line, i) => (i === alone + 1 ? line.replace(/"at":(\d)/, '"at":9') : line)).join("\n"),
    )
    strictEqual((await verdictOn(broken))._tag, "Unsound")
    const forged = async (change: Partial<Row>) => {
      const log = join(newFolder(), "forged.db")
      const altered = rows.map((row, i) => (i === index ? { ...row, ...change } : row))
      await Effect.runPromise(writeAnew("log", log, Stream.fromIterable(altered)))
      return verdictOn(log)
    }
    for (const change of [{ at: (rows[index]?.at ?? 0) + 1 }, { cause: rows.length + 5 }, { type: "timer.sets" }])
      strictEqual((await forged(change))._tag, "Unsound")
    const whole = await verdictOn(out)
    const moved = await forged({ data: (rows[index]?.data ?? "").replace(/"due":\d/, '"due":9') })
    assertTrue(whole._tag === "Edited" && whole.otherwise === 0)
    assertTrue(
      moved._tag === "Unsound" || (moved._tag === "Edited" && moved.otherwise === 1 && moved.first?.seq === index + 1),
    )
  })

  it("comes out the same as a log that is made of the recording", async () => {
    const file = join(recordings, "verification-code.jsonl")
    const [number = ""] = numbersOf(await entriesIn(file))
    const { erased, out } = await Effect.runPromise(erase(file, { numbers: [number] }))
    const log = join(newFolder(), "log.db")
    const read = await Effect.runPromise(importRecording(out, log, { types: rules.entryTypes }))
    strictEqual(read.digest, erased?.digest)
  })

  it("is not made out of a log whose hashes are wrong", async () => {
    const file = join(recordings, "exchange@0.1.0.tampered.jsonl")
    const made = await Effect.runPromise(Effect.flip(erase(file, { numbers: ["+15551234567"] })))
    assertTrue(made.message.includes("does not match its hash; run ringback verify on it"), made.message)
  })
})
