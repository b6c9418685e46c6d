import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { encode, genesis, type Row, toLine } from "../../src/core/Entry.ts"
import { limits } from "../../src/core/limits.ts"
import { LogOpenError } from "../../src/log/EventLog.ts"
import { chain, chainOf } from "../../src/log/eventLog.contract.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { exportRecording, importRecording, RecordingError, readRecording, rowsOf } from "../../src/log/recording.ts"
import { closedLog, folder, tamper } from "./given.ts"

const header = '{"format":1,"kind":"run","recording":"ringback"}'
const rows = chainOf(3)
const lines = [header, ...rows.map(toLine)]
const text = `${lines.join("\n")}\n`

const collect = <E>(stream: Stream.Stream<Row, E>) => Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** A recording with this content, in a folder of its own. */
const recorded = (content: string | Uint8Array) =>
  Effect.map(folder, (home) => {
    const file = path.join(home, "run.jsonl")
    fs.writeFileSync(file, content)
    return file
  })

/** A log in memory with these rows. */
const memory = (given: ReadonlyArray<Row>) => Effect.tap(Effect.sync(makeMemory), (log) => log.append(given))

describe("a recording", () => {
  it.scoped("is a header line and one canonical line for each entry", () =>
    Effect.gen(function* () {
      const file = path.join(yield* folder, "new", "run.jsonl")
      const made = yield* exportRecording(yield* memory(rows), file)
      deepStrictEqual(made, { entries: 3, digest: rows[2]!.hash })
      strictEqual(fs.readFileSync(file, "utf8"), text)
      deepStrictEqual(fs.readdirSync(path.dirname(file)), ["run.jsonl"])
    }),
  )

  it.scoped("of an empty log is its header", () =>
    Effect.gen(function* () {
      const file = path.join(yield* folder, "run.jsonl")
      deepStrictEqual(yield* exportRecording(makeMemory(), file), { entries: 0, digest: genesis })
      strictEqual(fs.readFileSync(file, "utf8"), `${header}\n`)
      deepStrictEqual(yield* collect(readRecording(file)), [])
    }),
  )

  it.scoped("is read back as the rows it was made of, longer than any piece that is read at once", () =>
    Effect.gen(function* () {
      const large = chain(Array.from({ length: 300 }, (_, i) => ({ data: { text: "🕊".repeat(i * 10) } })))
      const file = path.join(yield* folder, "run.jsonl")
      yield* exportRecording(yield* memory(large), file)
      deepStrictEqual(yield* collect(readRecording(file)), large)
    }),
  )

  it.scoped("takes an entry of the largest size", () =>
    Effect.gen(function* () {
      const size = limits.entryBytesMax - Buffer.byteLength(toLine(encodeText(""))) + 74
      const largest = encodeText("x".repeat(size))
      const file = path.join(yield* folder, "run.jsonl")
      yield* exportRecording(yield* memory([largest]), file)
      deepStrictEqual(yield* collect(readRecording(file)), [largest])
      strictEqual(fs.statSync(file).size, header.length + limits.entryBytesMax + 74 + 2)
    }),
  )

  it.scoped("takes the place of an older one whole, and of nothing else", () =>
    Effect.gen(function* () {
      const file = yield* recorded(text)
      yield* exportRecording(yield* memory(chainOf(1)), file)
      strictEqual((yield* collect(readRecording(file))).length, 1)
      const log = yield* closedLog(rows)
      const error = yield* Effect.flip(exportRecording(yield* openReader(log), log))
      assertTrue(error._tag === "RecordingError" && error.reason === "target-exists")
      const notes = yield* recorded("shopping list")
      const other = yield* Effect.flip(exportRecording(yield* memory(rows), notes))
      assertTrue(other._tag === "RecordingError" && other.reason === "target-exists")
      strictEqual(fs.readFileSync(notes, "utf8"), "shopping list")
    }),
  )

  it.scoped("is not made of a log that was altered: the older one stays and nothing else is left", () =>
    Effect.gen(function* () {
      const log = yield* closedLog(rows)
      tamper(log, "UPDATE entries SET at = at + 1 WHERE seq = 2")
      const file = yield* recorded(text)
      const error = yield* Effect.flip(exportRecording(yield* openReader(log), file))
      assertInclude(error.message, "entry 2 of the log cannot be recorded: expected entry 2 to have hash")
      strictEqual(fs.readFileSync(file, "utf8"), text)
      deepStrictEqual(fs.readdirSync(path.dirname(file)), ["run.jsonl"])
    }),
  )

  it.scoped("is refused as unwritable where it cannot be", () =>
    Effect.gen(function* () {
      const below = path.join(yield* recorded(text), "run.jsonl")
      const error = yield* Effect.flip(exportRecording(makeMemory(), below))
      assertTrue(error._tag === "RecordingError" && error.reason === "unwritable")
    }),
  )
})

