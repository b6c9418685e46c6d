import { copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback } from "../support/ringback.ts"

const samples = join(import.meta.dirname, "../traffic/samples")

describe("commands about recorded traffic", () => {
  const folder = newFolder()
  for (const name of ["har.json", "vcr.yaml", "message-log.csv"]) copyFileSync(join(samples, name), join(folder, name))
  writeFileSync(join(folder, "cut.har"), readFileSync(join(samples, "har.json"), "utf8").slice(0, -400))
  writeFileSync(join(folder, "empty"), "")

  /** Runs a command; what it says has no stack trace. */
  const run = async (line: string) => {
    const ended = await ringback(line.split(" "), { cwd: folder })
    assertTrue(!/\n\s+at .*:\d+/.test(ended.stdout + ended.stderr), ended.stderr)
    return ended
  }
  const ends = async (line: string, code: number, said: RegExp) => {
    const ended = await run(line)
    strictEqual(ended.code, code, `${line}: ${ended.stdout}${ended.stderr}`)
    assertTrue(said.test(ended.stdout + ended.stderr), `${line}: ${ended.stdout}${ended.stderr}`)
  }

  it("end with 0, 1 or 2 by what became of the file", async () => {
    await ends("traffic import har.json --out har.jsonl --salt salt", 0, /^4 exchanges of har written/)
    await ends("traffic import har.json --out har.jsonl", 2, /har.jsonl exists; name another file/)
    await ends("traffic import cut.har --out cut.jsonl", 1, /entry \d: there or behind it the file is cut off/)
    await ends("traffic import empty --out empty.jsonl", 2, /empty: the file is empty/)
    await ends("traffic import nothing.har --out x.jsonl", 2, /nothing.har/)
    await ends(
      "traffic import har.json --out no/such/folder/x.jsonl --from vcr",
      2,
      /expected an exchange of vcr, found one of har/,
    )
    await ends("traffic import har.json --out x.jsonl --from excel", 2, /--from: expected interactions, har/)
    await ends("compare har.jsonl", 1, /60 % the same/)
    await ends("compare har.jsonl --threshold 60", 0, /60 % the same/)
    await ends("compare har.jsonl --threshold 600", 2, /--threshold: expected 0 to 100, found 600/)
    await ends("compare har.json", 2, /header of a traffic recording/)
    await ends("traffic to-scenario har.jsonl --out s.yaml", 0, /6 steps written/)
    await ends("traffic to-scenario har.jsonl --out s.yaml", 2, /s.yaml exists/)
    await ends("run s.yaml", 0, /1 passed/)
    await ends("traffic replay har.jsonl --to http://127.0.0.1:1", 1, /ECONNREFUSED/)
    await ends("traffic replay har.jsonl --to localhost", 2, /--to: expected a URL/)
    await ends("traffic replay har.jsonl --to http://127.0.0.1:1 --pace slow", 2, /--pace: expected real, fast/)
  })

  it("print one line of JSON where they are asked to", async () => {
    const { stdout } = await run("traffic import message-log.csv --out log.jsonl --json")
    const told = JSON.parse(stdout) as { exchanges: number; lost: { count: number }; formats: ReadonlyArray<string> }
    strictEqual(`${told.exchanges} ${told.lost.count} ${told.formats.join()}`, "5 1 message-log")
    const compared = JSON.parse((await run("compare log.jsonl --json")).stdout) as { passed: boolean }
    strictEqual(typeof compared.passed, "boolean")
  })
})
