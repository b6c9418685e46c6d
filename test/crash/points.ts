import { roll } from "../../src/core/chance.ts"

/** Where a server dies. 0 is any moment, told from outside; the others are where `faults.cjs` stops the process itself. */
export const points: ReadonlyMap<number, string> = new Map([
  [0, "at any moment"],
  [1, "before BEGIN"],
  [2, "inside the transaction, after some inserts"],
  [3, "before COMMIT"],
  [4, "after COMMIT, before anybody is answered"],
  [5, "after the answers, before a callback is sent"],
  [6, "after a secret was kept, before the entry that names it"],
  [7, "during a checkpoint"],
  [8, "while a snapshot is written, before it takes its name"],
  [9, "in the middle of a line of the keys file"],
  [10, "in the middle of the bytes of a snapshot"],
])

/** One death. */
export interface Kill {
  readonly point: number
  /** Which occurrence of the point. */
  readonly nth: number
  /** Of point 0: host ms under load. */
  readonly ms: number
  /** Of point 7: µs into the checkpoint. */
  readonly us: number
}

/** Points that need a log long enough for a snapshot. */
export const needsSnapshot = ({ point }: Kill): boolean => point === 8 || point === 10

/** Twenty kills cover every point; a longer run goes round. */
const round = [0, 1, 2, 3, 4, 5, 6, 7, 9, 8, 10, 0, 1, 2, 3, 4, 5, 6, 0, 0]

/** How often a point occurs under a second's load, about. */
const occurrences: ReadonlyMap<number, number> = new Map([
  [1, 300],
  [2, 1_500],
  [3, 300],
  [4, 300],
  [5, 60],
  [6, 40],
  [9, 40],
  [10, 3],
])

/** Kills that are meant to be quick come so many times as early. */
const earlier = 15

/** The kills of a seed. */
export const planned = (kills: number, seed: number, brief: boolean): ReadonlyArray<Kill> =>
  Array.from({ length: kills }, (_, n) => {
    const point = round[n % round.length] ?? 0
    const draw = (name: string, from: number, to: number) =>
      from + Math.floor((roll(seed, name, "crash", n) / 10_000) * (to - from + 1))
    return {
      point,
      nth: draw("nth", 1, Math.ceil((occurrences.get(point) ?? 1) / (brief ? earlier : 1))),
      ms: draw("ms", 0, brief ? 100 : 800),
      us: draw("us", 0, 5_000),
    }
  })
