import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { limits } from "../core/limits.ts"
import { othersTurn } from "../engine/othersTurn.ts"
import type { Run } from "../engine/Run.ts"
import type { LogUnavailable } from "../log/EventLog.ts"
import { type Figures, figuring } from "./figures.ts"
import { type CallbackRow, callbackList } from "./lists/callbackList.ts"
import type { Shown } from "./Shown.ts"

/*
 * What the first page shows of very many things. It is worked out in steps between which everything else has its turn, once at a
 * time for all browsers, and at most once a second; who asks meanwhile is shown the last one and asks again.
 */

interface Glance {
  readonly figures: Figures
  /** Callbacks that were given up lately. */
  readonly givenUp: ReadonlyArray<CallbackRow>
  /** The newest entry, and the host's instant, at which it was begun. */
  readonly seq: number
  readonly began: number
}

interface Glancing {
  last: Glance | undefined
  under: Fiber.RuntimeFiber<Glance, LogUnavailable> | undefined
}

const glances = new WeakMap<Run, Glancing>()

const glancingOf = (run: Run): Glancing => {
  const known = glances.get(run)
  if (known !== undefined) return known
  const made: Glancing = { last: undefined, under: undefined }
  glances.set(run, made)
  return made
}

/** Host ms between two of them: on a busy run figures need not follow every message. */
const everyMs = 1_000
/** Host ms one waits for a new one where there is an old one. */
const waitMs = 15
/** Entries that are looked through for callbacks that were given up. */
const givenUpEntries = 1_000
const givenUpMax = 5

/** How the run stands; `isOld` when something has happened since. The first one is waited for. */
export const glance = (
  shown: Shown,
): Effect.Effect<Pick<Glance, "figures" | "givenUp"> & { readonly isOld: boolean }, LogUnavailable> =>
  Effect.gen(function* () {
    const { clock, engine } = shown.run
    const glancing = glancingOf(shown.run)
    const { last } = glancing
    const asked = engine.head.seq
    if (last !== undefined && last.seq === asked) return { ...last, isOld: false }
    if (last !== undefined && glancing.under === undefined && clock.hostMonotonic() - last.began < everyMs)
      return { ...last, isOld: true }
    glancing.under ??= yield* Effect.forkDaemon(lookedAt(shown, glancing))
    const next = Fiber.join(glancing.under)
    const soon =
      last === undefined ? Option.some(yield* next) : yield* Effect.timeoutOption(next, Duration.millis(waitMs))
    const best = Option.getOrElse(soon, () => last as Glance)
    return { ...best, isOld: best.seq < asked }
  })

const lookedAt = (shown: Shown, glancing: Glancing): Effect.Effect<Glance, LogUnavailable> =>
  Effect.gen(function* () {
    // Whoever began it is to know of it before it ends.
    yield* Effect.yieldNow()
    const { messages, run } = shown
    const { now } = run.engine
    const [seq, began] = [run.engine.head.seq, run.clock.hostMonotonic()]
    const steps = figuring(messages.newest() ?? [], limits.figuredMessagesMax)
    let step = steps.next()
    for (; !step.done; step = steps.next()) yield* othersTurn
    const found = yield* callbackList(run.log, seq, {
      search: "state:failed",
      before: undefined,
      size: givenUpMax,
      now,
      entries: givenUpEntries,
    })
    const made = { figures: step.value, givenUp: Either.isRight(found) ? found.right.rows : [], seq, began }
    glancing.last = made
    return made
  }).pipe(
    Effect.ensuring(
      Effect.sync(() => {
        glancing.under = undefined
      }),
    ),
  )
