import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { type ForkMade, type ForkOrder, OrderRefused, type TravelDoor } from "../server/Exchange.ts"
import { Breakpoints } from "../timetravel/Breakpoints.ts"

/** What can be done with the past of a run that goes on: forks of its log, and breakpoints of its clock. */
export const travelDoor = (run: Run): Effect.Effect<TravelDoor, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const turns = yield* Effect.makeSemaphore(1)
    const forks: Array<ForkMade> = []
    const fork = (order: ForkOrder) =>
      Effect.gen(function* () {
        if (forks.length >= limits.forksMax)
          return yield* new OrderRefused({
            message: `there are ${limits.forksMax} forks of this run already; restart to make more`,
          })
        // Loaded when the first fork is made: most runs make none, and all of them start.
        const { forkOf } = yield* Effect.promise(() => import("./forking.ts"))
        const made = yield* Scope.extend(forkOf(run, order), scope)
        const entry: ForkMade = { ...made, id: forks.length + 1, asked: order }
        forks.push(entry)
        return entry
      })
    const breakpoints = yield* watched(run)
    return {
      fork: (order) => turns.withPermits(1)(fork(order)),
      forks: () => forks,
      breakpoints,
    }
  })

/** Breakpoints that stop the clock. The engine is asked to tell of what it writes only while there is one. */
const watched = (run: Run): Effect.Effect<TravelDoor["breakpoints"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const breakpoints = new Breakpoints()
    const runFork = Runtime.runFork(yield* Effect.runtime<Scope.Scope>())
    let forget: (() => void) | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => forget?.()))
    const stop = Effect.catchAll(run.engine.setPace({ _tag: "paused" }), (why) =>
      Effect.logWarning(`a breakpoint could not stop the clock: ${why.message}`),
    )
    const watch = () => {
      if (breakpoints.all.length === 0) {
        forget?.()
        forget = undefined
        return
      }
      forget ??= run.engine.onCommitted((made) => {
        if (breakpoints.see(made.map(({ row }) => row)) && run.engine.pace._tag !== "paused") runFork(stop)
      })
    }
    return {
      all: () => breakpoints.all,
      add: (pattern) =>
        Either.map(breakpoints.add(pattern, run.engine.now), (added) => {
          watch()
          return added
        }),
      remove: (id) => {
        const was = breakpoints.remove(id)
        watch()
        return was
      },
    }
  })
