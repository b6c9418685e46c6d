import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { rules } from "../src/app/rules.ts"
import { verifyPages } from "../src/engine/verify.ts"
import { pagesOf } from "../src/log/pagesOf.ts"
import { openReader } from "../src/log/reader.ts"
import { exportRecording, importRecording } from "../src/log/recording.ts"
import { everyEntry } from "./support/golden.ts"

const folder = fileURLToPath(new URL("../recordings/", import.meta.url))
const golden = fs.readdirSync(folder).filter((name) => name.endsWith(".jsonl") && !name.includes(".tampered."))

const verdictOn = (file: string) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(pagesOf(file), (pages) => verifyPages(pages, rules))))

describe("a golden recording", () => {
  it("is there, and of every type of entry", async () => {
    strictEqual(golden.length > 0, true)
    const types = new Set((await Effect.runPromise(everyEntry)).map(({ type }) => type))
    deepStrictEqual(
      rules.entryTypes.map(({ type }) => type).filter((type) => !types.has(type)),
      [],
    )
  })

  for (const name of golden) {
    it(`${name} is still what these rules make of its inputs`, async () => {
      const verdict = await verdictOn(path.join(folder, name))
      strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
    })

    it(`${name} goes into a log and comes back the same bytes`, async () => {
      const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "ringback-golden-"))
      try {
        const [log, again] = [path.join(temporary, "log.db"), path.join(temporary, "again.jsonl")]
        await Effect.runPromise(
          Effect.scoped(
            Effect.gen(function* () {
              yield* importRecording(path.join(folder, name), log, { types: rules.entryTypes })
              yield* exportRecording(yield* openReader(log), again)
            }),
          ),
        )
        deepStrictEqual(fs.readFileSync(again), fs.readFileSync(path.join(folder, name)))
      } finally {
        fs.rmSync(temporary, { recursive: true })
      }
    })
  }

  it("that was tampered with is found at its first divergence", async () => {
    deepStrictEqual(await verdictOn(path.join(folder, "exchange@0.1.0.tampered.jsonl")), {
      _tag: "Unsound",
      seq: 25,
      problem: "entry 25 does not match its hash",
      difference: { field: "data.status", recorded: '"lost"', made: '"sent"' },
    })
  })
})
