import * as Effect from "effect/Effect"
import { exploredSaid, exploreScenario, seedsMax, writeReplay } from "../app/explore.ts"
import { loadScenario, runScenario } from "../app/scenarios.ts"
import { faultSaid } from "../scenarios/explore/drawn.ts"
import { checkFault } from "../scenarios/reporters/faults.ts"
import type { Style } from "../scenarios/reporters/Report.ts"
import type { Handler, Scenario } from "../scenarios/Scenario.ts"
import { calledFrom, RingbackError } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { promised } from "./promised.ts"
import type { Application, Applications, Explored, ExploreOptions, Played, PlayOptions } from "./types.ts"

const plain: Style = { paint: (_, text) => text, safe: (text) => text }

/** Seeds that are tried unless a test says otherwise. */
const usualSeeds = 100

/**
 * Plays a scenario file on a run of its own, with applications of this process for endpoints that are forwarded.
 *
 * Rejects when it cannot be played; what is not as expected is in the report.
 */
export const play = (file: string, options: PlayOptions = {}): Promise<Played> => {
  const { applications, seed } = options
  const played = Effect.gen(function* () {
    onlyKnown(options, keys.play)
    const scenario = yield* loadScenario(file)
    const handlers = yield* handlersOf(scenario, applications?.())
    const outcome = yield* runScenario(scenario, { handlers, ...(seed === undefined ? {} : { seed }) })
    const report = outcome.checks
      .filter(({ met }) => !met)
      .flatMap((check) => {
        const { lines, place, title } = checkFault(check)
        return [`${place.file}:${place.line}  ${title}`, ...lines.map((line) => `  ${line}`)]
      })
    return { passed: outcome.passed, seed: outcome.seed, digest: outcome.digest, report: report.join("\n") }
  })
  return promised(calledFrom(play), played)
}

/**
 * Plays a scenario file under many seeds, each of which draws faults within the bounds of the file, until one fails; of that the fewest
 * faults are found with which it still does.
 *
 * Rejects when it cannot be explored; what fails is in the report.
 */
export const explore = (file: string, options: ExploreOptions = {}): Promise<Explored> => {
  const { applications, from = 1, out, seeds = usualSeeds } = options
  const explored = Effect.gen(function* () {
    onlyKnown(options, keys.explore)
    const scenario = yield* loadScenario(file)
    if (!Number.isInteger(seeds) || seeds < 1 || seeds > seedsMax)
      return yield* Effect.fail(new RingbackError(`seeds: expected 1 to ${seedsMax}, found ${seeds}`))
    yield* handlersOf(scenario, applications?.())
    const handlers = () => Effect.runSync(handlersOf(scenario, applications?.()))
    const result = yield* exploreScenario(scenario, { seeds, from, handlers })
    if (result._tag === "Found" && out !== undefined) yield* writeReplay(scenario, result, out)
    return {
      passed: result._tag === "NothingFound",
      seed: result._tag === "Found" ? result.seed : null,
      faults: result._tag === "Found" ? result.smallest.map(faultSaid) : [],
      report: exploredSaid(result, plain).join("\n"),
    }
  })
  return promised(calledFrom(explore), explored)
}

/** Applications as a scenario asks them. Fails when one is for an endpoint that is not forwarded. */
const handlersOf = (
  { endpoints }: Scenario,
  applications: Applications = {},
): Effect.Effect<ReadonlyMap<string, Handler>, RingbackError> => {
  const forwarded = endpoints.flatMap(({ forward, url }) => (forward === undefined ? [] : [url]))
  const wrong = Object.keys(applications).find((url) => !forwarded.includes(url))
  return wrong === undefined
    ? Effect.succeed(new Map(Object.entries(applications).map(([url, application]) => [url, handlerOf(application)])))
    : Effect.fail(
        new RingbackError(
          `applications: expected the URLs of endpoints with forward (${forwarded.join(", ") || "there are none"}), found ${wrong}`,
        ),
      )
}

const handlerOf =
  (application: Application): Handler =>
  async ({ body, headers, method, url }, exchange) =>
    await application({ method, url, headers, params: Object.fromEntries(new URLSearchParams(body ?? "")) }, exchange)
