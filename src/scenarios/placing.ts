import * as Either from "effect/Either"
import type { Json, JsonObject } from "../core/canonical.ts"
import { isGroup } from "../core/group.ts"
import { answerProblems, outcomeProblems, patternProblems } from "./expectations/patternProblems.ts"
import { checkExpectation, checkStep, expectationKeys } from "./file/kinds.ts"
import { shown } from "./file/problems.ts"
import { limits } from "./limits.ts"
import { builtIn, referencesIn } from "./references.ts"
import type { Place, PlacedExpectation, PlacedStep } from "./Scenario.ts"
import { includedFile } from "./steps/include.ts"
import type { StepKind } from "./steps/StepKind.ts"
import { stepKinds } from "./steps/table.ts"

/** What a place of a file knows: results of the steps before, rows and counts of loops around. */
export type Scope = ReadonlySet<string>

export interface PlacedSteps {
  readonly steps: ReadonlyArray<PlacedStep>
  /** What is known behind them. */
  readonly scope: Scope
  /** How many steps are performed, those of loops as often as they come; a turn of a loop without any counts as one. */
  readonly performed: number
}

export interface PlacingOptions {
  readonly placeOf: (keys: ReadonlyArray<PropertyKey>) => Place
  readonly problem: (place: Place, expected: string, found: string) => void
  /** Every type of entry that a log can hold. */
  readonly entryTypes: ReadonlyArray<string>
  readonly include: (file: string, place: Place, names: ReadonlyArray<string>, depth: number) => PlacedSteps | undefined
}

type Keys = ReadonlyArray<string | number>

const stepsInAll = `at most ${limits.stepsMax} steps in all, those of loops as often as they come`

const nothing: PlacedSteps = { steps: [], scope: new Set(), performed: 0 }

/** Checks the steps and expectations of one file, each by the schema of its kind, and says where each stands. */
export class Placing {
  readonly #options: PlacingOptions

  constructor(options: PlacingOptions) {
    this.#options = options
  }

  /** What is known at the beginning. */
  scope(names: ReadonlyArray<string>): Scope {
    return new Set([...builtIn, ...names])
  }

  steps(written: ReadonlyArray<unknown>, keys: Keys, known: Scope, depth: number): PlacedSteps {
    const { placeOf, problem } = this.#options
    if (depth > limits.depthMax) {
      problem(placeOf(keys), `loops and includes at most ${limits.depthMax} deep`, "one more")
      return nothing
    }
    if (written.length > limits.stepsMax) {
      problem(placeOf([...keys, limits.stepsMax]), stepsInAll, `${written.length} in one list`)
      return { steps: [], scope: known, performed: written.length }
    }
    const scope = new Set(known)
    const steps: Array<PlacedStep> = []
    let performed = 0
    for (const [i, each] of written.entries()) {
      const step = this.#step(each, [...keys, i], scope, depth)
      if (step === undefined) continue
      performed += step.performed
      steps.push(step.step)
      if (performed <= limits.stepsMax) continue
      problem(placeOf([...keys, i]), stepsInAll, performed >= 1e15 ? "many more" : `${performed} up to here`)
      break
    }
    return { steps, scope, performed }
  }

