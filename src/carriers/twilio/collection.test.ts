import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { link, noChains } from "./chains.ts"
import { addItem, noItems, type PageStart, pageOf, removeItem } from "./collection.ts"

interface Item {
  readonly sid: string
  readonly key: string
}

/** Forty items of three keys, some of them removed. */
const collection = noItems<Item>()
const chains = noChains()
for (let n = 0; n < 40; n++) {
  const key = "abbacab"[n % 7] as string
  addItem(collection, { sid: `X${n}`, key })
  link(chains, key, n)
}
for (const n of [0, 7, 8, 20, 33, 39]) removeItem(collection, `X${n}`)

const starts: ReadonlyArray<PageStart> = [
  ...[0, 1, 5, 100].map((skip) => ({ _tag: "Newest" as const, skip })),
  ...Array.from({ length: 40 }, (_, place) => [
    { _tag: "After" as const, place },
    { _tag: "Before" as const, place },
  ]).flat(),
]

describe("A page of a collection", () => {
  it("of one key is the same by that key's chain, from wherever it begins, and whatever was removed", () => {
    for (const start of starts)
      for (const size of [1, 3, 50])
        for (const key of ["a", "b", "c", "none"]) {
          const fits = (item: Item) => item.key === key && item.sid !== "X5"
          const all = pageOf(collection, start, size, fits)
          deepStrictEqual(pageOf(collection, start, size, fits, { chains, key }), all)
          assertTrue(all.items.length <= size)
        }
  })
  it("of one key looks at nothing else", () => {
    let looked = 0
    const fits = (item: Item) => ++looked > 0 && item.key === "c"
    pageOf(collection, { _tag: "Newest", skip: 0 }, 50, fits, { chains, key: "c" })
    deepStrictEqual(looked, collection.all.filter((item) => item?.key === "c").length)
  })
})
