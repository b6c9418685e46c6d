import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `expect`: judges expectations where the scenario stands. The loader checks each of them against its kind. */

const summary =
  "Judges expectations here: at once, within a virtual time, or eventually; `as` names the first thing found"

export const expect: StepKind = {
  key: "expect",
  summary,
  schema: ({ expectation }) =>
    stepSchema(summary, { expect: Schema.Union(expectation, Schema.Array(expectation)), as }),
  perform: ({ expectations }, play) =>
    Effect.map(
      Effect.forEach(expectations, (expectation) => play.judge(expectation)),
      ([first]) => first,
    ),
}
