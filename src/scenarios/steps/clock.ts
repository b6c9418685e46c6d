import * as Effect from "effect/Effect"
import { iso, parseDuration, parseInstant } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import { Duration, Text, True } from "../file/words.ts"
import { brokenAt } from "../Scenario.ts"
import { type StepKind, stepSchema } from "./StepKind.ts"

/* How time goes on. Between steps it stands still. */

const advanceSummary = "Lets so much virtual time go by; everything due in it happens"

export const advance: StepKind = {
  key: "advance",
  summary: advanceSummary,
  schema: () => stepSchema(advanceSummary, { advance: Duration }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly advance: string }>(placed)
      const ms = parseDuration(step.advance)
      if (ms === undefined || ms > limits.advanceMsMax)
        return yield* brokenAt(
          placed.place,
          `expected a duration such as 30s or 1h30m, found ${JSON.stringify(step.advance)}`,
        )
      yield* play.order(placed.place, play.stage.run.engine.advance(ms))
      return undefined
    }),
}

const advanceToSummary = "Lets virtual time go by up to an instant; everything due until then happens"

export const advanceTo: StepKind = {
  key: "advance_to",
  summary: advanceToSummary,
  schema: () => stepSchema(advanceToSummary, { advance_to: Text.annotations({ description: "An instant, ISO 8601" }) }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const step = yield* play.said<{ readonly advance_to: string }>(placed)
      const at = parseInstant(step.advance_to)
      const { engine } = play.stage.run
      if (at === undefined)
        return yield* brokenAt(
          placed.place,
          `expected an instant such as 2026-01-01T09:00:00Z, found ${JSON.stringify(step.advance_to)}`,
        )
      if (at < engine.now)
        return yield* brokenAt(
          placed.place,
          `expected an instant not before ${iso(engine.now)}, where the run stands, found ${iso(at)}`,
        )
      yield* play.order(placed.place, engine.advance(at - engine.now))
      return undefined
    }),
}

const settleSummary = "Lets virtual time go on until nothing is left to come"

export const settle: StepKind = {
  key: "settle",
  summary: settleSummary,
  schema: () => stepSchema(settleSummary, { settle: True }),
  perform: ({ place }, play) => Effect.as(play.goOn(place), undefined),
}
