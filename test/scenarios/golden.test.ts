import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { stages } from "../../src/app/stages.ts"
import { type PlayOptions, playFile } from "../../src/scenarios/playFile.ts"
import { pretty } from "../../src/scenarios/reporters/pretty.ts"
import { newFolder } from "../support/folder.ts"

const text = (body: string, more = "") => `
endpoints: [{ url: https://app.test }]
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: ${body}, status_callback: https://app.test/status }
${more}
expect:
  - message: { status: delivered }
`

const given = (scenario: string) => {
  const folder = newFolder()
  const file = path.join(folder, "hello.yaml")
  fs.writeFileSync(file, scenario)
  const recording = path.join(folder, "recordings", "hello.jsonl")
  const play = (options: Partial<PlayOptions> = {}) =>
    Effect.runPromise(
      playFile(file, stages, { recordings: path.dirname(recording), update: false, words: [], ...options }),
    )
  return { file, folder, play, recording, write: (changed: string) => fs.writeFileSync(file, changed) }
}

describe("a golden recording", () => {
  it("is not asked for, is written when it is asked for, and then has to be matched", async () => {
    const { play, recording } = given(text("Hello"))
    strictEqual((await play()).golden._tag, "Absent")
    deepStrictEqual((await play({ update: true })).golden, { _tag: "Written", file: recording, changed: true })
    const bytes = fs.readFileSync(recording, "utf8")
    const report = await play()
    strictEqual(report.golden._tag, "Matches")
    strictEqual(bytes.includes(report.digest), true)
    deepStrictEqual((await play({ update: true })).golden, { _tag: "Written", file: recording, changed: false })
    strictEqual(fs.readFileSync(recording, "utf8"), bytes)
    deepStrictEqual(fs.readdirSync(path.dirname(recording)), ["hello.jsonl"])
  })

  it("that a run differs from is told by the first entry that differs, and what led to it", async () => {
    const { file, folder, play, write } = given(text("Hello"))
    await play({ update: true })
    write(
      text("Hello", '  - settings: { twilio: { numbers: { "+15551234567": { error_code: 30003 } } } }').replace(
        "delivered",
        "'*delivered'",
      ),
    )
    const report = await play()
    strictEqual(report.status, "failed")
    const told = pretty({ paint: (_, line) => line, safe: (line) => line }).each({ ...report, hostMs: 1 }, 1)
    strictEqual(
      told.replaceAll(`${folder}/`, ""),
      `✗ hello  hello.yaml  16 entries over 4s in 1 ms

  hello.yaml:1  expected the recording recordings/hello.jsonl, whose line 7 entry 6 (settings.changed) is not as it was recorded
    field     at
    recorded  1767225602000
    made      1767225600000
    what led to it:
        2026-01-01T00:00:00.000Z      6  settings.changed        ${await settingsShown(report)}
    if this is meant, record it again with --update

  again: ringback run ${path.basename(file)}
`,
    )
  })

  it("of a run that ends sooner, goes on, or was damaged, is told so", async () => {
    const { play, recording } = given(text("Hello"))
    await play({ update: true })
    const lines = fs.readFileSync(recording, "utf8").trimEnd().split("\n")
    const problem = async (changed: ReadonlyArray<string>) => {
      fs.writeFileSync(recording, `${changed.join("\n")}\n`)
      const { golden } = await play()
      return golden._tag === "Differs" ? `${golden.line}: ${golden.problem}` : golden._tag
    }
    strictEqual(
      await problem([...lines, lines.at(-1) ?? ""]),
      `${lines.length + 1}: goes on with entry ${lines.length}, and the run has ended`,
    )
    strictEqual(await problem(lines.slice(0, 5)), "6: ends before entry 5, which was made")
    strictEqual(await problem(lines.with(3, "{}")), "4: holds no entry 3 that can be read")
    strictEqual(await problem(lines.with(0, "{}")), "1: is no recording of this format")
    const altered = lines.with(-1, (lines.at(-1) ?? "").replace(/"hash":"\w/, '"hash":"x'))
    strictEqual(await problem(altered), `${lines.length}: holds no entry ${lines.length - 1} that can be read`)
  })

  it("is never made of a scenario that does not hold, nor of another seed", async () => {
    const { play, recording } = given(text("Hello").replace("delivered", "failed"))
    const failed = await play({ update: true })
    strictEqual(failed.status, "failed")
    strictEqual(failed.golden._tag, "NotCompared")
    const { play: playOther } = given(text("Hello"))
    strictEqual((await playOther({ update: true, seed: 9 })).golden._tag, "NotCompared")
    strictEqual(fs.existsSync(recording), false)
  })

  it("that cannot be written is told, and nothing is left half-written", async () => {
    const { folder, play } = given(text("Hello"))
    fs.writeFileSync(path.join(folder, "recordings"), "in the way")
    const report = await play({ update: true })
    strictEqual(report.status, "broken")
    strictEqual(/^EEXIST|^ENOTDIR/.test(report.broken[0] ?? ""), true)
  })
})

/** What an entry of settings says is long; it is shown cut. */
const settingsShown = async ({ golden }: Awaited<ReturnType<ReturnType<typeof given>["play"]>>): Promise<string> => {
  const gist = golden._tag === "Differs" ? (golden.chain[0]?.gist ?? "") : ""
  return gist.length > 300 ? `${gist.slice(0, 297)}...` : gist
}
