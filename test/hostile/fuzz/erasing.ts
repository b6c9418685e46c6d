import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { rules } from "../../../src/app/rules.ts"
import { sha256 } from "../../../src/core/canonical.ts"
import type { Row } from "../../../src/core/Entry.ts"
import { verifyPages } from "../../../src/engine/verify.ts"
import { eraseLog } from "../../../src/log/erase/eraseLog.ts"
import type { Sought } from "../../../src/log/erase/eraser.ts"
import { pagesOf } from "../../../src/log/pagesOf.ts"
import { rowsOf } from "../../../src/log/recording.ts"
import { everyEntry } from "../../support/golden.ts"
import type { Random } from "./random.ts"
import { forged, spoiled, textOf } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

/** Entries of a case: the first of the run, and some that follow each other. */
const entriesOfCase = 60

const some = (random: Random, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const from = 1 + random.below(rows.length - entriesOfCase)
  return [...rows.slice(0, 1), ...rows.slice(from, from + entriesOfCase)]
}

const soughtIn = (random: Random, text: string, rows: ReadonlyArray<Row>): Sought => {
  const numbers = [...new Set(text.match(/\+1\d{10}(?!\d)/g))]
  return random.chance(60) && numbers.length > 0
    ? { numbers: [random.pick(numbers)], subjects: [] }
    : { numbers: [], subjects: [random.pick(rows).subject || "none"] }
}

const rowsIn = (file: string) =>
  Effect.scoped(Effect.flatMap(rowsOf(file), (rows) => Effect.map(Stream.runCollect(rows), (all) => [...all])))

/** What is wrong with a recording that something was erased of: it holds a number still, is not whole, or would be erased again. */
const faultOf = (out: string, sought: Sought, entries: number) =>
  Effect.gen(function* () {
    const rows = yield* rowsIn(out)
    if (rows.length !== entries) return `${rows.length} of ${entries} entries are left`
    for (const { data, seq, subject } of rows)
      for (const number of sought.numbers)
        if (data.includes(number.slice(2)) || subject.includes(number.slice(2))) return `entry ${seq} holds ${number}`
    const again = yield* Effect.either(
      eraseLog({ file: out, out: `${out}.again.jsonl`, sought, at: 0, types: rules.entryTypes }),
    )
    if (sought.numbers.length > 0 && (Either.isLeft(again) || again.right !== undefined)) return "is erased again"
    const verdict = yield* Effect.either(
      Effect.scoped(Effect.flatMap(pagesOf(out), (pages) => verifyPages(pages, rules))),
    )
    return Either.isRight(verdict) && verdict.right._tag === "Sound" ? "is called sound" : undefined
  }).pipe(Effect.catchAllCause((cause) => Effect.succeed(`cannot be read: ${String(cause)}`)))

/** Logs of strangers, of which something is to be erased: it is gone and the rest is whole, or a line says why not and nothing is written. */
export const erasingSurface: Surface = {
  name: "erase",
  atOnce: 1,
  open: async () => {
    const rows = await Effect.runPromise(everyEntry)
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    let made = 0
    return {
      run: async (random): Promise<Outcome> => {
        let text = ""
        const taken = some(random, rows)
        try {
          text = random.chance(70) ? textOf(forged(random, taken)) : spoiled(random, taken)
        } catch {
          return { input: "" } // What has no canonical form cannot be forged.
        }
        const sought = soughtIn(random, text, taken)
        const input = `${sha256(text).slice(0, 12)} ${JSON.stringify(sought)} ${text.slice(0, 600)}`
        const [file, out] = [join(folder, "run.jsonl"), join(folder, `${made++}.jsonl`)]
        writeFileSync(file, text)
        const erased = await Effect.runPromise(
          Effect.either(eraseLog({ file, out, sought, at: 0, types: rules.entryTypes })),
        )
        if (Either.isRight(erased)) {
          if (erased.right === undefined) return { input }
          const problem = await Effect.runPromise(faultOf(out, sought, erased.right.entries))
          return problem === undefined ? { input } : { input, problem }
        }
        const { message } = erased.left
        return { input, ...(/\n/.test(message) || message.length > 2_000 ? { problem: message } : {}) }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
