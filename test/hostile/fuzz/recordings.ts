import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { rules } from "../../../src/app/rules.ts"
import { type Json, sha256 } from "../../../src/core/canonical.ts"
import { encode, genesis, type Row, toLine } from "../../../src/core/Entry.ts"
import { type Verdict, verifyPages } from "../../../src/engine/verify.ts"
import { pagesOf } from "../../../src/log/pagesOf.ts"
import { headerLine } from "../../../src/log/recordingLines.ts"
import { simulate } from "../../support/simulate.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

/** A run with a bit of everything in it. */
export const recorded: Effect.Effect<ReadonlyArray<Row>> = Effect.scoped(
  Effect.gen(function* () {
    const { api, rows, run, send, settled } = yield* simulate()
    for (const host of ["good", "hanging", "recovering", "flaky"])
      yield* send({ To: "+15551234567", StatusCallback: `https://${host}.test/x` })
    yield* api("GET", "/2010-04-01/nowhere")
    yield* api("POST", "/2010-04-01/nowhere", "%zz")
    yield* settled
    yield* Effect.orDie(run.engine.advance(60_000))
    return yield* rows
  }),
)

/** A value of JSON with something in it replaced. */
export const mutatedJson = (random: Random, value: Json, depth = 0): Json => {
  if (random.chance(depth === 0 ? 3 : 25))
    return random.pick<Json>([null, true, 0, -1, Number.MAX_SAFE_INTEGER, [], {}, [["a"]], random.pick(nasty)])
  if (typeof value === "string") return mutated(random, value, 2)
  if (typeof value !== "object" || value === null) return random.pick<Json>([0, 1, -5, 1e15, "1", null, value])
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1)
    return value.flatMap((each, i) =>
      i === at ? (random.chance(30) ? [] : [mutatedJson(random, each, depth + 1)]) : [each],
    )
  }
  const keys = Object.keys(value)
  const chosen = random.pick(keys.length === 0 ? [""] : keys)
  const entries = Object.entries(value).flatMap(([key, each]) =>
    key === chosen
      ? random.chance(15)
        ? []
        : [[key, mutatedJson(random, each as Json, depth + 1)] as const]
      : [[key, each] as const],
  )
  if (random.chance(10)) entries.push([random.pick(nasty), random.pick(nasty)])
  return Object.fromEntries(entries) as Json
}

/** Rows whose content was changed by somebody who has made the hashes anew. */
export const forged = (random: Random, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const changed = rows.map((row) => ({ ...row, data: JSON.parse(row.data) as Json }))
  for (let n = random.below(3) + 1; n > 0; n--) {
    const at = random.below(changed.length)
    const row = changed[at]
    if (row === undefined) continue
    switch (random.below(8)) {
      case 0:
        changed.splice(at, 1)
        break
      case 1:
        changed.splice(random.below(changed.length), 0, row)
        break
      case 2:
        row.at += random.pick([-1, 1, -5_000, 1e12, 5_000])
        break
      case 3:
        row.type = random.pick([...rules.entryTypes.map(({ type }) => type), random.pick(nasty)])
        break
      case 4:
        row.subject = random.pick(nasty)
        break
      case 5:
        row.cause = random.below(changed.length + 2)
        break
      default:
        row.data = mutatedJson(random, row.data)
    }
  }
  let hash = genesis
  return changed.map((row, i) => {
    const made = encode({ ...row, seq: i + 1, data: row.data as never }, hash)
    hash = made.hash
    return made
  })
}

export const textOf = (rows: ReadonlyArray<Row>): string => [headerLine, ...rows.map(toLine), ""].join("\n")

export const spoiled = (random: Random, rows: ReadonlyArray<Row>): string => {
  const lines = textOf(rows).split("\n")
  for (let n = random.below(2) + 1; n > 0; n--) {
    const at = random.below(lines.length)
    const other = random.below(lines.length)
    switch (random.below(5)) {
      case 0:
        lines.splice(at, 1)
        break
      case 1:
        lines.splice(other, 0, lines[at] ?? "")
        break
      case 2:
        lines.length = at
        break
      default:
        lines[at] = mutated(random, lines[at] ?? "", 2)
    }
  }
  return lines.join("\n")
}

const verdictOf = (file: string) =>
  Effect.runPromise(
    Effect.either(Effect.scoped(Effect.flatMap(pagesOf(file), (pages) => verifyPages(pages, rules)))) as Effect.Effect<
      Either.Either<Verdict, Error>
    >,
  )

/** Recordings of strangers: verify says sound, unsound or unreadable, and sound only of what the rules would have made. */
export const recordingsSurface: Surface = {
  name: "recordings",
  atOnce: 1,
  open: async () => {
    const rows = await Effect.runPromise(recorded)
    const hashes = new Set(rows.map(({ hash }) => hash))
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const file = join(folder, "run.jsonl")
    return {
      run: async (random): Promise<Outcome> => {
        let input = ""
        const forging = random.chance(50)
        try {
          input = forging ? textOf(forged(random, rows)) : spoiled(random, rows)
        } catch {
          return { input } // What has no canonical form cannot be forged.
        }
        writeFileSync(file, input)
        const verdict = await verdictOf(file).catch((error) => `throws ${error instanceof Error ? error.stack : error}`)
        const shown = `${sha256(input).slice(0, 12)} ${input.slice(0, 1_000)}`
        if (typeof verdict === "string") return { input: shown, problem: verdict }
        if (Either.isLeft(verdict)) {
          const { message } = verdict.left
          return { input: shown, ...(message.includes("\n") || message.length > 2_000 ? { problem: message } : {}) }
        }
        if (verdict.right._tag === "Unsound" || forging) return { input: shown }
        // Without new hashes only a beginning of the run can be sound.
        const { digest, entries } = verdict.right
        return {
          input: shown,
          ...(entries === 0 || hashes.has(digest) ? {} : { problem: `is sound with the digest ${digest}` }),
        }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
