import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { expectationKinds } from "../../src/scenarios/expectations/table.ts"
import { stepKinds } from "../../src/scenarios/steps/table.ts"
import { blocksOf, read } from "../docs/blocks.ts"

/* That its examples hold is tested by test/docs. */

const text = read("docs/scenarios.md")

describe("docs/scenarios.md", () => {
  it("shows every kind of step and expectation, with all its fields", () => {
    const all = blocksOf(text)
      .filter(({ language }) => language === "yaml")
      .map((block) => block.text)
      .join("\n")
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
