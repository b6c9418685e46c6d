import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { toLine } from "../src/core/Entry.ts"
import { headerLine } from "../src/log/recordingLines.ts"
import { everyEntry } from "./support/golden.ts"

/* Writes the golden recording of a release: `node tools/run.mjs test/golden.make.ts recordings/exchange@<version>.jsonl`, once. */
const [out] = process.argv.slice(2)
if (out === undefined || fs.existsSync(out))
  throw new Error("name a recording that does not exist yet; golden ones are never edited")
const rows = await Effect.runPromise(everyEntry)
fs.writeFileSync(out, `${[headerLine, ...rows.map(toLine)].join("\n")}\n`)
