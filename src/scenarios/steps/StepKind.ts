import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { Name, optional } from "../file/words.ts"
import type { Play, StepError } from "../Play.ts"
import type { PlacedStep } from "../Scenario.ts"

/** One kind of step: what it looks like in a file, and what it does. */
export interface StepKind {
  /** The key that names it: `send`. */
  readonly key: string
  /** In one line, for editors. */
  readonly summary: string
  /** The whole step. What lies within it is given: the loader checks that by itself, editors are told all of it. */
  readonly schema: (parts: Parts) => Schema.Schema.AnyNoContext
  /** The schema of what is written, where that says which of several forms it has: so that what is wrong is told at its own place. */
  readonly narrow?: (parts: Parts) => (written: JsonObject) => Schema.Schema.AnyNoContext
  /** Of a loop, what is known before it is performed. */
  readonly loop?: (written: JsonObject) => LoopPlan
  /** Gives the result that `as` names. */
  readonly perform: (step: PlacedStep, play: Play) => Effect.Effect<Json | undefined, StepError>
}

export interface Parts {
  readonly steps: Schema.Schema<ReadonlyArray<unknown>>
  readonly expectation: Schema.Schema<unknown>
}

export interface LoopPlan {
  /** How often its steps are performed. */
  readonly times: number
  /** Names its steps know. */
  readonly names: ReadonlyArray<string>
}

/** Names the step's result. */
export const as = optional(Name)

/** A step with its keys. */
export const stepSchema = <Fields extends Schema.Struct.Fields>(summary: string, fields: Fields) =>
  Schema.Struct(fields).annotations({ description: summary })
