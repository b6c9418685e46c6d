import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { sid } from "../../core/chance.ts"
import { type CarrierProfile, carrierOf, latencyAt, planOfBehavior, planOfCarrier } from "./profiles.ts"

const carrier = (name: string, ...to: ReadonlyArray<string>): CarrierProfile => ({ filters: [], loss_bp: 0, name, to })

describe("the carrier of a number", () => {
  const all = [carrier("rest"), carrier("us", "+1"), carrier("texas", "+1512", "+1214"), carrier("too late", "+1")]
  it.each([
    ["+15125550100", "texas"],
    ["+14155550100", "us"],
    ["+447700900123", "rest"],
  ])("of %s is %s: the longest prefix, of equals the first", (number, name) =>
    strictEqual(carrierOf(all, number)?.name, name),
  )

  it("is none where no prefix fits", () => strictEqual(carrierOf(all.slice(1), "+447700900123"), undefined))
})

describe("a latency", () => {
  const points = [
    { bp: 5_000, ms: 1_000 },
    { bp: 9_999, ms: 6_000 },
  ] as const
  it.each([
    [0, 1_000],
    [5_000, 1_000],
    [7_500, 3_501],
    [9_998, 5_999],
    [9_999, 6_000],
  ])("at %i is %i ms", (drawn, ms) => strictEqual(latencyAt([...points], drawn), ms))

  it("beyond its last point stays there", () => strictEqual(latencyAt([{ bp: 0, ms: 7 }], 9_999), 7))
})

describe("a carrier's plan", () => {
  const sids = Array.from({ length: 2_000 }, (_, n) => sid("SM", 1, n))
  const outcomes = (profile: CarrierProfile) => sids.map((sid) => planOfCarrier(profile, { delay_ms: 5, seed: 1, sid }))
  const share = (list: ReadonlyArray<boolean>) => list.filter(Boolean).length / list.length

  it("without loss and filters delivers everything", () =>
    strictEqual(share(outcomes(carrier("a")).map(({ outcome }) => outcome === "delivered")), 1))

  it("filters and loses as much as it says, and keeps what was drawn", () => {
    const filters = [
      { bp: 1_000, error_code: 30003 },
      { bp: 500, error_code: 30007 },
    ]
    const plans = outcomes({ ...carrier("a"), filters, loss_bp: 2_000 })
    const near = (part: number, wanted: number) => Math.abs(part - wanted) < 0.03
    strictEqual(near(share(plans.map(({ error_code }) => error_code === 30003)), 0.1), true)
    strictEqual(near(share(plans.map(({ error_code }) => error_code === 30007)), 0.05), true)
    strictEqual(near(share(plans.map(({ outcome }) => outcome === "sent")), 0.17), true)
    strictEqual(
      plans.every(({ error_code, outcome }) => (error_code !== undefined) === (outcome === "undelivered")),
      true,
    )
  })

  it("that filters everything delivers nothing, whatever it loses", () =>
    deepStrictEqual(
      new Set(
        outcomes({ ...carrier("a"), filters: [{ bp: 10_000, error_code: 30004 }], loss_bp: 10_000 }).map(
          ({ error_code }) => error_code,
        ),
      ),
      new Set([30004]),
    ))

  it("draws each message for itself: more loss changes no latency", () => {
    const latency = [
      { bp: 0, ms: 0 },
      { bp: 9_999, ms: 60_000 },
    ] as const
    const some = { ...carrier("a"), latency: [...latency] as never }
    const landings = (profile: CarrierProfile) => outcomes(profile).map(({ landing_ms }) => landing_ms)
    deepStrictEqual(landings({ ...some, loss_bp: 5_000 }), landings(some))
  })
})

it("a behaviour's plan has its own delays, and the usual ones where it says nothing", () => {
  deepStrictEqual(planOfBehavior({ number: "+1", outcome: "delivered" }, 9), { delay_ms: 9, outcome: "delivered" })
  deepStrictEqual(
    planOfBehavior({ error_code: 30005, landing_ms: 40, number: "+1", outcome: "undelivered", sending_ms: 1 }, 9),
    { delay_ms: 1, error_code: 30005, landing_ms: 40, outcome: "undelivered" },
  )
})
