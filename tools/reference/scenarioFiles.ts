import * as Schema from "effect/Schema"
import { digestSchema, expectationSchema, valueSchema } from "../../src/scenarios/expectations/ExpectationKind.ts"
import { expectationKinds } from "../../src/scenarios/expectations/table.ts"
import { FragmentFile, ScenarioFile } from "../../src/scenarios/file/scenarioFile.ts"
import { stepKinds } from "../../src/scenarios/steps/table.ts"
import { code, page, sentence, table } from "./markdown.ts"
import { rowsOf } from "./shape.ts"

/* The page of scenario files: the file, every kind of step and of expectation. */

const parts = {
  steps: Schema.Array(Schema.Unknown).annotations({ message: () => ({ message: "a list of steps", override: true }) }),
  expectation: Schema.Unknown.annotations({ message: () => ({ message: "an expectation", override: true }) }),
}

const keys = (schema: Schema.Schema.AnyNoContext): string =>
  table(
    ["key", "takes", ""],
    rowsOf(schema).map(({ is, path, required, says }) => [
      code(path),
      `${is}${required ? "; has to be said" : ""}`,
      says === is ? "" : says,
    ]),
  )

export const scenarioFilesPage = (): string =>
  page(
    "Scenario files",
    "Every key of a scenario file, and what it takes. `[]` stands for the items of a list, `*` for keys that are free. How scenarios are written: [scenarios](../scenarios.md). `ringback schema` prints the same for editors.",
    "## The file",
    keys(ScenarioFile),
    "## A fragment",
    "A file that scenarios include; its name begins with `_`.",
    keys(FragmentFile),
    "## Steps",
    ...stepKinds.flatMap((kind) => [`### ${kind.key}`, sentence(kind.summary), keys(kind.schema(parts))]),
    "## Expectations",
    "Each field takes a value or a pattern. As a step an expectation may have `within` and `eventually`.",
    ...expectationKinds.flatMap((kind) => [
      `### ${kind.key}: expectation`,
      sentence(kind.summary),
      keys(expectationSchema(kind, true)),
    ]),
    "### value: expectation",
    keys(valueSchema(true)),
    "### digest: expectation",
    keys(digestSchema(true)),
  )
