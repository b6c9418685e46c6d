import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { ClientFile } from "../client/clientFile.ts"
import { EndpointFile } from "../endpoints.ts"
import { digestSchema, expectationSchema, valueSchema } from "../expectations/ExpectationKind.ts"
import { expectationKinds } from "../expectations/table.ts"
import { BoundsFile } from "../explore/bounds.ts"
import { stepKinds } from "../steps/table.ts"
import { madeNow } from "./madeNow.ts"
import { expects, Flag, Group, HttpUrl, Instant, listOf, Name, optional, Text } from "./words.ts"

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
  client: optional(ClientFile.annotations({ description: "How the client library of `client` steps is set up" })),
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

const fragmentFields = <Step>(step: Schema.Schema<Step>) => ({
  description: optional(Text),
  parameters: optional(listOf(Name, "Names that whoever includes it says by `with`")),
  endpoints: optional(Schema.Array(EndpointFile)),
  steps: Schema.Array(step),
})

/** A fragment, a file that is included: steps, and endpoints they need. */
export const FragmentFile = Schema.Struct(fragmentFields(Schema.Unknown))

/** The schema of scenario files for editors, as JSON Schema. */
export const scenarioJsonSchema = (settings: Schema.Schema.AnyNoContext): JsonObject =>
  forEditors(
    Schema.Struct(fields({ step: wholeStep(), expectation: expectations("Expectation", false), settings })).annotations(
      {
        title: "Ringback scenario",
        description: "docs/scenarios.md",
      },
    ),
  )

/** The schema of fragments for editors, as JSON Schema. */
export const fragmentJsonSchema = (): JsonObject =>
  forEditors(
    Schema.Struct(fragmentFields(wholeStep())).annotations({
      title: "Ringback scenario fragment",
      description: "A file that scenarios include: docs/scenarios.md",
    }),
  )

const named = (name: string, all: ReadonlyArray<Schema.Schema.AnyNoContext>): Schema.Schema<unknown> =>
  Schema.Union(...(all as ReadonlyArray<Schema.Schema<unknown>>)).annotations({ identifier: name })

const expectations = (name: string, inStep: boolean): Schema.Schema<unknown> =>
  named(name, [
    ...expectationKinds.map((kind) => expectationSchema(kind, inStep)),
    valueSchema(inStep),
    digestSchema(inStep),
  ])

/** A step with all that lies within it. */
const wholeStep = (): Schema.Schema<unknown> => {
  const steps: Schema.Schema<ReadonlyArray<unknown>> = Schema.Array(
    Schema.suspend((): Schema.Schema<unknown> => step).annotations({ identifier: "Step" }),
  )
  const expectation = expectations("ExpectationInStep", true)
  const step = named(
    "Step",
    stepKinds.map((kind) => kind.schema({ steps, expectation })),
  )
  return step
}

/**
 * The JSON Schema (draft 7) of a schema, as every validator reads it: the library gives the same `$id` to each thing that may be
 * anything, which is an error where ids are looked up, and puts bounds beside a `$ref`, where draft 7 overlooks them.
 */
const forEditors = (schema: Schema.Schema.AnyNoContext): JsonObject => {
  const made = JSONSchema.make(Schema.make(madeNow(schema.ast))) as unknown as JsonObject
  return { ...(plain(made, made.$defs as JsonObject) as JsonObject), title: made.title ?? "" }
}

const plain = (value: Json, definitions: JsonObject): Json => {
  if (Array.isArray(value)) return value.map((each: Json) => plain(each, definitions))
  if (typeof value !== "object" || value === null) return value
  const { $id: _, $ref, title, ...rest } = value as JsonObject
  // Titles are what a check calls things; editors show descriptions. A key that a file calls so is no text here.
  const key = typeof title === "object" ? { title } : {}
  const inner = Object.entries({ ...key, ...rest }).map(
    ([key, each]) => [key, plain(each as Json, definitions)] as const,
  )
  if (typeof $ref !== "string")
    return Object.fromEntries($ref === undefined ? inner : [["$ref", plain($ref as Json, definitions)], ...inner])
  if (inner.length === 0) return { $ref }
  const target = definitions[decodeURIComponent($ref.replace("#/$defs/", ""))] as JsonObject
  return { ...(plain(target, definitions) as JsonObject), ...Object.fromEntries(inner) }
}
