import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { EndpointFile } from "../endpoints.ts"
import { digestSchema, expectationSchema, valueSchema } from "../expectations/ExpectationKind.ts"
import { expectationKinds } from "../expectations/table.ts"
import { BoundsFile } from "../explore/bounds.ts"
import { stepKinds } from "../steps/table.ts"
import { expects, Flag, Group, HttpUrl, Instant, Name, optional, Text } from "./words.ts"

/* A scenario file as people write it. Steps and expectations are checked one by one, each by the schema of its kind. */

const Port = expects(Schema.Int.pipe(Schema.between(0, 65_535)), "a port, 0 to 65535")

const Application = Schema.Struct({
  run: optional(Text.annotations({ description: "A command for a shell that starts the application under test" })),
  reset: optional(
    Text.annotations({ description: "A command, or a URL that is sent a POST: brings it back to its beginning" }),
  ),
  ready: optional(HttpUrl.annotations({ description: "A URL that answers 2xx once it is up" })),
  port: optional(Port.annotations({ description: "Where the exchange listens for it; nothing said: any free port" })),
})

const fields = <Step, Expectation, Settings>(parts: {
  readonly step: Schema.Schema<Step>
  readonly expectation: Schema.Schema<Expectation>
  readonly settings: Schema.Schema<Settings>
}) => ({
  name: optional(Text.annotations({ description: "What it is called; nothing said: its file's name" })),
  description: optional(Text),
  seed: optional(expects(Schema.Int, "a whole number")),
  start: optional(
    Instant.annotations({ description: "The first virtual instant; nothing said: 2026-01-01T00:00:00Z" }),
  ),
  settings: optional(parts.settings),
  endpoints: optional(Schema.Array(EndpointFile)),
  application: optional(Application),
  run_to_end: optional(
    Flag.annotations({ description: "Whether what is still to come happens before the end is judged; true" }),
  ),
  explore: optional(BoundsFile.annotations({ description: "Bounds of what exploration draws" })),
  steps: Schema.Array(parts.step),
  expect: optional(Schema.Array(parts.expectation)),
})

/** The file, but for what lies within its lists and its settings. */
export const ScenarioFile = Schema.Struct(
  fields({ step: Schema.Unknown, expectation: Schema.Unknown, settings: Group }),
)

/** A file that is included: steps, and endpoints they need. */
export const IncludedFile = Schema.Struct({
  description: optional(Text),
  parameters: optional(
    Schema.Array(Name).annotations({ description: "Names that whoever includes it says by `with`" }),
  ),
  endpoints: optional(Schema.Array(EndpointFile)),
  steps: Schema.Array(Schema.Unknown),
})

/** The schema of scenario files for editors, as JSON Schema. */
export const scenarioJsonSchema = (settings: Schema.Schema.AnyNoContext): JsonObject => {
  const named = (name: string, all: ReadonlyArray<Schema.Schema.AnyNoContext>) =>
    Schema.Union(...(all as ReadonlyArray<Schema.Schema<unknown>>)).annotations({ identifier: name })
  const inStep = named("ExpectationInStep", [
    ...expectationKinds.map((kind) => expectationSchema(kind, true)),
    valueSchema(true),
    digestSchema(true),
  ])
  const atEnd = named("Expectation", [
    ...expectationKinds.map((kind) => expectationSchema(kind, false)),
    valueSchema(false),
    digestSchema(false),
  ])
  const steps: Schema.Schema<ReadonlyArray<unknown>> = Schema.Array(
    Schema.suspend((): Schema.Schema<unknown> => step).annotations({ identifier: "Step" }),
  )
  const step = named(
    "Step",
    stepKinds.map((kind) => kind.schema({ steps, expectation: inStep })),
  ) as Schema.Schema<unknown>
  const whole = Schema.Struct(fields({ step, expectation: atEnd, settings })).annotations({
    title: "Ringback scenario",
    description: "docs/scenarios.md",
  })
  return JSONSchema.make(whole) as unknown as JsonObject
}
