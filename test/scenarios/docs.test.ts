import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { parse, stringify } from "yaml"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import { expectationKinds } from "../../src/scenarios/expectations/table.ts"
import type { Handler } from "../../src/scenarios/Scenario.ts"
import { stepKinds } from "../../src/scenarios/steps/table.ts"
import { newFolder } from "../support/folder.ts"

/* Every example is played: whole scenarios as they are, lists of steps in a scenario of their own. */

const root = path.join(import.meta.dirname, "../..")
const text = fs.readFileSync(path.join(root, "docs/scenarios.md"), "utf8")
const examplesOf = (file: string) => {
  const all = fs.readFileSync(path.join(root, file), "utf8")
  return [...all.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, example = ""]) => ({
    example,
    at: `${file}:${all.slice(0, all.indexOf(example)).split("\n").length}`,
  }))
}
const examples = [...examplesOf("docs/scenarios.md"), ...examplesOf("README.md")]

const fileIn = (example: string): string | undefined => /^# file: (\S+)\n/.exec(example)?.[1]

const reply: Handler = async () => ({
  status: 200,
  contentType: "text/xml",
  body: "<Response><Message>Hi</Message></Response>",
})

describe("docs/scenarios.md", () => {
  const folder = newFolder()
  for (const { example } of examples) {
    const name = fileIn(example)
    if (name !== undefined) fs.writeFileSync(path.join(folder, name), example)
  }
  const played = examples.filter(({ example }) => fileIn(example) === undefined)

  it("has examples", () => strictEqual(played.length >= 13, true))

  for (const [i, { at, example }] of played.entries())
    it(`the example at ${at} holds`, async () => {
      const content = parse(example) as unknown
      const scenario = Array.isArray(content)
        ? stringify({
            endpoints: [{ url: "https://app.example" }],
            steps: content,
          })
        : example
      const loaded = await Effect.runPromise(
        loadScenario({ file: path.join(folder, `example-${i}.yaml`), text: scenario }),
      )
      // A real application is one in this process here, and listens on no port of its own.
      const handlers = new Map(loaded.endpoints.map(({ url }) => [url, reply]))
      const application = loaded.application === undefined ? undefined : { ...loaded.application, port: 0 }
      const { checks, notes } = await Effect.runPromise(runScenario({ ...loaded, application }, { handlers }))
      deepStrictEqual(
        checks.filter(({ met }) => !met),
        [],
      )
      deepStrictEqual(notes, [])
    })

  it("shows every kind of step and expectation, with all its fields", () => {
    const all = examples.map(({ example }) => example).join("\n")
    deepStrictEqual(
      [...stepKinds, ...expectationKinds].map(({ key }) => key).filter((key) => !new RegExp(`\\b${key}:`).test(all)),
      [],
    )
    const shared = /\| `callback` \|.*$/m.exec(text)?.[0] ?? ""
    for (const { fields, key } of expectationKinds) {
      const row = new RegExp(`^\\| \`${key}\` \\|.*$`, "m").exec(text)?.[0] ?? ""
      deepStrictEqual(
        Object.keys(fields).filter(
          (field) => !row.includes(`\`${field}\``) && !(key === "request" && shared.includes(`\`${field}\``)),
        ),
        [],
      )
    }
  })
})