const encodeText = (content: string) =>
  encode({ seq: 1, at: 0, cause: 0, kind: "input", type: "t", subject: "", data: { content } }, genesis)

/** Lines with one of them, from 1, replaced. */
const withLine = (n: number, line: string) => `${lines.map((one, i) => (i === n - 1 ? line : one)).join("\n")}\n`
const second = lines[2]!
const reencoded = (change: Partial<Row>) => toLine({ ...rows[1]!, ...change })

describe("a recording that is not as it was written is refused at the line that shows it", () => {
  const cases: ReadonlyArray<readonly [string, string | Uint8Array, RecordingError["reason"], number, string]> = [
    ["is empty", "", "no-header", 1, "found an empty file"],
    ["has no header", `${lines[1]}\n`, "no-header", 1, `expected the header ${header}, found "{\\"at\\":1001`],
    ["is of another kind", `${header.replace("run", "tape")}\n`, "no-header", 1, "expected the header"],
    ["is no JSON", "PNG\n", "not-json", 1, 'found "PNG", which is no JSON'],
    [
      "has its header's keys in another order",
      `{"kind":"run","format":1,"recording":"ringback"}\n`,
      "no-header",
      1,
      "",
    ],
    ["begins with a byte order mark", `\uFEFF${text}`, "not-json", 1, "expected the header"],
    ["is of a newer format", text.replace('"format":1', '"format":9'), "newer-format", 1, "found format 9"],
    ["was given CR LF", text.replaceAll("\n", "\r\n"), "no-header", 1, "expected lines that end in LF, found CR LF"],
    ["has a lone CR", withLine(3, `${second}\r`), "not-canonical", 3, 'found "\\r"'],
    ["has a CR for an end of line", text.replace('\n{"at":1003', '\r{"at":1003'), "not-json", 3, "which is no JSON"],
    ["has an empty line", withLine(3, ""), "not-json", 3, "expected an entry, found an empty line"],
    ["has bad JSON", withLine(3, second.slice(0, -1)), "not-json", 3, "which is no JSON"],
    ["has spaces", withLine(3, second.replace(":", ": ")), "not-canonical", 3, "at column 7"],
    ["has keys in another order", withLine(3, reorder(second)), "not-canonical", 3, "at column 3"],
    ["says a key twice", withLine(3, second.replace("{", '{"at":1,')), "not-canonical", 3, "at column 8"],
    ["has a key too many", withLine(3, second.replace(/}$/, ',"zoo":1}')), "not-canonical", 3, 'found ",\\"zoo\\":1}"'],
    ["has a float", withLine(3, second.replace('{"n":1}', '{"n":1.5}')), "not-canonical", 3, "1.5 is no safe integer"],
    ["has a number written oddly", withLine(3, second.replace('{"n":1}', '{"n":1e0}')), "not-canonical", 3, '"e0}'],
    [
      "has data nested too deep",
      withLine(3, second.replace('{"n":1}', nested(65))),
      "not-canonical",
      3,
      "deeper than 64",
    ],
    ["is nested as deep as a line is long", withLine(3, "[".repeat(200_000)), "not-json", 3, "which is no JSON"],
    ["lacks a key", withLine(3, second.replace('"cause":0,', "")), "wrong-shape", 3, "found a fault in cause: "],
    [
      "has a text for a number",
      withLine(3, second.replace("1002", '"1002"')),
      "wrong-shape",
      3,
      "found a fault in at: ",
    ],
    [
      "has data that are no object",
      withLine(3, second.replace('{"n":1}', "7")),
      "wrong-shape",
      3,
      "found a fault in data: ",
    ],
    [
      "has a kind that is none",
      withLine(3, second.replace("input", "guess")),
      "wrong-shape",
      3,
      "found a fault in kind: ",
    ],
    ["has a list for an entry", withLine(3, "[]"), "wrong-shape", 3, "an entry"],
    [
      "has a hash that is none",
      withLine(3, second.replace(rows[1]!.hash, "x")),
      "wrong-shape",
      3,
      "found a fault in hash: ",
    ],
    [
      "lacks an entry",
      `${[lines[0], lines[1], lines[3]].join("\n")}\n`,
      "wrong-order",
      3,
      "expected entry 2, found entry 3",
    ],
    [
      "has an entry twice",
      `${[...lines.slice(0, 3), second].join("\n")}\n`,
      "wrong-order",
      4,
      "expected entry 3, found entry 2",
    ],
    ["goes back in time", withLine(3, reencoded({ at: 1_000 })), "wrong-order", 3, "expected an instant from 1001 on"],
    ["has a cause that comes later", withLine(3, reencoded({ cause: 2 })), "wrong-order", 3, "found cause 2"],
    [
      "has other data",
      withLine(3, second.replace('{"n":1}', '{"n":2}')),
      "wrong-hash",
      3,
      "it does not match its hash",
    ],
    [
      "has another hash",
      withLine(3, second.replace(rows[1]!.hash, rows[0]!.hash)),
      "wrong-hash",
      3,
      "expected entry 2 to have hash",
    ],
    ["has a line beyond the limit", withLine(3, "x".repeat(300_000)), "too-long", 3, "at most 262218 bytes"],
    ["never ends its line", `${lines.slice(0, 2).join("\n")}\n${"x".repeat(3_000_000)}`, "too-long", 3, "at least"],
    ["was cut off", text.slice(0, -20), "cut-off", 4, "expected an end of line after the last entry"],
    ["lacks its last end of line", text.slice(0, -1), "cut-off", 4, "expected an end of line after the last entry"],
    ["has something after it", `${text}garbage\n`, "not-json", 5, "which is no JSON"],
    ["has bytes that are no UTF-8", Buffer.from(text.replace('"n":1', '"n":\u00ff1'), "latin1"), "not-utf-8", 3, ""],
    ["has a NUL after an entry", withLine(3, `${second}\u0000`), "not-json", 3, "which is no JSON"],
  ]
  for (const [what, content, reason, line, words] of cases)
    it.scoped(`when it ${what}`, () =>
      Effect.gen(function* () {
        const file = yield* recorded(content)
        const error = yield* Effect.flip(Stream.runDrain(readRecording(file)))
        assertTrue(error instanceof RecordingError)
        deepStrictEqual([error.reason, error.line, error.file], [reason, line, file])
        assertTrue(error.message.startsWith(`${file}:${line}: expected `), error.message)
        assertInclude(error.message, words)
        assertTrue(
          ![..."\r\n\u0000"].some((c) => error.message.includes(c)) && error.message.length < 800,
          error.message,
        )
        const log = `${file}.db`
        const refused = yield* Effect.flip(importRecording(file, log))
        deepStrictEqual(refused, error)
        deepStrictEqual(fs.readdirSync(path.dirname(file)).sort(), ["run.jsonl", "run.jsonl.db.lock"])
      }),
    )

  it.scoped("after the rows before that line were given", () =>
    Effect.gen(function* () {
      const file = yield* recorded(withLine(4, "{"))
      const seen: Array<Row> = []
      yield* Effect.flip(Stream.runForEach(readRecording(file), (row) => Effect.sync(() => seen.push(row))))
      deepStrictEqual(seen, rows.slice(0, 2))
    }),
  )

  it.scoped("when there is none, or something else in its place", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const missing = yield* Effect.flip(Stream.runDrain(readRecording(path.join(home, "none"))))
      strictEqual(missing.reason, "missing")
      const directory = yield* Effect.flip(Stream.runDrain(readRecording(home)))
      strictEqual(directory.reason, "unreadable")
    }),
  )

  it.scoped("and changes nothing about objects, whatever its keys are", () =>
    Effect.gen(function* () {
      const data = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
      const odd = chain([{ data }])
      const file = yield* recorded(`${header}\n${odd.map(toLine).join("\n")}\n`)
      deepStrictEqual(yield* collect(readRecording(file)), odd)
      strictEqual(({} as Record<string, unknown>).polluted, undefined)
    }),
  )
})

