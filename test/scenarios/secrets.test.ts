import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { stages } from "../../src/app/stages.ts"
import { playFile } from "../../src/scenarios/playFile.ts"
import { json } from "../../src/scenarios/reporters/json.ts"
import { junit } from "../../src/scenarios/reporters/junit.ts"
import { pretty } from "../../src/scenarios/reporters/pretty.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"

const names = ["token", "callback", "endpoint", "password", "media", "settings", "value"] as const
/** One mark for each place where a scenario can hold a secret. */
const marks = Object.fromEntries(names.map((name, i) => [name, `mk${i}Q7x${name}Zr9w`])) as Readonly<
  Record<(typeof names)[number], string>
>

const scenario = `
settings:
  twilio: { auth_token: ${marks.token} }
  callbacks: { rewrite: [{ from: "https://u:${marks.settings}@a.test", to: "https://u:${marks.settings}@b.test" }] }
endpoints:
  - url: https://u:${marks.endpoint}@app.test
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: Hello, status_callback: "https://u:${marks.callback}@app.test/status" }
    as: sent
  - send: { to: "+15551234567", from: "+15550000001", body: Hello, media: "https://u:${marks.media}@app.test/a.png" }
  - settle: true
  - expect: { callback: { subject: "\${sent.sid}", url: "https://u:${marks.callback}@app.test/other" } }
  - expect: { value: "\${auth_token}", is: "https://u:${marks.value}@app.test" }
  - expect: { message: { body: "\${auth_token}" } }
  - api: { path: /2010-04-01/Accounts.json, auth: "AC00000000000000000000000000000000:${marks.password}" }
`

describe("a scenario's secrets", () => {
  it("are in no log, recording, trace or report", async () => {
    const folder = newFolder()
    const file = path.join(folder, "a.yaml")
    fs.writeFileSync(file, scenario)
    const options = {
      recordings: path.join(folder, "recordings"),
      update: false,
      keep: path.join(folder, "kept"),
      words: [],
    }
    const report = await Effect.runPromise(playFile(file, stages, options))
    strictEqual(report.status, "failed")
    strictEqual(report.checks.filter(({ met }) => !met).length, 4)
    const style = { paint: (_: string, text: string) => text, safe: (text: string) => text }
    const summary = { reports: [report], notPlayed: 0, hostMs: 1 }
    const told = [pretty(style).each(report, 1), json.end(summary), junit.end(summary)]
    const log = fs.readFileSync(path.join(folder, "kept/a.jsonl"), "utf8")
    strictEqual(log.length > 1_000, true)
    const trace = fs.readFileSync(report.trace ?? "", "utf8")
    deepStrictEqual(
      [...told, log, trace].flatMap((text) => leaksIn(text, marks)),
      [],
    )
  })

  it("are not repeated by what is wrong with it", async () => {
    const folder = newFolder()
    const file = path.join(folder, "a.yaml")
    fs.writeFileSync(file, scenario.replace("auth_token: ", "auth_tokn: ").replace("steps:", "stepz:"))
    const report = await Effect.runPromise(playFile(file, stages, { recordings: folder, update: false, words: [] }))
    strictEqual(report.status, "broken")
    deepStrictEqual(leaksIn(JSON.stringify(report), marks), [])
  })
})
