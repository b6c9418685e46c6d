import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { examplesOf, runExamples } from "../support/docsExamples.ts"
import { newFolder } from "../support/folder.ts"

describe("docs/timetravel.md", () => {
  const examples = examplesOf("timetravel.md")

  it("has examples of every command", () => {
    for (const command of ["show", "at", "diff", "fork", "trace"])
      strictEqual(
        examples.some((each) => each.command.startsWith(`ringback ${command} `)),
        true,
        command,
      )
  })
  it("prints what its examples say", () => runExamples(examples, newFolder()))
})
