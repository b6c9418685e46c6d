import * as Effect from "effect/Effect"
import type { Draft } from "../core/Entry.ts"
import { failureOf } from "../engine/answers.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Made } from "../engine/turn.ts"
import { dueOn } from "./dueOn.ts"
import type { Answered } from "./Play.ts"
import type { Stage, StageRequest } from "./Stage.ts"

type Asked = Pick<Stage, "fill" | "request" | "run">

/** What has become of a request so far. */
interface Waited {
  answered: Answered | undefined
  lost: EngineStopped | undefined
}

/**
 * Asks the carrier's API of a stage, here and now; time goes on as long as the answer takes, and what follows from it at that instant
 * has happened. `never` says why no answer comes. Most answers are there when the turns that wait are taken. `goOn` lets time go on a bit,
 * and says whether anything is still to come.
 */
export const askStage = (
  stage: Asked,
  request: StageRequest,
  goOn: Effect.Effect<boolean, EngineStopped | OrderFailed> = toNextDue(stage),
): Effect.Effect<Answered | { readonly never: string }, EngineStopped | OrderFailed> => {
  const waited = asked(stage, request)
  const settled = stage.run.engine.drain()
  return settled && waited.answered !== undefined ? Effect.succeed(waited.answered) : untilAnswered(stage, waited, goOn)
}

const toNextDue = (stage: Asked): Effect.Effect<boolean, EngineStopped | OrderFailed> =>
  Effect.suspend(() => (dueOn(stage) === undefined ? Effect.succeed(false) : Effect.as(stage.run.engine.step(1), true)))

const asked = ({ fill, request: draftOf, run }: Asked, request: StageRequest): Waited => {
  const waited: Waited = { answered: undefined, lost: undefined }
  run.engine.ask(
    draftOf(request),
    ({ aside, entry: { data } }) => {
      const text = "body" in data ? data.body : (aside ?? "")
      waited.answered = { status: data.status, body: data.holes ? fill(text) : text, undelivered: data.undelivered }
    },
    (why) => {
      waited.lost = why
    },
  )
  return waited
}

/** Lets time go on until an answer is there: an API with latency answers in a later turn. */
const untilAnswered = ({ run }: Asked, waited: Waited, goOn: Effect.Effect<boolean, EngineStopped | OrderFailed>) =>
  Effect.gen(function* () {
    yield* run.engine.settled
    while (waited.answered === undefined && waited.lost === undefined) if (!(yield* goOn)) break
    return waited.answered ?? { never: waited.lost?.message ?? "the request is never answered" }
  })

/** Gives the run of a stage an input, here and now; its turn is what there is when what follows from it at that instant has happened. */
export const submitTo = (
  { run: { engine } }: Pick<Stage, "run">,
  input: Draft,
): Effect.Effect<ReadonlyArray<Made>, EngineStopped | OrderFailed> => {
  let turn: ReadonlyArray<Made> = []
  let lost: EngineStopped | undefined
  engine.offer(
    input,
    (made) => {
      turn = made
    },
    (why) => {
      lost = why
    },
  )
  const taken = (): Effect.Effect<ReadonlyArray<Made>, EngineStopped | OrderFailed> =>
    lost === undefined ? (failureOf(turn) ?? Effect.succeed(turn)) : Effect.fail(lost)
  return engine.drain() ? taken() : Effect.flatMap(engine.settled, taken)
}
