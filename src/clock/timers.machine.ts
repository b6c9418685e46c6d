import { cancelling, forgets } from "../core/cleared.ts"
import { dataCleared, timerCancelled, timerFired, timerSet, timersSwapped, turnFailed } from "../core/entries.ts"
import { evolves, type Machine, reacts, type Snapshot } from "../core/Machine.ts"

/** Work that is due at an instant. Order between timers: (due, order of setting). */
export interface Timer {
  readonly key: string
  readonly subject: string
  readonly due: number
  /** The order of setting, counted over the run. */
  readonly order: number
  /** The seq of the `timer.set`, which the firing follows from. */
  readonly set: number
}

/** The agenda: a binary heap, and the timers by key. A cancelled timer stays in the heap until it comes to the top. */
export interface Timers {
  readonly heap: Array<Timer>
  readonly byKey: Map<string, Timer>
  count: number
}

/** The next timer to fire. */
export const nextTimer = (timers: Timers): Timer | undefined => {
  for (;;) {
    const top = timers.heap[0]
    if (top === undefined || timers.byKey.get(top.key) === top) return top
    removeTop(timers.heap)
  }
}

const sooner = (a: Timer, b: Timer): boolean => a.due < b.due || (a.due === b.due && a.order < b.order)

const insert = (heap: Array<Timer>, timer: Timer): void => {
  let i = heap.length
  heap.push(timer)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent] as Timer
    if (!sooner(timer, above)) break
    heap[i] = above
    i = parent
  }
  heap[i] = timer
}

const add = (timers: Timers, timer: Timer): void => {
  timers.byKey.set(timer.key, timer)
  insert(timers.heap, timer)
}

const removeTop = (heap: Array<Timer>): void => {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    const right = heap[child + 1]
    if (right !== undefined && sooner(right, heap[child] as Timer)) child++
    const below = heap[child] as Timer
    if (!sooner(below, last)) break
    heap[i] = below
    i = child
  }
  heap[i] = last
}

const forget = (timers: Timers, key: string): void => {
  timers.byKey.delete(key)
  if (timers.heap[0]?.key === key) nextTimer(timers)
  else compact(timers)
}

/** Drops cancelled and replaced timers that wait in the middle of the heap, once they outnumber the others. */
const compact = (timers: Timers): void => {
  if (timers.heap.length <= 1_000 || timers.heap.length <= 2 * timers.byKey.size) return
  const left = timers.heap.filter((timer) => timers.byKey.get(timer.key) === timer)
  timers.heap.length = 0
  for (const timer of left) insert(timers.heap, timer)
}

/** Timers that follow each other, for a snapshot: a list for each field. */
type SavedTimers = { readonly [Field in keyof Timer]: ReadonlyArray<Timer[Field]> }

/** Timers that one part of a snapshot holds. */
const savedTogether = 10_000

/** How many were set, then those that are still to fire, in the order in which their keys were first set. */
const timersSnapshot: Snapshot<Timers> = {
  save: function* ({ byKey, count }) {
    yield count
    const all = [...byKey.values()]
    for (let i = 0; i < all.length; i += savedTogether) yield savedOf(all.slice(i, i + savedTogether))
  },
  load: (parts) => {
    const timers: Timers = { heap: [], byKey: new Map(), count: 0 }
    for (const part of parts as Iterable<number | SavedTimers>)
      if (typeof part === "number") timers.count = part
      else addSaved(timers, part)
    return timers
  },
}

const addSaved = (timers: Timers, { key, subject, due, order, set }: SavedTimers): void => {
  for (let i = 0; i < key.length; i++)
    add(timers, {
      key: key[i] as string,
      subject: subject[i] as string,
      due: due[i] as number,
      order: order[i] as number,
      set: set[i] as number,
    })
}

const savedOf = (timers: ReadonlyArray<Timer>): SavedTimers => ({
  key: timers.map(({ key }) => key),
  subject: timers.map(({ subject }) => subject),
  due: timers.map(({ due }) => due),
  order: timers.map(({ order }) => order),
  set: timers.map(({ set }) => set),
})

/** Both timers anew, each due when the other was; the one that goes first now is set first. */
const swapped = (first: Timer, second: Timer) =>
  [
    { ...second, due: first.due },
    { ...first, due: second.due },
  ].map(({ due, key, subject }) => timerSet.draft(subject, { due, key }))

/** Timers as data, part of the world and alive after a restart. Which timers exist is decided by the other machines. */
export const timersMachine: Machine<Timers> = {
  name: "timers",
  initial: () => ({ heap: [], byKey: new Map(), count: 0 }),
  snapshot: timersSnapshot,
  evolve: [
    evolves(timerSet, (timers, { seq, subject, data: { due, key } }) => {
      add(timers, { key, subject, due, order: timers.count++, set: seq })
      compact(timers)
    }),
    evolves(timerFired, (timers, { data }) => forget(timers, data.key)),
    evolves(timerCancelled, (timers, { data }) => {
      for (const key of data.keys) forget(timers, key)
    }),
    evolves(turnFailed, (timers, { data: { input } }) => {
      if (input.type === timerFired.type) forget(timers, input.data.key)
    }),
  ],
  react: [
    reacts(timersSwapped, (_, { data: { keys } }, { byKey }) => {
      const [one, other] = [byKey.get(keys[0]), byKey.get(keys[1])]
      if (one === undefined || other === undefined || one === other) return []
      return sooner(one, other) ? swapped(one, other) : swapped(other, one)
    }),
    reacts(dataCleared, (_, { data: { what } }, { byKey }) =>
      cancelling([...byKey.values()].filter(({ subject }) => forgets(what, subject)).map(({ key }) => key)),
    ),
  ],
}
