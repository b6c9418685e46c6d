import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type { Json, JsonObject } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Made } from "../engine/turn.ts"
import type { ScenarioClient } from "./client/ScenarioClient.ts"
import type { Check, Place, PlacedExpectation, PlacedStep, ScenarioBroken } from "./Scenario.ts"
import type { Stage, StageRequest } from "./Stage.ts"
import type { Fault } from "./settingsLayers.ts"

/** A step did not fare as it says: the scenario has failed and ends here. */
export class StepFailed extends Data.TaggedError("StepFailed")<{ readonly check: Check }> {}

export type StepError = ScenarioBroken | StepFailed

/** Names and what they stand for: the results of steps, a loop's row, its count. */
export type Names = Readonly<Record<string, Json>>

/** A scenario while it is played, as its steps see it. */
export interface Play {
  readonly stage: Stage
  readonly seed: number
  /** All that a step says, names filled in; what stands there then is checked again. */
  readonly said: <A>(step: PlacedStep) => Either.Either<A, ScenarioBroken>
  /** Fills in the names within a value. */
  readonly filled: <A>(value: A, place: Place) => Either.Either<A, ScenarioBroken>
  /** Gives the run an input, here and now; what follows from it at that instant has happened when there is its turn. */
  readonly submit: (place: Place, input: Draft) => Effect.Effect<ReadonlyArray<Made>, ScenarioBroken>
  /** Waits for what gives orders to the run, and until nothing more comes of them at this instant. */
  readonly order: <A>(
    place: Place,
    order: Effect.Effect<A, EngineStopped | OrderFailed>,
  ) => Effect.Effect<A, ScenarioBroken>
  /** Asks the carrier's API; time goes on as long as the answer takes, and what follows from it at that instant has happened. */
  readonly ask: (place: Place, request: StageRequest) => Effect.Effect<Answered, ScenarioBroken>
  /** Lets virtual time go on until nothing is to come, or up to an instant where one is given, or until it is enough. */
  readonly goOn: (place: Place, until?: GoOn) => Effect.Effect<void, ScenarioBroken>
  /** Performs steps with further names; gives what tells these and the results the steps name. */
  readonly perform: (steps: ReadonlyArray<PlacedStep>, names: Names) => Effect.Effect<() => JsonObject, StepError>
  /** Judges an expectation where the run stands, and keeps how it fared. Gives the fields of the first thing that it is about. */
  readonly judge: (expectation: PlacedExpectation) => Effect.Effect<JsonObject | undefined, ScenarioBroken>
  readonly settings: RunningSettings
  /** The client library on this stage, the same one for all steps. */
  readonly client: (place: Place) => Either.Either<ScenarioClient, ScenarioBroken>
}

/** What whoever asked the API gets. */
export interface Answered {
  readonly status: number
  readonly body: string
  /** The connection ended without an answer. */
  readonly undelivered: "reset" | "closed" | undefined
}

export interface GoOn {
  /** Virtual ms. */
  readonly at?: number
  /** Asked at each instant something happens, after it. */
  readonly enough?: Effect.Effect<boolean, ScenarioBroken>
}

/** The settings in force, in two layers: what the scenario sets, and the faults that are on. */
export interface RunningSettings {
  readonly patch: (place: Place, patch: JsonObject) => Effect.Effect<void, ScenarioBroken>
  readonly faultOn: (place: Place, name: string, fault: Fault) => Effect.Effect<void, ScenarioBroken>
  /** Takes one fault away, or all of them. */
  readonly faultOff: (place: Place, name: string | undefined) => Effect.Effect<void, ScenarioBroken>
}
