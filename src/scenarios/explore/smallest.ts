import * as Effect from "effect/Effect"

export interface Smallest<Item> {
  /** From it nothing can be left out, unless the runs were used up. */
  readonly items: ReadonlyArray<Item>
  readonly runs: number
  /** Whether there were runs enough to be sure. */
  readonly minimal: boolean
}

/**
 * A smallest part of a list that still fails: delta debugging (Zeller, "Simplifying and Isolating Failure-Inducing Input", 2002).
 *
 * The whole list fails already. `fails` is asked of no part twice, and at most `runsMax` times.
 */
export const smallest = <Item, E>(
  items: ReadonlyArray<Item>,
  fails: (part: ReadonlyArray<Item>) => Effect.Effect<boolean, E>,
  runsMax: number,
): Effect.Effect<Smallest<Item>, E> =>
  Effect.gen(function* () {
    const asked = new Map<string, boolean>()
    let runs = 0
    let usedUp = false
    const failing = (places: ReadonlyArray<number>) =>
      Effect.gen(function* () {
        const key = places.join(" ")
        const known = asked.get(key)
        if (known !== undefined) return known
        usedUp = runs === runsMax
        if (usedUp) return false
        runs++
        const answer = yield* fails(itemsAt(items, places))
        asked.set(key, answer)
        return answer
      })
    let left: ReadonlyArray<number> = items.map((_, place) => place)
    if (left.length > 0 && (yield* failing([]))) left = []
    for (let parts = 2; left.length > 1; ) {
      const pieces = cut(left, parts)
      const piece = yield* first(pieces, failing)
      const rest =
        piece !== undefined
          ? undefined
          : yield* first(
              pieces.map((each) => without(left, each)),
              failing,
            )
      if (piece !== undefined) parts = 2
      else if (rest !== undefined) parts = Math.max(parts - 1, 2)
      else if (parts === left.length) break
      else parts = Math.min(parts * 2, left.length)
      left = piece ?? rest ?? left
    }
    return { items: itemsAt(items, left), runs, minimal: !usedUp }
  })

const itemsAt = <Item>(items: ReadonlyArray<Item>, places: ReadonlyArray<number>): ReadonlyArray<Item> =>
  places.flatMap((place) => items.slice(place, place + 1))

const first = <E>(
  parts: ReadonlyArray<ReadonlyArray<number>>,
  failing: (part: ReadonlyArray<number>) => Effect.Effect<boolean, E>,
): Effect.Effect<ReadonlyArray<number> | undefined, E> =>
  Effect.gen(function* () {
    for (const part of parts) if (yield* failing(part)) return part
    return undefined
  })

/** A list in so many pieces, as even as can be. */
const cut = (list: ReadonlyArray<number>, parts: number): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: parts }, (_, i) =>
    list.slice(Math.floor((i * list.length) / parts), Math.floor(((i + 1) * list.length) / parts)),
  )

const without = (list: ReadonlyArray<number>, piece: ReadonlyArray<number>): ReadonlyArray<number> => {
  const gone = new Set(piece)
  return list.filter((place) => !gone.has(place))
}
