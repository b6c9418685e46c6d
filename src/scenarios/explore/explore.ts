import * as Effect from "effect/Effect"
import type { JsonObject } from "../../core/canonical.ts"
import type { Row } from "../../core/Entry.ts"
import { mergePatch } from "../../core/mergePatch.ts"
import { limits } from "../limits.ts"
import { runScenario, seedExpected } from "../runScenario.ts"
import {
  brokenAt,
  type Check,
  type Handler,
  type Outcome,
  type PlacedExpectation,
  type PlacedStep,
  placeShown,
  type Scenario,
  ScenarioBroken,
} from "../Scenario.ts"
import type { Stages } from "../Stage.ts"
import { type Bounds, drawing, usualBounds } from "./bounds.ts"
import { aiming, type DrawnFault, drawnIn } from "./drawn.ts"
import { type Passing, passings } from "./passing.ts"
import { smallest } from "./smallest.ts"

/*
 * Exploration: a scenario is played under many seeds, each of which draws faults within the bounds that its file names. Of the first
 * seed that fails, the faults that struck are made a list, and a smallest part of it that still fails is looked for.
 */

export interface ExploreOptions {
  /** How many, and the first of them. */
  readonly seeds: number
  readonly from: number
  /** Applications in this process, made anew for each playing; by the URL of the endpoint they answer for. */
  readonly handlers?: () => ReadonlyMap<string, Handler>
  readonly onSeed?: (done: number) => void
  /** Another way to look for the first seed that fails than one after the other. */
  readonly search?: Search | undefined
}

/** Finds the first of some seeds that fails, whoever plays them and in whatever order; undefined when none does. */
export type Search = (seeds: {
  readonly seeds: number
  readonly from: number
  readonly fails: (seed: number) => Effect.Effect<boolean>
  readonly onSeed: ((done: number) => void) | undefined
}) => Effect.Effect<number | undefined>

export type Explored =
  | { readonly _tag: "NothingFound"; readonly seeds: number }
  /** The scenario does not hold as it is: there is nothing to explore. */
  | { readonly _tag: "FailsAsItIs"; readonly failure: Failure }
  | Found

/** The first seed that fails, and why. */
export interface Found {
  readonly _tag: "Found"
  readonly seed: number
  /** Seeds that were played, this one included. */
  readonly seeds: number
  /** What struck under it. */
  readonly drawn: ReadonlyArray<DrawnFault>
  /** A smallest part that fails in the same place; empty when the seed alone does. All of them where they do not fail again. */
  readonly smallest: ReadonlyArray<DrawnFault>
  /** Whether these faults by themselves fail again. An application that depends on more than them may not. */
  readonly reproduced: boolean
  /** Whether nothing more can be left out; else playings ran out. */
  readonly minimal: boolean
  /** Playings that it took to find them. */
  readonly runs: number
  /** How it fails with these alone. */
  readonly failure: Failure
  /** Settings that have it fail again, as a patch of the scenario's own. */
  readonly settings: JsonObject
  /** Callbacks that reach the application in another order than without the faults. */
  readonly passings: ReadonlyArray<Passing>
}

export interface Failure {
  /** The first expectation that is not met; undefined when it could not be played to its end. */
  readonly check: Check | undefined
  /** Why it could not be played, a line each. */
  readonly broken: ReadonlyArray<string>
}

/** One playing: how it failed, if it did. */
interface Played {
  readonly rows: ReadonlyArray<Row>
  readonly failure: Failure | undefined
}

/** Looks for a seed whose faults make the scenario fail. Fails when the scenario cannot be explored. */
export const explore = (
  given: Scenario,
  stages: Stages,
  { from, handlers, onSeed, search = oneByOne, seeds }: ExploreOptions,
): Effect.Effect<Explored, ScenarioBroken> =>
  Effect.gen(function* () {
    const scenario = explorable(given)
    const bounds = scenario.explore ?? usualBounds
    const handled = handlers?.()
    const why = unexplorable(scenario, bounds, (url) => handled?.has(url) === true)
    if (why !== undefined) return yield* why
    if (!Number.isSafeInteger(from) || from > Number.MAX_SAFE_INTEGER - (seeds - 1))
      return yield* new ScenarioBroken({
        lines: [`from: expected seeds to be ${seedExpected} each, found ${from} and ${seeds - 1} more`],
      })
    const play = playing(scenario, stages, handlers, handled)
    const asItIs = yield* play(scenario.seed, {})
    if (asItIs.failure !== undefined) return { _tag: "FailsAsItIs", failure: asItIs.failure }
    // Of an application that depends on more than its seed only what was seen to fail is sure to.
    let seen: (Played & { readonly seed: number }) | undefined
    const fails = (seed: number) =>
      Effect.map(play(seed, drawing(bounds)), (played) => {
        if (played.failure !== undefined) seen = { ...played, seed }
        return played.failure !== undefined
      })
    const seed = yield* search({ seeds, from, fails, onSeed })
    if (seed === undefined) return { _tag: "NothingFound", seeds }
    const { failure, rows } = seen?.seed === seed ? seen : yield* play(seed, drawing(bounds))
    if (failure === undefined) return yield* Effect.dieMessage(`seed ${seed} fails on one thread and not on another`)
    const begun = { seed, seeds: seed - from + 1, drawn: drawnIn(rows), failure, settings: drawing(bounds) }
    const aimedAt = (faults: ReadonlyArray<DrawnFault>) => aiming(faults, scenario.settings)
    return yield* shrunk(begun, aimedAt, (settings) => play(seed, settings))
  })

