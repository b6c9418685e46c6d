import { existsSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { rules } from "../../src/app/rules.ts"
import { type Verdict, verifyPages } from "../../src/engine/verify.ts"
import { type PagesOptions, pagesOf } from "../../src/log/pagesOf.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { serve } from "../support/ringback.ts"

/* Every column of one entry of every type a server writes, and every name in the look-up tables, one byte at a time. */

const columns = ["seq", "at", "cause", "kind", "type", "subject", "data", "hash"] as const
type Column = (typeof columns)[number]
type Stored = { readonly [C in Column]: number | string } & { readonly name: string; readonly kind: number }

const file = join(newFolder(), "ringback.db")
let db: Database.Database
let samples: ReadonlyArray<Stored> = []

beforeAll(async () => {
  const url = "https://app.example/status"
  const options = {
    db: file,
    config: configFile({
      endpoints: [{ url, answers: [{ status: 500, after_ms: 100 }, { drop: "reset" }, { status: 204 }] }],
      twilio: { failure_numbers: ["+15559999999"] },
    }),
    args: ["--pace", "paused"],
  }
  const first = await serve(options)
  await first.send({ StatusCallback: url })
  await first.send({ To: "+15559999999", StatusCallback: url })
  await first.ask(first.messages)
  await first.clock({ advance: "5s" })
  await first.kill("SIGTERM")
  const second = await serve(options)
  await second.clock({ advance: "1h" })
  await second.send({ StatusCallback: "http://127.0.0.1:1/nobody" })
  await second.clock({ pace: "fast" })
  await second.clock({ settle: true })
  await second.clock({ pace: "paused" })
  await second.send()
  await second.ask("/clear/all", { method: "POST" })
  await second.kill("SIGTERM")
  db = new Database(file)
  const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()
  for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`)
  samples = db
    .prepare<[], Stored>(
      "SELECT e.*, t.name FROM entries e JOIN types t ON t.id = e.type GROUP BY e.type, e.kind ORDER BY e.seq",
    )
    .all()
})

afterAll(() => {
  db.close()
})

const verdict = (options: PagesOptions = {}): Promise<Verdict> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(pagesOf(file, options), (pages) => verifyPages(pages, rules))))

const otherChar = (char: string | undefined): string => (char === "0" ? "1" : "0")

/** A text with the character in its middle replaced by another. */
const altered = (text: string): string => {
  const at = Math.floor(text.length / 2)
  return text.slice(0, at) + otherChar(text[at]) + text.slice(at + 1)
}

/** The value of a column with one byte changed. */
const other = (column: Column, value: number | string): number | string => {
  if (typeof value === "string") return altered(value)
  if (column === "seq") return value + 0x100_0000
  if (column === "type" || column === "subject") return value === 1 ? 2 : value - 1
  return value ^ 1
}

describe("A log of a server", () => {
  it("holds every type of entry a server writes, and is sound", async () => {
    deepStrictEqual([...new Set(samples.map(({ name }) => name))].sort(), [
      "api.requested",
      "api.responded",
      "clock.changed",
      "data.cleared",
      "message.created",
      "message.status-changed",
      "outbound.answered",
      "outbound.failed",
      "outbound.requested",
      "run.resumed",
      "run.started",
      "timer.cancelled",
      "timer.fired",
      "timer.set",
    ])
    strictEqual((await verdict())._tag, "Sound")
  })

  for (const column of columns)
    it(`with one byte of ${column} altered is not sound: exactly that entry is named, and of an outcome the field`, async () => {
      for (const sample of samples) {
        const value = other(column, sample[column])
        const seq = column === "seq" ? value : sample.seq
        db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(value, sample.seq)
        const found = await verdict()
        db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(sample[column], seq)
        assertTrue(found._tag === "Unsound")
        deepStrictEqual([sample.name, found.seq], [sample.name, Number(sample.seq)])
        assertTrue(found.problem.includes(`entry ${sample.seq} `))
        if (column === "seq" || sample.kind === 0) continue
        assertTrue(found.difference !== undefined && found.difference.recorded !== found.difference.made)
        assertTrue(found.difference.field.split(/[.[]/)[0] === column)
      }
      strictEqual((await verdict())._tag, "Sound")
    })

  it("read by a thread of its own gets the same verdict, sound or altered", async () => {
    const worker = new URL("../../dist/pages.worker.mjs", import.meta.url)
    const threaded = () => verdict({ worker, threadEntriesMin: 0, pagesBefore: 0 })
    assertTrue(existsSync(worker))
    deepStrictEqual(await threaded(), await verdict())
    for (const sample of [samples[0], samples.find(({ kind }) => kind === 1)])
      for (const column of columns) {
        assertTrue(sample !== undefined)
        const value = other(column, sample[column])
        const seq = column === "seq" ? value : sample.seq
        db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(value, sample.seq)
        const [found, here] = [await threaded(), await verdict()]
        db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(sample[column], seq)
        deepStrictEqual(found, here)
        assertTrue(found._tag === "Unsound")
      }
  })

  for (const table of ["types", "subjects"] as const)
    it(`with one byte of a name in ${table} altered is not sound: the first entry that has it is named`, async () => {
      const column = table === "types" ? "type" : "subject"
      const names = db
        .prepare<[], { readonly id: number; readonly name: string; readonly seq: number }>(
          `SELECT n.id, n.name, min(e.seq) AS seq FROM ${table} n JOIN entries e ON e.${column} = n.id GROUP BY n.id`,
        )
        .all()
      assertTrue(names.length > 3)
      for (const { id, name, seq } of names) {
        const rename = db.prepare(`UPDATE ${table} SET name = ? WHERE id = ?`)
        rename.run(altered(name), id)
        const found = await verdict()
        rename.run(name, id)
        assertTrue(found._tag === "Unsound")
        strictEqual(found.seq, seq)
      }
      strictEqual((await verdict())._tag, "Sound")
    })

  for (const table of ["types", "subjects"] as const)
    it(`with the number of a name in ${table} altered is not sound`, async () => {
      const renumber = db.prepare(`UPDATE ${table} SET id = ? WHERE id = ?`)
      renumber.run(1_000_000, 2)
      const found = await verdict()
      renumber.run(2, 1_000_000)
      assertTrue(found._tag === "Unsound")
      strictEqual((await verdict())._tag, "Sound")
    })
})
