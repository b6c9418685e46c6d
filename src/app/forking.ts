import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Run } from "../engine/Run.ts"
import type { LogReader } from "../log/EventLog.ts"
import { makeMemory } from "../log/layerMemory.ts"
import { newLog } from "../log/newLog.ts"
import { openReader } from "../log/reader.ts"
import { type ForkMade, type ForkOrder, OrderRefused } from "../server/Exchange.ts"
import type { ChangedAnswer } from "../timetravel/changedAnswers.ts"
import { type Forked, forkLog } from "../timetravel/fork.ts"
import { readAnswer } from "./forkAnswers.ts"
import { changedSettings, readChange, type SettingsChange } from "./forkSettings.ts"
import { machines } from "./machines.ts"
import { snapshotOf } from "./snapshots.ts"

/** Makes a fork: a log beside the run's own, or in memory where that is. */
export const forkOf = (
  run: Run,
  { answers: asked, at, inputs, set, swap }: ForkOrder,
): Effect.Effect<Omit<ForkMade, "asked" | "id">, OrderRefused, Scope.Scope> =>
  Effect.gen(function* () {
    const changes: Array<SettingsChange> = []
    for (const text of set)
      changes.push(yield* Either.mapLeft(readChange(text), (message) => new OrderRefused({ message })))
    const answers: Array<ChangedAnswer> = []
    for (const text of asked)
      answers.push(yield* Either.mapLeft(readAnswer(text), (message) => new OrderRefused({ message })))
    const { log } = run
    const inMemory = log.place === ":memory:"
    const options = {
      reader: log,
      machines,
      at,
      change: {
        ...(changes.length === 0 ? {} : { settings: changedSettings(changes) }),
        ...(swap === undefined ? {} : { swap }),
        answers,
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
