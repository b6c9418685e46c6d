import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type StepKind, stepSchema } from "./StepKind.ts"

/* `expect`: judges expectations where the scenario stands. The loader checks each of them against its kind. */

const summary = "Judges expectations here: at once, within a virtual time, or eventually"

export const expect: StepKind = {
  key: "expect",
  summary,
  schema: ({ expectation }) => stepSchema(summary, { expect: Schema.Union(expectation, Schema.Array(expectation)) }),
  perform: ({ expectations }, play) =>
    Effect.as(
      Effect.forEach(expectations, (expectation) => Effect.map(play.judge(expectation), (check) => play.keep(check))),
      undefined,
    ),
}
