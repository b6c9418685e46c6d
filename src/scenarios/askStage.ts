import * as Effect from "effect/Effect"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Answered } from "./Play.ts"
import type { Stage, StageRequest } from "./Stage.ts"

/**
 * Asks the carrier's API of a stage; time goes on as long as the answer takes, and what follows from it at that instant has happened.
 * The left is why it is never answered.
 */
export const askStage = (
  { fill, request: draftOf, run }: Pick<Stage, "fill" | "request" | "run">,
  request: StageRequest,
): Effect.Effect<Answered | { readonly never: string }, EngineStopped | OrderFailed> =>
  Effect.gen(function* () {
    let answered: Answered | undefined
    let lost: EngineStopped | undefined
    run.engine.ask(
      draftOf(request),
      ({ aside, entry: { data } }) => {
        const text = "body" in data ? data.body : (aside ?? "")
        answered = { status: data.status, body: data.holes ? fill(text) : text, undelivered: data.undelivered }
      },
      (why) => {
        lost = why
      },
    )
    yield* run.engine.settled
    // An API with latency answers in a later turn.
    while (answered === undefined && lost === undefined && dueOn({ run }) !== undefined) yield* run.engine.step(1)
    return answered ?? { never: lost?.message ?? "the request is never answered" }
  })

/** When the next timer of a stage is due, virtual ms. */
export const dueOn = ({ run }: Pick<Stage, "run">): number | undefined =>
  nextTimer(run.engine.world.slice(timersMachine))?.due
