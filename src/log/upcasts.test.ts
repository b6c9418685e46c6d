import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import type { JsonObject } from "../core/canonical.ts"
import type { Entry } from "../core/Entry.ts"
import { makeUpcaster, type Upcast, upcast } from "./upcasts.ts"

const entry = (type: string, data: JsonObject): Entry => ({
  seq: 1,
  at: 0,
  cause: 0,
  kind: "input",
  type,
  subject: "SM1",
  data,
})

/** A made-up history: `price` in euros became `cents`, then the currency was named. */
const toCents: Upcast = ({ price, ...rest }) => (typeof price === "number" ? { ...rest, cents: price * 100 } : rest)
const namesCurrency: Upcast = (data) => ("currency" in data ? data : { ...data, currency: "EUR" })
const upcastPrices = makeUpcaster(new Map([["price.set", [toCents, namesCurrency]]]))

describe("upcasts", () => {
  it("make the newest shape of the oldest, one step after the other", () =>
    deepStrictEqual(
      upcastPrices(entry("price.set", { price: 3 })),
      entry("price.set", { cents: 300, currency: "EUR" }),
    ))

  it("leave data of the newest shape as it is", () => {
    const newest = entry("price.set", { cents: 1, currency: "SEK" })
    deepStrictEqual(upcastPrices(newest), newest)
  })

  it("give other types of entry back untouched", () => {
    const other = entry("price.asked", { price: 3 })
    assertTrue(upcastPrices(other) === other)
  })

  it("do nothing to logs of format 1", () => {
    const any = entry("price.set", { price: 3 })
    assertTrue(upcast(any) === any)
  })
})