/** The line with its first two keys exchanged. */
function reorder(line: string): string {
  return line.replace(/^\{("at":\d+),("cause":\d+)/, "{$2,$1")
}

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`
}

describe("reading for verify", () => {
  it.scoped("gives the rows of a log or a recording, whichever lies there", () =>
    Effect.gen(function* () {
      const log = yield* closedLog(rows)
      const file = yield* recorded(text)
      deepStrictEqual(yield* collect(yield* rowsOf(log)), rows)
      deepStrictEqual(yield* collect(yield* rowsOf(file)), rows)
    }),
  )

  it.scoped("leaves order and hashes of a recording to whoever reads", () =>
    Effect.gen(function* () {
      const altered = second.replace('{"n":1}', '{"n":2}')
      const file = yield* recorded(`${[lines[0], lines[1], altered, lines[2]].join("\n")}\n`)
      deepStrictEqual(
        (yield* collect(yield* rowsOf(file))).map(({ seq, data }) => [seq, data]),
        [
          [1, '{"n":0}'],
          [2, '{"n":2}'],
          [2, '{"n":1}'],
        ],
      )
    }),
  )

  it.scoped("refuses what is neither", () =>
    Effect.gen(function* () {
      const notes = yield* recorded("shopping list")
      strictEqual((yield* Effect.flip(rowsOf(notes))).reason, "not-a-log")
      strictEqual((yield* Effect.flip(rowsOf(`${notes}.none`))).reason, "missing")
    }),
  )
})

describe("importing a recording", () => {
  it.scoped("makes a log with the same rows and digest, ready to be written on", () =>
    Effect.gen(function* () {
      const file = yield* recorded(text)
      const log = path.join(path.dirname(file), "new", "log.db")
      deepStrictEqual(yield* importRecording(file, log), { entries: 3, digest: rows[2]!.hash })
      deepStrictEqual(fs.readdirSync(path.dirname(log)).sort(), ["log.db", "log.db.lock"])
      const opened = yield* openSqlite(log)
      deepStrictEqual(yield* opened.read(0, 10), rows)
      yield* opened.append(chainOf(4).slice(3))
    }),
  )

  it.scoped("refuses a log that exists, and one that is being written", () =>
    Effect.gen(function* () {
      const file = yield* recorded(text)
      const log = yield* closedLog(chainOf(1))
      const exists = yield* Effect.flip(importRecording(file, log))
      assertTrue(exists instanceof RecordingError && exists.reason === "target-exists")
      yield* openSqlite(log)
      fs.renameSync(log, `${log}.away`)
      for (const end of ["-wal", "-shm"]) fs.rmSync(log + end)
      const locked = yield* Effect.flip(importRecording(file, log))
      assertTrue(locked instanceof LogOpenError && locked.reason === "locked")
    }),
  )

  it.scoped("clears away what an interrupted import left", () =>
    Effect.gen(function* () {
      const file = yield* recorded(text)
      const log = `${file}.db`
      for (const end of ["", "-wal", "-shm"]) fs.writeFileSync(`${log}.importing${end}`, "half")
      yield* importRecording(file, log)
      deepStrictEqual(yield* collect(yield* rowsOf(log)), rows)
    }),
  )

  it.scoped("checks the data of the types it is told of, and leaves others alone", () =>
    Effect.gen(function* () {
      const odd = chain([{ data: { n: 1 } }, { type: "other.happened", data: { n: "x" } }, { data: { n: "x" } }])
      const file = yield* recorded(`${header}\n${odd.map(toLine).join("\n")}\n`)
      const types = [{ type: "thing.happened", schema: Schema.Struct({ n: Schema.Int }) }]
      const error = yield* Effect.flip(importRecording(file, `${file}.db`, { types }))
      assertTrue(error instanceof RecordingError && error.reason === "wrong-shape" && error.line === 4)
      assertInclude(error.message, "expected the data of thing.happened")
      assertTrue(!fs.existsSync(`${file}.db`))
      yield* importRecording(file, `${file}.db`)
    }),
  )
})
