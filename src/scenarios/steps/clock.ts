import * as Effect from "effect/Effect"
import { iso, parseDuration, parseInstant } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import { advancing } from "../../engine/drafts.ts"
import { andThen } from "../atOnce.ts"
import { Duration, Text, True } from "../file/words.ts"
import type { Play } from "../Play.ts"
import { brokenAt, type PlacedStep, type ScenarioBroken } from "../Scenario.ts"
import { type StepKind, stepSchema } from "./StepKind.ts"

/* How time goes on. Between steps it stands still. */

const advanceSummary = "Lets so much virtual time go by; everything due in it happens"

export const advance: StepKind = {
  key: "advance",
  summary: advanceSummary,
  schema: () => stepSchema(advanceSummary, { advance: Duration }),
  perform: (placed, play) =>
    andThen(play.said<{ readonly advance: string }>(placed), (step) => {
      const ms = parseDuration(step.advance)
      return ms === undefined || ms > limits.advanceMsMax
        ? brokenAt(placed.place, `expected a duration such as 30s or 1h30m, found ${JSON.stringify(step.advance)}`)
        : wentBy(play, placed, ms)
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
      return yield* wentBy(play, placed, at - engine.now)
    }),
}

/** Lets so many virtual ms go by. */
const wentBy = (play: Play, { place }: PlacedStep, ms: number): Effect.Effect<undefined, ScenarioBroken> =>
  andThen(play.submit(place, advancing(ms)), () => Effect.succeed(undefined))

const settleSummary = "Lets virtual time go on until nothing is left to come"

export const settle: StepKind = {
  key: "settle",
  summary: settleSummary,
  schema: () => stepSchema(settleSummary, { settle: True }),
  perform: ({ place }, play) => Effect.as(play.goOn(place), undefined),
}
