import * as Effect from "effect/Effect"
import { foldLog, type NotFoldable } from "../engine/fold.ts"
import type { Run } from "../engine/Run.ts"
import { type SavedPart, WorldState } from "../engine/World.ts"
import { gatewayMachine } from "../gateway/gateway.machine.ts"
import type { Gateway } from "../gateway/state.ts"
import type { LogUnavailable } from "../log/EventLog.ts"

/*
 * The gateway as it was at an entry. Its rules look at everything that came before, so it is folded: from where the last look was, or from the
 * newest of some places that are remembered.
 */

interface Remembered {
  readonly seq: number
  readonly saved: {
    readonly at: number
    readonly parts: ReadonlyArray<SavedPart>
  }
}

interface Looking {
  world: WorldState
  /** Up to where it is folded. */
  seq: number
  /** In their order. */
  remembered: Array<Remembered>
  readonly turns: Effect.Semaphore
}

const looks = new WeakMap<Run, Looking>()

const machines = [gatewayMachine]

const lookingOf = (run: Run): Looking => {
  const known = looks.get(run)
  if (known !== undefined) return known
  const made = { world: new WorldState(machines), seq: 0, remembered: [], turns: Effect.unsafeMakeSemaphore(1) }
  looks.set(run, made)
  return made
}

/** Entries between two places that are remembered at least, and how many of these there are at most. */
const everyEntries = 2_000
const rememberedMax = 12
/** A place with more requests is not remembered: a copy of it would cost more than folding up to it. */
const rememberedRequestsMax = 10_000

/** How many entries would be folded to know the gateway at an entry. */
export const foldedFor = (run: Run, seq: number): number => {
  const { remembered, seq: here } = lookingOf(run)
  const from = here <= seq ? here : (remembered.findLast((place) => place.seq <= seq)?.seq ?? 0)
  return seq - from
}

/**
 * Looks at the gateway of a run as it was after an entry. It is the caller's for as long as `look` takes: the next look folds it further.
 */
export const gatewayAt = <A>(
  run: Run,
  seq: number,
  look: (gateway: Gateway, at: number) => A,
): Effect.Effect<A, LogUnavailable | NotFoldable> => {
  const { engine } = run
  if (seq >= engine.head.seq) return Effect.sync(() => look(engine.world.slice(gatewayMachine), engine.now))
  const looking = lookingOf(run)
  const folded = Effect.gen(function* () {
    if (looking.seq > seq) goBack(looking, seq)
    while (looking.seq < seq) {
      const upTo = Math.min(seq, nextPlace(looking))
      yield* foldLog(run.log, looking.world, looking.seq, { upTo })
      looking.seq = upTo
      if (looking.seq - lastPlace(looking) >= everyEntries) remember(looking)
    }
    return look(looking.world.slice(gatewayMachine), looking.world.at)
  })
  // What is folded halfway is of no use.
  return looking.turns.withPermits(1)(Effect.onError(folded, () => Effect.sync(() => looks.delete(run))))
}

const lastPlace = ({ remembered }: Looking): number => remembered.at(-1)?.seq ?? 0
/** Where the next place is remembered at the soonest. */
const nextPlace = (looking: Looking): number => Math.max(looking.seq, lastPlace(looking)) + everyEntries

const goBack = (looking: Looking, seq: number): void => {
  const place = looking.remembered.findLast((each) => each.seq <= seq)
  looking.seq = place?.seq ?? 0
  looking.world = new WorldState(machines, place === undefined ? undefined : structuredClone(place.saved))
}

/** Every second place goes when there are too many: far back they are wider apart. */
const remember = (looking: Looking): void => {
  if (looking.world.slice(gatewayMachine).byId.length > rememberedRequestsMax) return
  const { at, parts } = looking.world.save()
  looking.remembered.push({ seq: looking.seq, saved: structuredClone({ at, parts: [...parts] }) })
  if (looking.remembered.length > rememberedMax) looking.remembered = looking.remembered.filter((_, i) => i % 2 === 1)
}
