import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { Json, JsonObject } from "../core/canonical.ts"
import { parseDuration } from "../core/Instant.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import { askStage } from "./askStage.ts"
import { type ClientFile, clientOptions } from "./client/clientFile.ts"
import { makeScenarioClient, type ScenarioClient } from "./client/ScenarioClient.ts"
import { dueOn } from "./dueOn.ts"
import { judge, judgeDigest, judgeValue, timelineOf, type Verdict } from "./expectations/judge.ts"
import type { Ledger } from "./expectations/Ledger.ts"
import { looking } from "./expectations/looking.ts"
import { expectationKinds } from "./expectations/table.ts"
import { checkExpectation, checkStep } from "./file/kinds.ts"
import type { Problem } from "./file/problems.ts"
import { limits } from "./limits.ts"
import type { Answered, GoOn, Names, Play, RunningSettings, StepError } from "./Play.ts"
import { filled, type Known, NothingThere } from "./references.ts"
import { runningSettings } from "./runningSettings.ts"
import {
  brokenAt,
  type Check,
  type Compared,
  type Outcome,
  type Place,
  type PlacedExpectation,
  type PlacedStep,
  placeShown,
  type RunScenarioOptions,
  type Scenario,
  ScenarioBroken,
} from "./Scenario.ts"
import type { Stage, StageRequest, Stages } from "./Stage.ts"
import { stepKind } from "./steps/table.ts"

/** Due instants that are gone through at once while nobody looks. */
const instantsAtOnce = 10_000

/** The step that is being performed: where it stands, the entry before it, and the host's monotonic ms when it began. */
interface Performing {
  readonly place: Place
  readonly from: number
  readonly since: number
}

/** One playing of one scenario. */
export class Performance {
  readonly stage: Stage
  step: Performing
  readonly stepEntriesMax: number
  readonly stepMsMax: number
  readonly #stages: Stages
  readonly #seed: number
  readonly #options: RunScenarioOptions
  readonly #ledger: Ledger
  readonly #settings: RunningSettings
  readonly #checks: Array<Check> = []
  #clientFile: ClientFile = {}
  #client: ScenarioClient | undefined

  constructor(ledger: Ledger, stages: Stages, settings: JsonObject, seed: number, options: RunScenarioOptions) {
    const { stage } = ledger
    this.stage = stage
    this.#stages = stages
    this.#seed = seed
    this.#options = options
    this.stepEntriesMax = options.stepEntriesMax ?? limits.stepEntriesMax
    this.stepMsMax = options.stepMsMax ?? limits.stepMsMax
    this.#ledger = ledger
    this.#settings = runningSettings(stage, settings)
    this.step = this.#at({ file: "", line: 1, path: "" })
  }

  /** Performs all steps, lets come what is to come, and judges the end. */
  play(scenario: Scenario): Effect.Effect<void, StepError> {
    return Effect.gen(this, function* () {
      const { client = {}, expectations, file, steps, toEnd } = scenario
      this.#clientFile = client
      const scope: Scope = new Map()
      const play = this.#playIn(scope)
      for (const [i, step] of steps.entries()) {
        yield* this.#perform(step, scope, play)
        this.#options.onStep?.(i + 1, steps.length)
      }
      if (toEnd) {
        this.step = this.#at({ file, line: steps.at(-1)?.place.line ?? 1, path: "run_to_end" })
        yield* this.#goOn()
      }
      for (const expectation of expectations) {
        this.step = this.#at(expectation.place)
        yield* this.#judge(expectation, scope)
      }
    })
  }

  /** What came of it; `failed` ended it before its end. */
  outcome(scenario: Scenario, failed: Check | undefined): Outcome {
    const checks = failed === undefined ? this.#checks : [...this.#checks, failed]
    const ledger = this.#ledger
    const { hash: digest, seq: entries } = this.stage.run.engine.head
    return {
      scenario,
      seed: this.#seed,
      passed: checks.every(({ met }) => met),
      checks,
      entries,
      get rows() {
        return ledger.rows
      },
      digest,
      at: this.stage.run.engine.now,
      notes: this.#notes(),
    }
  }

