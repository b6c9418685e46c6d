import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { stages } from "../../src/app/stages.ts"
import { playFile } from "../../src/scenarios/playFile.ts"
import { newFolder } from "../support/folder.ts"

/* What `--keep` leaves: a log of each scenario, and a trace of each that has not passed. */

const passing = 'steps: [{ send: { to: "+15551234567", from: "+15550000001", body: "<b>Hello</b>" } }]\n'
const failing = `${passing}expect: [{ message: { status: failed } }]\n`

const playing = () => {
  const folder = newFolder()
  const keep = join(folder, "kept")
  const play = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return Effect.runPromise(
      playFile(join(folder, name), stages, { recordings: join(folder, "recordings"), update: false, keep, words: [] }),
    )
  }
  return { keep, play }
}

describe("what is kept of a scenario", () => {
  it("is its log, and of one that fails its trace, which says what is not met", async () => {
    const { keep, play } = playing()
    const failed = await play("a.yaml", failing)
    deepStrictEqual([failed.kept, failed.trace], [join(keep, "a.jsonl"), join(keep, "a.html")])
    const html = readFileSync(join(keep, "a.html"), "utf8")
    assertTrue(
      html.includes("a.yaml:2: expected at least 1 message with status &quot;failed&quot;"),
      html.slice(0, 9_000),
    )
    assertTrue(html.includes("message.created"))
    strictEqual(html.includes("<b>Hello"), false)
  })

  it("is no trace of one that passes, and an older one goes", async () => {
    const { keep, play } = playing()
    await play("a.yaml", failing)
    const passed = await play("a.yaml", passing)
    deepStrictEqual([passed.kept, passed.trace], [join(keep, "a.jsonl"), undefined])
    deepStrictEqual(readdirSync(keep), ["a.jsonl"])
  })

  it("is what there was of one that breaks off, and nothing of one that cannot begin", async () => {
    const { keep, play } = playing()
    const brokenOff = await play("a.yaml", `name: Dawn\n${passing.replace(/\]\n/, ", { fault: { off: dawn } }]\n")}`)
    deepStrictEqual([brokenOff.status, brokenOff.trace], ["broken", join(keep, "a.html")])
    assertTrue(readFileSync(join(keep, "a.html"), "utf8").includes("message.created"))
    const lines = readFileSync(join(keep, "a.jsonl"), "utf8").trimEnd().split("\n")
    deepStrictEqual([brokenOff.name, brokenOff.seed, brokenOff.entries], ["Dawn", 1, lines.length - 1])
    assertTrue(brokenOff.entries > 0 && lines.at(-1)?.includes(brokenOff.digest))
    const never = await play("b.yaml", "stepz: []\n")
    deepStrictEqual(
      [never.status, never.name, never.entries, never.kept, never.trace],
      ["broken", "b.yaml", 0, undefined, undefined],
    )
    deepStrictEqual(readdirSync(keep), ["a.html", "a.jsonl"])
  })

  it("takes the place of nobody's file", async () => {
    const { keep, play } = playing()
    mkdirSync(keep)
    writeFileSync(join(keep, "a.html"), "<p>mine</p>")
    const { broken, status, trace } = await play("a.yaml", failing)
    deepStrictEqual([status, trace], ["broken", undefined])
    deepStrictEqual(broken, [`${join(keep, "a.html")} exists and is no trace; name another file`])
    strictEqual(readFileSync(join(keep, "a.html"), "utf8"), "<p>mine</p>")
    await play("a.yaml", passing)
    assertTrue(existsSync(join(keep, "a.html")))
  })
})
