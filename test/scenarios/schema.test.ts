import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { parse } from "yaml"
import { fragmentSchema, scenarioSchema } from "../../src/app/scenarios.ts"
import { schemaFaults } from "../support/jsonSchema.ts"

/* What editors say of files by the schemas that `ringback schema` prints. */

const root = join(import.meta.dirname, "../..")
const read = (text: string): unknown => parse(text, { merge: true })
const scenario = (value: unknown) => schemaFaults(scenarioSchema(), value)
const fragment = (value: unknown) => schemaFaults(fragmentSchema(), value)

const filesIn = (folder: string) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".yaml") ? [`${folder}/${name}`] : []))

/** Examples of a page: whole files, and lists of steps. */
const examplesIn = (page: string) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text)

describe("the schema of scenarios", () => {
  it("finds no fault in any that is shipped", () => {
    for (const file of filesIn("scenarios"))
      deepStrictEqual([file, scenario(read(readFileSync(join(root, file), "utf8")))], [file, []])
  })

  it("finds no fault in one that can be played, whether it holds or not", () => {
    for (const file of filesIn("test/scenarios/failing"))
      deepStrictEqual([file, scenario(read(readFileSync(join(root, file), "utf8")))], [file, []])
  })

  it("finds no fault in any example of the documentation", () => {
    const examples = ["docs/scenarios.md", "docs/exploring.md", "README.md"].flatMap(examplesIn)
    const whole = examples.flatMap((text) => {
      if (/^# file: _/.test(text)) return []
      const value = read(text)
      if (Array.isArray(value)) return [{ steps: value }]
      return typeof value === "object" && value !== null && "steps" in value ? [value] : []
    })
    strictEqual(whole.length >= 14, true)
    for (const example of whole) deepStrictEqual(scenario(example), [])
  })

  it("tells what the reader of files tells, where it is", () => {
    deepStrictEqual(scenario({}), ["/steps: is missing"])
    deepStrictEqual(
      scenario({ steps: [], stepz: [], seed: 1.5, endpoints: [{ url: "https://a", answers: [{ status: 99 }] }] }),
      ["/seed: is no integer", "/endpoints/0/answers/0/status: is less than 100", "/stepz: is not known"],
    )
    const wrong: ReadonlyArray<unknown> = [
      { sent: {} },
      { send: { form: "+15550000001" } },
      { repeat: 2 },
      { repeat: 2, steps: [{ settle: false }] },
      { each: [{ "a b": 1 }], steps: [] },
      { each: { count: 2, generate: { n: { whole: [1, 2, 3] } } }, steps: [] },
      { fault: { endpoint: "https://a", answers: [{ boddy: "x" }] } },
      { fault: { off: false } },
      { expect: { message: { too: "x" } } },
      { expect: { digest: "abc" } },
      { clear: "logs" },
    ]
    for (const step of wrong) deepStrictEqual(scenario({ steps: [step] }), ["/steps/0: fits none of several"])
    deepStrictEqual(scenario({ steps: [], expect: [{ message: {}, within: "3s" }] }), [
      "/expect/0: fits none of several",
    ])
    deepStrictEqual(scenario({ steps: [], settings: { twilio: { failure_number: [] } } }), [
      "/settings/twilio/failure_number: is not known",
    ])
  })
})

describe("the schema of fragments", () => {
  it("finds no fault in those of the documentation, and some in a scenario", () => {
    const examples = examplesIn("docs/scenarios.md").filter((text) => /^# file: _/.test(text))
    strictEqual(examples.length > 0, true)
    for (const example of examples) deepStrictEqual(fragment(read(example)), [])
    deepStrictEqual(fragment({ name: "x", parameters: ["a b"], steps: [{ advance: 3 }] }), [
      "/parameters/0: does not match ^[A-Za-z_][A-Za-z0-9_]{0,63}$",
      "/steps/0: fits none of several",
      "/name: is not known",
    ])
  })
})
