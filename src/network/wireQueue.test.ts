import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { OutboundRequested } from "../core/entries.ts"
import { WireQueue } from "./wireQueue.ts"

const request = {} as OutboundRequested
const queueOf = (...origins: ReadonlyArray<string>) => {
  const queue = new WireQueue()
  for (const [i, origin] of origins.entries()) queue.add({ seq: i + 1, subject: "", request, origin, since: i })
  return queue
}
const takeAll = (queue: WireQueue, mayGo: (origin: string) => boolean): ReadonlyArray<number> => {
  const taken: Array<number> = []
  for (let job = queue.take(mayGo); job !== undefined; job = queue.take(mayGo)) taken.push(job.seq)
  return taken
}

describe("requests that wait for the wire", () => {
  it("go oldest first, whatever their origins", () =>
    deepStrictEqual(
      takeAll(queueOf("a", "b", "a", "c", "b"), () => true),
      [1, 2, 3, 4, 5],
    ))
  it("of an origin that may have no more hold up their own alone, and go first once they may", () => {
    const queue = queueOf("a", "b", "a", "c", "b")
    deepStrictEqual(
      takeAll(queue, (origin) => origin !== "a"),
      [2, 4, 5],
    )
    queue.add({ seq: 6, subject: "", request, origin: "b", since: 6 })
    deepStrictEqual(
      takeAll(queue, () => true),
      [1, 3, 6],
    )
  })
  it("are taken out once they have waited too long, and no other", () => {
    const queue = queueOf("a", "b", "a", "c", "b")
    deepStrictEqual(queue.since, 0)
    deepStrictEqual(
      queue
        .takeSince(2)
        .map(({ seq }) => seq)
        .toSorted(),
      [1, 2, 3],
    )
    deepStrictEqual(queue.since, 3)
    deepStrictEqual(queue.takeSince(2), [])
    deepStrictEqual(
      takeAll(queue, () => true),
      [4, 5],
    )
    deepStrictEqual(queue.since, undefined)
  })
  it("keep their order in long lines", () => {
    const origins = Array.from({ length: 5_000 }, (_, i) => `${i % 3}`)
    deepStrictEqual(
      takeAll(queueOf(...origins), () => true),
      origins.map((_, i) => i + 1),
    )
  })
})