  #step(written: unknown, keys: Keys, scope: Set<string>, depth: number) {
    const { placeOf, problem } = this.#options
    const kind = this.#kindOf(written, keys)
    if (kind === undefined) return undefined
    const checked = checkStep(kind.key, written as JsonObject)
    if (Either.isLeft(checked)) {
      for (const { expected, found, keys: within } of checked.left)
        problem(placeOf([...keys, ...within]), expected, found)
      return undefined
    }
    const { expect, steps, ...rest } = written as JsonObject
    const place = placeOf(keys)
    this.#references(rest, keys, scope)
    for (const { expected, found, keys: within } of [...answerProblems(rest.answer), ...outcomeProblems(rest.outcome)])
      problem(placeOf([...keys, ...within]), expected, found)
    const expectations = expect === undefined ? [] : this.#stepExpectations(expect, [...keys, "expect"], scope)
    const within = this.#within(kind, rest, steps, { place, keys, scope, depth })
    if (kind.loop === undefined || kind.key === "include") this.#name(rest.as, [...keys, "as"], scope)
    const step: PlacedStep = { place, kind: kind.key, written: rest, inner: within.steps, expectations }
    return { step, performed: 1 + within.performed }
  }

  /** The steps of a loop or of an included file. */
  #within(
    kind: StepKind,
    written: JsonObject,
    steps: Json | undefined,
    { depth, keys, place, scope }: { place: Place; keys: Keys; scope: Scope; depth: number },
  ): PlacedSteps {
    const loop = kind.loop?.(written)
    if (loop === undefined) return nothing
    if (kind.key === "include")
      return this.#options.include(includedFile(written), place, loop.names, depth + 1) ?? nothing
    for (const name of loop.names)
      if (builtIn.has(name)) this.#options.problem(place, "another name", `${name}, which is always there`)
    const inner = new Set([...scope, ...loop.names])
    const placed = this.steps(steps as ReadonlyArray<unknown>, [...keys, "steps"], inner, depth + 1)
    return { ...placed, performed: Math.max(1, placed.performed) * loop.times }
  }

  #kindOf(written: unknown, keys: Keys): StepKind | undefined {
    const { placeOf, problem } = this.#options
    const named = isGroup(written) ? stepKinds.filter(({ key }) => Object.hasOwn(written, key)) : []
    const [kind, another] = named
    if (kind !== undefined && another === undefined) return kind
    const expected = `a step: one of ${stepKinds.map(({ key }) => key).join(", ")}`
    const found =
      another !== undefined
        ? named.map(({ key }) => key).join(" and ")
        : isGroup(written)
          ? Object.keys(written).slice(0, 5).join(", ") || "nothing"
          : shown(written)
    problem(placeOf(keys), expected, found)
    return undefined
  }

  #stepExpectations(written: Json, keys: Keys, scope: Scope): ReadonlyArray<PlacedExpectation> {
    return Array.isArray(written)
      ? this.expectations(written, keys, scope, true)
      : [this.#expectation(written, keys, scope, true)].flatMap((each) => each ?? [])
  }

  /** Expectations, in a step or at the end. */
  expectations(
    written: ReadonlyArray<unknown>,
    keys: Keys,
    scope: Scope,
    step: boolean,
  ): ReadonlyArray<PlacedExpectation> {
    return written.flatMap((each, i) => this.#expectation(each, [...keys, i], scope, step) ?? [])
  }

  #expectation(written: unknown, keys: Keys, scope: Scope, step: boolean): PlacedExpectation | undefined {
    const { placeOf, problem } = this.#options
    const named = isGroup(written) ? expectationKeys.filter((key) => Object.hasOwn(written, key)) : []
    const [kind, another] = named
    if (kind === undefined || another !== undefined) {
      const found = isGroup(written) ? Object.keys(written).slice(0, 5).join(", ") || "nothing" : shown(written)
      problem(placeOf(keys), `an expectation: one of ${expectationKeys.join(", ")}`, found)
      return undefined
    }
    const checked = checkExpectation(kind, written, step)
    if (Either.isLeft(checked)) {
      for (const { expected, found, keys: within } of checked.left)
        problem(placeOf([...keys, ...within]), expected, found)
      return undefined
    }
    const group = written as JsonObject
    const senseless = senselessOf(group)
    if (senseless !== undefined) problem(placeOf(keys), senseless[0], senseless[1])
    for (const { expected, found, keys: within } of patternProblems(kind, group, this.#options.entryTypes))
      problem(placeOf([...keys, ...within]), expected, found)
    this.#references(group, keys, scope)
    return { place: placeOf(keys), kind, written: group }
  }

  /** Tells names that stand for nothing. */
  #references(written: JsonObject, keys: Keys, scope: Scope): void {
    const { placeOf, problem } = this.#options
    const { broken, names } = referencesIn(written)
    for (const { keys: within, text } of broken)
      problem(placeOf([...keys, ...within]), `a name such as \${otp.sid} or \${now + 15m} ($\${ for a plain \${)`, text)
    for (const { keys: within, name } of names)
      if (!scope.has(name)) {
        const there = [...scope].filter((each) => !builtIn.has(each))
        problem(placeOf([...keys, ...within]), `a name that is known here (${[...there, ...builtIn].join(", ")})`, name)
      }
  }

  #name(as: Json | undefined, keys: Keys, scope: Set<string>): void {
    if (typeof as !== "string") return
    if (scope.has(as)) this.#options.problem(this.#options.placeOf(keys), "a name that is not taken yet", as)
    scope.add(as)
  }
}

/** Counts that exclude each other: what is expected, and what was found. */
const senselessOf = (written: JsonObject): readonly [string, string] | undefined => {
  const { at_least: least, at_most: most, each, eventually, exactly, in_order: order, never, within } = written
  const counts = [never, exactly, least ?? most].filter((count) => count !== undefined)
  if (counts.length > 1) return ["one of exactly, never, or at_least with at_most", "several"]
  if (typeof least === "number" && typeof most === "number" && least > most)
    return ["at_least to be no more than at_most", `${least} and ${most}`]
  if (never !== undefined && (each !== undefined || order !== undefined))
    return ["never alone, or each and in_order of what there is", "both"]
  if (within !== undefined && eventually !== undefined) return ["within or eventually", "both"]
  return undefined
}
