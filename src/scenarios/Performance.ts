import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import { parseDuration } from "../core/Instant.ts"
import { advancing } from "../engine/drafts.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import { askStage, submitTo } from "./askStage.ts"
import { andThen, inTurn, orElse } from "./atOnce.ts"
import { type ClientFile, clientOptions } from "./client/clientFile.ts"
import { makeScenarioClient, type ScenarioClient } from "./client/ScenarioClient.ts"
import { dueOn } from "./dueOn.ts"
import { judge, judgeDigest, judgeValue, timelineOf, type Verdict } from "./expectations/judge.ts"
import type { Ledger } from "./expectations/Ledger.ts"
import { looking } from "./expectations/looking.ts"
import { expectationKinds } from "./expectations/table.ts"
import { checkExpectation } from "./file/kinds.ts"
import { limits } from "./limits.ts"
import type { Answered, GoOn, Names, Play, StepError } from "./Play.ts"
import { runningSettings } from "./runningSettings.ts"
import {
  brokenAt,
  type Check,
  type Compared,
  type Outcome,
  type Place,
  type PlacedExpectation,
  type PlacedStep,
  type RunScenarioOptions,
  type Scenario,
  type ScenarioBroken,
} from "./Scenario.ts"
import type { Stage, StageRequest, Stages } from "./Stage.ts"
import { type Around, InnerScope, KnownIn, PlayIn, type Scope, said } from "./scopes.ts"
import { stepKind } from "./steps/table.ts"

/** Due instants that are gone through at once while nobody looks. */
const instantsAtOnce = 10_000

/** Host time between two looks at a run that goes on by itself. */
const lookEvery = Duration.millis(20)

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
  readonly #around: Around
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
    this.#around = {
      stage,
      seed,
      settings: runningSettings(stage, settings),
      submit: (place, input) => orElse(submitTo(stage, input), ({ message }) => brokenAt(place, message)),
      order: (place, order) => this.#order(place, order),
      ask: (place, request) => this.#ask(place, request),
      goOn: (_, until) => this.#goOn(until),
      client: (place) => this.#clientAt(place),
    }
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

  /** Begins a step, whose turn it is. No generator: a long scenario is many small steps. */
  #perform(step: PlacedStep, scope: Scope, play: Play): Effect.Effect<unknown, StepError> {
    const kind = stepKind(step.kind)
    if (kind === undefined) return Effect.dieMessage(`no step ${step.kind}`)
    this.step = this.#at(step.place)
    const performed = kind.perform(step, play)
    const { as } = step.written
    if (typeof as !== "string") return performed
    return andThen(performed, (result) => {
      if (result !== undefined) scope.set(as, result)
      return Effect.void
    })
  }

  #playIn(scope: Scope): Play {
    return new PlayIn(this.#around, new KnownIn(this.stage, this.#seed, scope), {
      perform: (steps, names) => this.#inner(steps, names, scope),
      judge: (expectation) => this.#judge(expectation, scope),
    })
  }

  /** Performs steps in a scope of their own, which knows what is around it; gives what tells the names of that scope. */
  #inner(steps: ReadonlyArray<PlacedStep>, names: Names, outer: Scope): Effect.Effect<() => JsonObject, StepError> {
    const scope = new InnerScope(names, outer)
    const play = this.#playIn(scope)
    return andThen(
      inTurn(steps.length, (i) => this.#perform(steps[i] as PlacedStep, scope, play)),
      () => Effect.succeed(() => scope.names),
    )
  }

  /** Made when it is first asked for; its limits and breaker last as long as the scenario. */
  #clientAt(place: Place): Either.Either<ScenarioClient, ScenarioBroken> {
    if (this.#client !== undefined) return Either.right(this.#client)
    const made = makeScenarioClient(this.stage, this.#seed, clientOptions(this.#clientFile), this.#moment)
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
    const moment = this.#moment
    const asked = orElse(askStage(this.stage, request, moment && Effect.as(moment, true)), ({ message }) =>
      brokenAt(place, message),
    )
    return andThen(
      asked,
      (answered): Effect.Effect<Answered, ScenarioBroken> =>
        "never" in answered ? brokenAt(place, answered.never) : Effect.succeed(answered),
    )
  }

  /** What lets time go on a bit beside an application, where the clock is moved for nobody; undefined: it is moved to what is due next. */
  get #moment(): Effect.Effect<void> | undefined {
    return this.#options.live?.() === true ? Effect.sleep(lookEvery) : undefined
  }

  #goOn(until: GoOn = {}): Effect.Effect<void, ScenarioBroken> {
    return this.#options.live?.() === true ? this.#wait(until) : this.#letCome(until)
  }

  /** Waits in the host's time, in which an application does what it does; an instant is as far off as it is in virtual time. */
  #wait({ at, enough }: GoOn): Effect.Effect<void, ScenarioBroken> {
    const { clock, engine } = this.stage.run
    return Effect.gen(this, function* () {
      const end = at === undefined ? Number.POSITIVE_INFINITY : clock.hostMonotonic() + at - engine.now
      for (;;) {
        yield* engine.settled
        const done = enough === undefined ? at === undefined && dueOn(this.stage) === undefined : yield* enough
        if (done || clock.hostMonotonic() >= end) return
        yield* Effect.sleep(lookEvery)
      }
    }).pipe(
      Effect.mapError((error) => (error._tag === "ScenarioBroken" ? error : brokenAt(this.step.place, error.message))),
    )
  }

  #letCome({ at, enough }: GoOn): Effect.Effect<void, ScenarioBroken> {
    const { engine } = this.stage.run
    return Effect.gen(this, function* () {
      yield* engine.settled
      for (;;) {
        if (enough !== undefined && (yield* enough)) return
        const due = dueOn(this.stage)
        if (due === undefined || (at !== undefined && due > at)) break
        yield* engine.step(at === undefined && enough === undefined ? instantsAtOnce : 1)
      }
      if (at !== undefined && engine.now < at) yield* submitTo(this.stage, advancing(at - engine.now))
    }).pipe(
      Effect.mapError((error) => (error._tag === "ScenarioBroken" ? error : brokenAt(this.step.place, error.message))),
    )
  }

  #judge(expectation: PlacedExpectation, scope: Scope): Effect.Effect<JsonObject | undefined, ScenarioBroken> {
    return Effect.gen(this, function* () {
      const { kind, place } = expectation
      const known = new KnownIn(this.stage, this.#seed, scope)
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
