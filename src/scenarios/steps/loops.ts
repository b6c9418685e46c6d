import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { andThen, inTurn } from "../atOnce.ts"
import { expects, Name, optional, Scalar, Value } from "../file/words.ts"
import type { Names, Play, StepError } from "../Play.ts"
import type { PlacedStep } from "../Scenario.ts"
import { Generator, generated } from "./generators.ts"
import { type StepKind, stepSchema } from "./StepKind.ts"

/* Steps that are performed more than once. How often is known before the scenario is played. */

const Times = expects(Schema.Int.pipe(Schema.between(0, 1_000_000_000)), "a whole number of times")

const repeatSummary = `Performs its steps so many times; \${index} counts from 1`

export const repeat: StepKind = {
  key: "repeat",
  summary: repeatSummary,
  schema: ({ steps }) =>
    stepSchema(repeatSummary, {
      repeat: Times,
      as: optional(Name.annotations({ description: "What the count is called instead of index" })),
      steps,
    }),
  loop: (written) => ({ times: written.repeat as number, names: [(written.as as string | undefined) ?? "index"] }),
  perform: ({ inner, written }, play) => {
    const { as = "index", repeat: times } = written as { readonly as?: string; readonly repeat: number }
    return loop(play, inner, times, (i) => ({ [as]: i + 1 }))
  },
}

const Row = Schema.Record({ key: Name, value: Value })
const Table = Schema.Struct({
  columns: Schema.Array(Name),
  rows: Schema.Array(Schema.Array(Scalar)),
})
const Generated = Schema.Struct({
  count: Times,
  generate: Schema.Record({ key: Name, value: Generator }),
})
type Rows = ReadonlyArray<JsonObject> | typeof Table.Type | typeof Generated.Type

const AnyRows = expects(
  Schema.Union(Schema.Array(Row), Table, Generated) as unknown as Schema.Schema<Rows>,
  "a list of rows; columns and rows; or count and generate",
)
const rowName = optional(Name.annotations({ description: "What a row is called instead of row" }))

/** The forms that rows are written in. */
const forms = { list: Schema.Array(Row), generated: Generated, table: Table, none: AnyRows } as const

const formOf = (rows: Json | undefined): keyof typeof forms => {
  if (Array.isArray(rows)) return "list"
  if (typeof rows !== "object" || rows === null) return "none"
  if ("count" in rows || "generate" in rows) return "generated"
  return "columns" in rows || "rows" in rows ? "table" : "none"
}

const eachSummary = `Performs its steps for each row of a table, which may be generated; \${row.name} is a cell, \${index} counts from 1`

export const each: StepKind = {
  key: "each",
  summary: eachSummary,
  schema: ({ steps }) =>
    stepSchema(eachSummary, {
      each: AnyRows,
      as: rowName,
      steps,
    }),
  narrow: ({ steps }) => {
    const inForm = (form: keyof typeof forms) =>
      stepSchema(eachSummary, { each: forms[form] as unknown as Schema.Schema<Rows>, as: rowName, steps })
    const schemas = {
      list: inForm("list"),
      generated: inForm("generated"),
      table: inForm("table"),
      none: inForm("none"),
    }
    return ({ each: rows }) => schemas[formOf(rows)]
  },
  loop: ({ as = "row", each: rows }) => ({ times: lengthOf(rows as unknown as Rows), names: [as as string, "index"] }),
  perform: ({ inner, place, written }, play) =>
    Effect.gen(function* () {
      const { as = "row", each: given } = written as { readonly as?: string; readonly each: Rows }
      const rows = yield* play.filled(given, place)
      // A table is named by where it stands, so that what is drawn for it does not depend on others.
      const drawn = { seed: play.seed, table: `${place.path} ${as}` }
      return yield* loop(play, inner, lengthOf(rows), (i) => ({ [as]: rowOf(rows, i, drawn), index: i + 1 }))
    }),
}

const isList = (rows: Rows): rows is ReadonlyArray<JsonObject> => Array.isArray(rows)

const lengthOf = (rows: Rows): number => (isList(rows) ? rows.length : "count" in rows ? rows.count : rows.rows.length)

const rowOf = (rows: Rows, i: number, drawn: { readonly seed: number; readonly table: string }): Json => {
  if (isList(rows)) return rows[i] ?? {}
  if ("count" in rows)
    return Object.fromEntries(
      Object.entries(rows.generate).map(([column, generator]) => [
        column,
        generated(generator, { seed: drawn.seed, name: `${drawn.table} ${column}`, index: i }),
      ]),
    )
  const cells = rows.rows[i] ?? []
  return Object.fromEntries(rows.columns.map((column, c) => [column, cells[c] ?? null]))
}

const loop = (
  play: Play,
  inner: ReadonlyArray<PlacedStep>,
  times: number,
  names: (i: number) => Names,
): Effect.Effect<undefined, StepError> =>
  andThen(
    inTurn(times, (i) => play.perform(inner, names(i))),
    () => nothing,
  )

const nothing = Effect.succeed(undefined)
