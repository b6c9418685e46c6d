import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import type { LogReader } from "../log/EventLog.ts"
import { makeMemory } from "../log/layerMemory.ts"
import { newLog } from "../log/newLog.ts"
import { openReader } from "../log/reader.ts"
import { type ForkMade, type ForkOrder, OrderRefused, type TravelDoor } from "../server/Exchange.ts"
import { Breakpoints } from "../timetravel/Breakpoints.ts"
import { type Forked, forkLog } from "../timetravel/fork.ts"
import { changedSettings, readChange, type SettingsChange } from "./forkSettings.ts"
import { machines } from "./machines.ts"
import { snapshotOf } from "./snapshots.ts"

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

/** Makes a fork: a log beside the run's own, or in memory where that is. */
const forkOf = (
  run: Run,
  { at, inputs, set, swap }: ForkOrder,
): Effect.Effect<Omit<ForkMade, "asked" | "id">, OrderRefused, Scope.Scope> =>
  Effect.gen(function* () {
    const changes: Array<SettingsChange> = []
    for (const text of set)
      changes.push(yield* Either.mapLeft(readChange(text), (message) => new OrderRefused({ message })))
    const { log } = run
    const inMemory = log.place === ":memory:"
    const options = {
      reader: log,
      machines,
      at,
      change: {
        ...(changes.length === 0 ? {} : { settings: changedSettings(changes) }),
        ...(swap === undefined ? {} : { swap }),
      },
      inputs,
      snapshot: inMemory ? undefined : snapshotOf(log.place),
    }
    const refused = Effect.mapError(
      (error: { readonly message: string }) => new OrderRefused({ message: error.message }),
    )
    const told = (reader: LogReader, place: string, { cut, head }: Forked) => ({ reader, place, cut, head })
    if (inMemory) {
      const into = makeMemory()
      return told(into, ":memory:", yield* refused(forkLog(options, into)))
    }
    const place = freePlace(log.place)
    const forked = yield* refused(newLog(place, (into) => forkLog(options, into)))
    return told(yield* refused(openReader(place)), place, forked)
  })

/** `data/ringback.fork-1.db` for `data/ringback.db`; the first that is free. */
const freePlace = (log: string): string => {
  const [, stem = log, end = ""] = /^(.*?)(\.[^./\\]*)?$/.exec(log) ?? []
  for (let n = 1; ; n++) {
    const place = `${stem}.fork-${n}${end}`
    if (!fs.existsSync(place)) return place
  }
}