/** Whether a scenario fails under a seed that draws faults: what another thread finds out. */
export const seedFails = (given: Scenario, stages: Stages, seed: number): Effect.Effect<boolean> => {
  const scenario = explorable(given)
  const play = playing(scenario, stages, undefined, undefined)
  return Effect.map(play(seed, drawing(scenario.explore ?? usualBounds)), ({ failure }) => failure !== undefined)
}

const oneByOne: Search = ({ fails, from, onSeed, seeds }) =>
  Effect.gen(function* () {
    for (let n = 0; n < seeds; n++) {
      const failed = yield* fails(from + n)
      onSeed?.(n + 1)
      if (failed) return from + n
    }
    return undefined
  })

/** Plays a scenario under a seed, with a patch of its settings. */
const playing = (
  scenario: Scenario,
  stages: Stages,
  handlers: ExploreOptions["handlers"],
  handled: ReadonlyMap<string, Handler> | undefined,
) => {
  // An application in this process is done when it has answered.
  const inProcess = scenario.endpoints.every(({ forward, url }) => forward === undefined || handled?.has(url))
  const quiet = inProcess && scenario.endpoints.length > 0 ? { callbacks: { quiet_ms: 0 } } : {}
  return (seed: number, settings: JsonObject): Effect.Effect<Played> =>
    Effect.suspend(() => {
      const own = handlers?.()
      let rows: ReadonlyArray<Row> = []
      const onBroken = (left: ReadonlyArray<Row>) => {
        rows = left
      }
      const options = {
        seed,
        settings: mergePatch(quiet, settings) as JsonObject,
        onBroken,
        ...(own === undefined ? {} : { handlers: own }),
      }
      return Effect.match(runScenario(scenario, stages, options), {
        onFailure: ({ lines }) => ({ rows, failure: { check: undefined, broken: lines } }),
        onSuccess: playedOf,
      })
    })
}

/** Why a scenario cannot be explored; `inProcess` says which endpoints are answered in this process. */
const unexplorable = (
  { application, endpoints, settings, steps, file }: Scenario,
  { callbacks, messages }: Bounds,
  inProcess: (url: string) => boolean,
): ScenarioBroken | undefined => {
  if (callbacks === undefined && messages === undefined)
    return brokenAt(
      { file, line: steps[0]?.place.line ?? 1, path: "explore" },
      "expected callbacks or messages that may go wrong, found neither",
    )
  const { twilio } = settings as { readonly twilio?: JsonObject }
  if (messages !== undefined && twilio?.carriers !== undefined)
    return brokenAt(
      { file, line: steps[0]?.place.line ?? 1, path: "explore.messages" },
      "expected none beside settings.twilio.carriers, which draw failures by themselves, found both",
    )
  const lasting = endpoints.find(({ forward, url }) => forward !== undefined && !inProcess(url))
  return lasting !== undefined && application?.run === undefined && application?.reset === undefined
    ? brokenAt(
        lasting.place,
        "expected application.run or application.reset, found neither: an application would remember what earlier seeds did",
      )
    : undefined
}

/** A digest belongs to one seed without faults, wherever it is expected. */
const explorable = (scenario: Scenario): Scenario => ({
  ...scenario,
  steps: scenario.steps.map(withoutDigests),
  expectations: scenario.expectations.filter(isNoDigest),
})

const withoutDigests = (step: PlacedStep): PlacedStep => ({
  ...step,
  inner: step.inner.map(withoutDigests),
  expectations: step.expectations.filter(isNoDigest),
})

const isNoDigest = ({ kind }: PlacedExpectation): boolean => kind !== "digest"

const playedOf = ({ checks, passed, rows }: Outcome): Played => ({
  rows,
  failure: passed ? undefined : { check: checks.find(({ met }) => !met), broken: [] },
})

/** Where it failed: the place of the expectation, or that it broke off. What is found there may differ from part to part. */
const whereOf = ({ broken, check }: Failure): string =>
  check === undefined ? `broken ${broken[0]?.split(": ", 1)[0] ?? ""}` : placeShown(check.place)

type Begun = Pick<Found, "drawn" | "failure" | "seed" | "seeds" | "settings">

/** Looks for a smallest part of the faults that fails in the same place. */
const shrunk = (
  begun: Begun,
  aimedAt: (faults: ReadonlyArray<DrawnFault>) => JsonObject,
  play: (settings: JsonObject) => Effect.Effect<Played>,
): Effect.Effect<Found> =>
  Effect.gen(function* () {
    const { drawn } = begun
    const where = whereOf(begun.failure)
    const fails = ({ failure }: Played) => failure !== undefined && whereOf(failure) === where
    const again = (faults: ReadonlyArray<DrawnFault>) => play(aimedAt(faults))
    if (!fails(yield* again(drawn)))
      return { ...begun, _tag: "Found", smallest: drawn, reproduced: false, minimal: false, runs: 1, passings: [] }
    const found = yield* smallest(drawn, (faults) => Effect.map(again(faults), fails), limits.shrinkRunsMax)
    const plain = yield* again([])
    const last = yield* again(found.items)
    return {
      ...begun,
      _tag: "Found",
      smallest: found.items,
      reproduced: true,
      minimal: found.minimal,
      runs: found.runs + 1,
      failure: last.failure ?? begun.failure,
      settings: aimedAt(found.items),
      passings: passings(plain.rows, last.rows, found.items),
    }
  })