  #at(place: Place): Performing {
    const { clock, engine } = this.stage.run
    return { place, from: engine.head.seq, since: clock.hostMonotonic() }
  }

  #perform(step: PlacedStep, scope: Scope, play: Play): Effect.Effect<void, StepError> {
    return Effect.gen(this, function* () {
      const kind = stepKind(step.kind)
      if (kind === undefined) return yield* Effect.dieMessage(`no step ${step.kind}`)
      this.step = this.#at(step.place)
      const result = yield* kind.perform(step, play)
      const { as } = step.written
      if (typeof as === "string" && result !== undefined) scope.set(as, result)
      return undefined
    })
  }

  #playIn(scope: Scope): Play {
    const known = this.#known(scope)
    return {
      stage: this.stage,
      seed: this.#seed,
      settings: this.#settings,
      said: (step) => said(step, known, (written) => checkStep(step.kind, written as JsonObject)),
      filled: (value, place) => fill(value, known, place),
      order: (place, order) => this.#order(place, order),
      ask: (place, request) => this.#ask(place, request),
      goOn: (_, until) => this.#goOn(until),
      perform: (steps, names) => this.#inner(steps, names, scope),
      judge: (expectation) => this.#judge(expectation, scope),
      client: (place) => this.#clientAt(place),
    }
  }

  #known(scope: Scope): Known {
    const { accountSid, authToken, run } = this.stage
    const builtIn: Readonly<Record<string, Json>> = {
      seed: this.#seed,
      account_sid: accountSid,
      auth_token: Redacted.value(authToken),
    }
    return {
      now: () => run.engine.now,
      value: (name) => scope.get(name) ?? (Object.hasOwn(builtIn, name) ? builtIn[name] : undefined),
    }
  }

  /** Performs steps in a scope of their own, which knows what is around it. */
  #inner(steps: ReadonlyArray<PlacedStep>, names: Names, outer: Scope): Effect.Effect<JsonObject, StepError> {
    return Effect.gen(this, function* () {
      const own = new Map<string, Json>(Object.entries(names))
      const scope: Scope = {
        get: (name: string) => own.get(name) ?? outer.get(name),
        set: (name: string, value: Json) => own.set(name, value),
      }
      const play = this.#playIn(scope)
      for (const step of steps) yield* this.#perform(step, scope, play)
      return Object.fromEntries(own)
    })
  }

  /** Made when it is first asked for; its limits and breaker last as long as the scenario. */
  #clientAt(place: Place): Either.Either<ScenarioClient, ScenarioBroken> {
    if (this.#client !== undefined) return Either.right(this.#client)
    const made = makeScenarioClient(this.stage, this.#seed, clientOptions(this.#clientFile))
    return Either.mapBoth(made, {
      onLeft: ({ message }) => brokenAt(place, `the client library: ${message}`),
      onRight: (client) => {
        this.#client = client
        return client
      },
    })
  }

  #order<A>(place: Place, order: Effect.Effect<A, EngineStopped | OrderFailed>): Effect.Effect<A, ScenarioBroken> {
    return order.pipe(
      Effect.zipLeft(this.stage.run.engine.settled),
      Effect.mapError((error) => brokenAt(place, error.message)),
    )
  }

  #ask(place: Place, request: StageRequest): Effect.Effect<Answered, ScenarioBroken> {
    return askStage(this.stage, request).pipe(
      Effect.flatMap((answered) => ("never" in answered ? brokenAt(place, answered.never) : Effect.succeed(answered))),
      Effect.mapError((error) => (error._tag === "ScenarioBroken" ? error : brokenAt(place, error.message))),
    )
  }

  #goOn({ at, enough }: GoOn = {}): Effect.Effect<void, ScenarioBroken> {
    const { engine } = this.stage.run
    return Effect.gen(this, function* () {
      yield* engine.settled
      for (;;) {
        if (enough !== undefined && (yield* enough)) return
        const due = dueOn(this.stage)
        if (due === undefined || (at !== undefined && due > at)) break
        yield* engine.step(at === undefined && enough === undefined ? instantsAtOnce : 1)
      }
      if (at !== undefined && engine.now < at) yield* engine.advance(at - engine.now)
    }).pipe(
      Effect.mapError((error) => (error._tag === "ScenarioBroken" ? error : brokenAt(this.step.place, error.message))),
    )
  }

  #judge(expectation: PlacedExpectation, scope: Scope): Effect.Effect<JsonObject | undefined, ScenarioBroken> {
    return Effect.gen(this, function* () {
      const { kind, place } = expectation
      const known = this.#known(scope)
      const expected = yield* said<JsonObject>(expectation, known, (written) => checkExpectation(kind, written, true))
      const verdict = looking(place, () => this.#verdict(kind, expected))
      const { eventually, within } = expected
      if (eventually === true) yield* this.#goOn({ enough: Effect.map(verdict, ({ final }) => final) })
      else if (typeof within === "string") {
        const ms = parseDuration(within)
        if (ms === undefined)
          return yield* brokenAt(place, `within: expected a duration, found ${JSON.stringify(within)}`)
        yield* this.#goOn({ at: known.now() + ms, enough: Effect.map(verdict, ({ final }) => final) })
      }
      const last = yield* verdict
      this.#checks.push(this.#checkOf(place, last, expected))
      return last.first
    })
  }

  #verdict(kind: string, expected: JsonObject): Verdict {
    if (kind === "value") return judgeValue(expected)
    if (kind === "digest") return judgeDigest(expected, this.stage.run.engine.head.hash)
    const known = expectationKinds.find(({ key }) => key === kind)
    if (known === undefined) throw new Error(`no expectation ${kind}`)
    return judge(known, expected, this.#ledger)
  }

  #checkOf(place: Place, verdict: Verdict, { eventually, within }: JsonObject): Check {
    const { about = "", closest, met, why } = verdict
    const time = eventually === true ? "eventually " : typeof within === "string" ? `within ${within} ` : ""
    const { hide } = this.stage
    const { gist } = this.#stages
    return {
      place,
      expected: hide(time + verdict.expected),
      met,
      ...(why === undefined ? {} : { why: hide(why) }),
      ...(closest === undefined ? {} : { closest: { ...closest, fields: closest.fields.map(hidden(hide)) } }),
      ...(met || about === "" ? {} : { timeline: timelineOf(this.#ledger, about, gist, limits.timelineEventsMax) }),
    }
  }

  /** Requests that led nowhere. */
  #notes(): ReadonlyArray<string> {
    const nowhere = new Set<string>()
    const noEndpoint = `connect: ${this.#stages.noEndpoint}`
    for (const asked of this.#ledger.asked)
      if (asked.outcome === noEndpoint) nowhere.add(asked.request.connect ?? asked.request.url)
    return [...nowhere].sort().map((url) => `no endpoint answers for ${url}; requests to it fail`)
  }
}

/** A compared field without secrets. */
const hidden =
  (hide: Stage["hide"]) =>
  ({ diff, expected, field, fits, found }: Compared): Compared => ({
    field,
    expected: hide(expected),
    found: hide(found),
    fits,
    ...(diff === undefined ? {} : { diff: hide(diff) }),
  })

/** Names and what they stand for. */
interface Scope {
  readonly get: (name: string) => Json | undefined
  readonly set: (name: string, value: Json) => unknown
}

/** What stands at a place, names filled in. A number where only a text can stand is one: `body: ${row.amount}`. */
const said = <A>(
  { place, written }: PlacedStep | PlacedExpectation,
  known: Known,
  check: (written: unknown) => Either.Either<unknown, ReadonlyArray<Problem>>,
): Either.Either<A, ScenarioBroken> =>
  Either.gen(function* () {
    const made = yield* fill(written, known, place)
    // What has no names in it was checked when it was read.
    if (made === written) return made as A
    const checked = check(made)
    if (Either.isRight(checked)) return made as A
    const texts = yield* fill(written, known, place, true)
    if (Either.isRight(check(texts))) return texts as A
    const broken = new ScenarioBroken({
      lines: checked.left.map(({ expected, found, keys }) => {
        const path = [place.path, ...keys.map(String)].join(".")
        return `${placeShown({ ...place, path })}: expected ${expected}, found ${found}`
      }),
    })
    return yield* Either.left(broken)
  })

const fill = <A>(value: A, known: Known, place: Place, asTexts = false): Either.Either<A, ScenarioBroken> =>
  Either.try({
    try: () => filled(value as Json, known, asTexts) as A,
    catch: (error) => {
      if (error instanceof NothingThere) return brokenAt(place, error.message)
      throw error
    },
  })
