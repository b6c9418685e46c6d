import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { firstDue, headOf, lengthOf, newFifo, newHeap, pushed, put, shift, takeFirst } from "./queues.ts"

describe("what waits its turn", () => {
  it("comes out as it went in, also past what is dropped together", () => {
    const fifo = newFifo()
    const out: Array<number | undefined> = []
    for (let i = 0; i < 40_000; i++) {
      pushed(fifo, i)
      if (i % 2 === 1) {
        out.push(headOf(fifo))
        shift(fifo)
      }
    }
    while (lengthOf(fifo) > 0) {
      out.push(headOf(fifo))
      shift(fifo)
    }
    deepStrictEqual(
      out,
      Array.from({ length: 40_000 }, (_, i) => i),
    )
    deepStrictEqual([headOf(fifo), lengthOf(fifo)], [undefined, 0])
  })

  it.prop("comes out by when it is due, then by its place", [FastCheck.array(FastCheck.nat(20))], ([dues]) => {
    const heap = newHeap()
    for (const [place, due] of dues.entries()) put(heap, due, place)
    const out: Array<readonly [number, number]> = []
    for (let due = firstDue(heap); due !== undefined; due = firstDue(heap)) out.push([due, takeFirst(heap) as number])
    deepStrictEqual(
      out,
      dues.map((due, place) => [due, place] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    )
  })
})
