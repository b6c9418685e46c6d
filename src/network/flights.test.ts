import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Draft } from "../core/Entry.ts"
import { type Flight, Flights } from "./flights.ts"

const flightTo = (origin: string): Flight =>
  ({ job: { origin }, due: 0, cancel: () => {}, answer: undefined }) as unknown as Flight

/** Requests that were sent one after the other, and what comes of the n-th one's answer. */
const sent = (...origins: ReadonlyArray<string>) => {
  const flights = new Flights()
  const all = origins.map(flightTo)
  for (const flight of all) flights.add(flight)
  const land = (n: number, inOrder: boolean) =>
    flights.land(all[n] as Flight, { type: String(n) } as Draft, inOrder).map(({ type }) => Number(type))
  return { flights, land }
}

describe("requests on their way", () => {
  it("are answered as their answers come", () => {
    const { flights, land } = sent("a", "a", "b")
    deepStrictEqual([land(1, false), land(2, false), flights.size, land(0, false)], [[1], [2], 1, [0]])
  })
  it("are answered in the order they were sent where that is wanted", () => {
    const { flights, land } = sent("a", "a", "b", "b")
    deepStrictEqual([land(1, true), land(3, true), flights.size], [[], [], 4])
    deepStrictEqual([land(0, true), flights.size, land(2, true), flights.size], [[0, 1], 2, [2, 3], 0])
  })
  it("that waited for one before them do so no longer once no order is wanted", () => {
    const { flights, land } = sent("a", "a", "b", "b")
    deepStrictEqual([land(1, true), land(2, false), flights.size], [[], [1, 2], 2])
    deepStrictEqual([land(3, false), land(0, true), flights.size], [[3], [0], 0])
  })
  it("that waited do so no longer either when the pace has changed and no answer comes", () => {
    const { flights, land } = sent("a", "a", "b")
    const released = (inOrder: boolean) => flights.release(inOrder).map(({ type }) => Number(type))
    deepStrictEqual([released(false), land(1, true), released(true), released(false)], [[], [], [], [1]])
    deepStrictEqual([land(2, true), land(0, true), released(false), flights.size], [[], [0, 2], [], 0])
  })
  it("count for their origin until they are answered", () => {
    const { flights, land } = sent("a", "a", "b")
    land(1, true)
    deepStrictEqual([flights.busy("a"), flights.busy("b"), flights.busy("c")], [1, 1, 0])
  })
})
