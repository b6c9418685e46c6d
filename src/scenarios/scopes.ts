import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { Json, JsonObject } from "../core/canonical.ts"
import { checkFilledStep } from "./file/kinds.ts"
import type { Problem } from "./file/problems.ts"
import type { Names, Play, RunningSettings } from "./Play.ts"
import { filled, type Known, NothingThere } from "./references.ts"
import {
  brokenAt,
  type Place,
  type PlacedExpectation,
  type PlacedStep,
  placeShown,
  ScenarioBroken,
} from "./Scenario.ts"
import type { Stage } from "./Stage.ts"

/* What steps of one scope see of a playing: names, what they stand for, and steps with their names filled in. */

/** Names and what they stand for. */
export interface Scope {
  readonly get: (name: string) => Json | undefined
  readonly set: (name: string, value: Json) => unknown
}

/** The scope of steps within a step. */
export class InnerScope implements Scope {
  readonly #given: Names
  readonly #outer: Scope
  /** Most steps name nothing. */
  #own: Map<string, Json> | undefined

  constructor(given: Names, outer: Scope) {
    this.#given = given
    this.#outer = outer
  }

  get names(): JsonObject {
    return this.#own === undefined ? this.#given : { ...this.#given, ...Object.fromEntries(this.#own) }
  }

  get(name: string): Json | undefined {
    const own = this.#own?.get(name)
    if (own !== undefined) return own
    return Object.hasOwn(this.#given, name) ? this.#given[name] : this.#outer.get(name)
  }

  set(name: string, value: Json): void {
    this.#own ??= new Map()
    this.#own.set(name, value)
  }
}

/** What a scope and the scenario around it know. */
export class KnownIn implements Known {
  readonly #stage: Stage
  readonly #seed: number
  readonly #scope: Scope

  constructor(stage: Stage, seed: number, scope: Scope) {
    this.#stage = stage
    this.#seed = seed
    this.#scope = scope
  }

  now(): number {
    return this.#stage.run.engine.now
  }

  value(name: string): Json | undefined {
    const there = this.#scope.get(name)
    return there === undefined ? this.#builtIn(name) : there
  }

  #builtIn(name: string): Json | undefined {
    if (name === "seed") return this.#seed
    if (name === "account_sid") return this.#stage.accountSid
    return name === "auth_token" ? Redacted.value(this.#stage.authToken) : undefined
  }
}

/** What is the same for all steps of a playing. */
export type Around = Omit<Play, "filled" | "judge" | "perform" | "said">

/** A playing as steps of one scope see it. */
export class PlayIn implements Play {
  readonly stage: Stage
  readonly seed: number
  readonly settings: RunningSettings
  readonly submit: Play["submit"]
  readonly order: Play["order"]
  readonly ask: Play["ask"]
  readonly goOn: Play["goOn"]
  readonly client: Play["client"]
  readonly perform: Play["perform"]
  readonly judge: Play["judge"]
  readonly #known: Known

  constructor(around: Around, known: Known, { judge, perform }: Pick<Play, "judge" | "perform">) {
    this.stage = around.stage
    this.seed = around.seed
    this.settings = around.settings
    this.submit = around.submit
    this.order = around.order
    this.ask = around.ask
    this.goOn = around.goOn
    this.client = around.client
    this.perform = perform
    this.judge = judge
    this.#known = known
  }

  said<A>(step: PlacedStep): Either.Either<A, ScenarioBroken> {
    return said(step, this.#known, (made) => checkFilledStep(step.kind, step.written, made as JsonObject))
  }

  filled<A>(value: A, place: Place): Either.Either<A, ScenarioBroken> {
    return fill(value, this.#known, place)
  }
}

/** What stands at a place, names filled in. A number where only a text can stand is one: `body: ${row.amount}`. */
export const said = <A>(
  { place, written }: PlacedStep | PlacedExpectation,
  known: Known,
  check: (written: unknown) => Either.Either<unknown, ReadonlyArray<Problem>>,
): Either.Either<A, ScenarioBroken> => {
  const made = fill(written, known, place)
  // What has no names in it was checked when it was read.
  if (Either.isLeft(made) || made.right === written) return made as Either.Either<A, ScenarioBroken>
  const checked = check(made.right)
  if (Either.isRight(checked)) return made as Either.Either<A, ScenarioBroken>
  const texts = fill(written, known, place, true)
  if (Either.isLeft(texts) || Either.isRight(check(texts.right))) return texts as Either.Either<A, ScenarioBroken>
  return Either.left(
    new ScenarioBroken({
      lines: checked.left.map(({ expected, found, keys }) => {
        const path = [place.path, ...keys.map(String)].join(".")
        return `${placeShown({ ...place, path })}: expected ${expected}, found ${found}`
      }),
    }),
  )
}

const fill = <A>(value: A, known: Known, place: Place, asTexts = false): Either.Either<A, ScenarioBroken> => {
  try {
    return Either.right(filled(value as Json, known, asTexts) as A)
  } catch (error) {
    if (error instanceof NothingThere) return Either.left(brokenAt(place, error.message))
    throw error
  }
}
