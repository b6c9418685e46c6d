import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { ProviderDecided } from "./entries.ts"
import { generic } from "./generic.ts"
import { defaultProfile, type Outage, type SimulatedProfile } from "./profile.ts"
import { type Arriving, answerOf, decideRequest, outageAt, receiptText, type Standing } from "./simulate.ts"

const start = 1_000_000
const request: Arriving = {
  provider: "provider1",
  reference: "r1",
  n: 1,
  phone: "+8801921317475",
  text: "Hello",
  at: start,
}
const standing: Standing = {
  profile: defaultProfile,
  seed: 1,
  startedAt: start,
  inSecond: 0,
  takenAs: undefined,
  cost: { currency: "USD", micros: 5_000 },
}
const decide = (
  profile: Partial<SimulatedProfile>,
  more: Partial<Arriving> = {},
  known: Partial<Standing> = {},
): ProviderDecided => {
  const arriving = { ...request, ...more }
  const { provider, reference } = arriving
  const decided = decideRequest(arriving, { ...standing, profile: { ...defaultProfile, ...profile }, ...known })
  return { ...decided, provider, reference }
}
const outcome = (decided: ProviderDecided) => {
  const { body, drop, status } = answerOf(decided)
  return drop ?? generic.read({ body, status })
}

describe("a simulated provider", () => {
  it("takes a text, says what it costs, and tells that it was delivered", () => {
    const decided = decide({})
    strictEqual(decided.fate, "taken")
    deepStrictEqual(outcome(decided), {
      _tag: "Accepted",
      providerMessageId: decided.message_id ?? "",
      cost: { currency: "USD", micros: 5_000 },
    })
    deepStrictEqual(
      decided.receipts?.map(({ status }) => status),
      ["delivered"],
    )
    const [receipt] = decided.receipts ?? []
    assertTrue(receipt !== undefined)
    deepStrictEqual(generic.receipt({ params: [], query: [], text: receiptText("m1", "r1", receipt) }), {
      providerMessageId: "m1",
      status: "delivered",
      told: "delivered",
    })
  })

  it("does the same with the same request, and draws anew for another try", () => {
    deepStrictEqual(decide({}), decide({}))
    const drawn = (n: number) => decide({ latency: { min_ms: 0, max_ms: 9_999 } }, { n }).after_ms
    assertTrue(new Set([1, 2, 3, 4].map(drawn)).size > 1)
  })

  it("takes as long as its latency says, both ends included", () => {
    const taken = Array.from({ length: 200 }, (_, n) => decide({ latency: { min_ms: 3, max_ms: 5 } }, { n }).after_ms)
    deepStrictEqual([...new Set(taken)].sort(), [3, 4, 5])
  })

  it.each([
    ["lost_bp", "lost", "reset"],
    ["failing_bp", "failing", "provider"],
    ["refused_bp", "refused", "message"],
    ["unanswered_bp", "unanswered", "timeout"],
  ] as const)("of which %s is everything: %s", (chance, fate, seen) => {
    const decided = decide({ [chance]: 10_000 })
    const said = outcome(decided)
    deepStrictEqual(
      [decided.fate, typeof said === "string" ? said : said._tag === "Refused" && said.blames],
      [fate, seen],
    )
  })

  it("has a chance of a fault as often as its profile says", () => {
    const lost = Array.from({ length: 4_000 }, (_, n) => decide({ lost_bp: 2_500 }, { reference: `r${n}` }).fate)
    const share = lost.filter((fate) => fate === "lost").length / lost.length
    assertTrue(share > 0.23 && share < 0.27)
  })

  it("that answers nothing has taken the text all the same, and tells so later", () => {
    const decided = decide({ unanswered_bp: 10_000 })
    assertTrue(decided.message_id !== undefined && decided.receipts?.length === 1)
  })

  it("above its own limit answers 429, and when there is room again", () => {
    const decided = (inSecond: number) => outcome(decide({ limit_per_second: 3 }, { at: start + 400 }, { inSecond }))
    strictEqual((decided(2) as { _tag: string })._tag, "Accepted")
    deepStrictEqual(decided(3), { _tag: "Limited", retryAfterMs: 600 })
  })

  it("takes no text twice under one reference", () => {
    const again = decide({}, {}, { takenAs: "m0" })
    deepStrictEqual([again.fate, again.message_id, again.receipts], ["repeated", "m0", undefined])
  })

  it.each([
    [{ phone: "" }, "phone is no phone number"],
    [{ phone: "call me" }, "phone is no phone number"],
    [{ text: "" }, "text is empty"],
  ])("refuses %o", (wrong, reason) =>
    deepStrictEqual(outcome(decide({}, wrong)), {
      _tag: "Refused",
      code: "invalid_message",
      reason,
      blames: "message",
      retryable: false,
    }),
  )

  it("that lies says one thing and then the other, or nothing at all", () => {
    const told = (profile: Partial<SimulatedProfile>) => decide(profile).receipts?.map(({ status }) => status)
    deepStrictEqual(told({ contradicting_bp: 10_000 }), ["delivered", "undelivered"])
    deepStrictEqual(told({ silent_bp: 10_000 }), [])
    deepStrictEqual(told({ undelivered_bp: 10_000 }), ["undelivered"])
  })
})

describe("an outage", () => {
  const once: Outage = { from_ms: 10_000, for_ms: 5_000, how: "503" }
  const often: Outage = { ...once, every_ms: 60_000, how: "connect" }

  it.each([
    [9_999, undefined],
    [10_000, once],
    [14_999, once],
    [15_000, undefined],
    [70_000, undefined],
  ])("once: at %i ms", (at, outage) => deepStrictEqual(outageAt([once], at), outage))

  it.each([
    [9_999, undefined],
    [10_000, often],
    [15_000, undefined],
    [70_000, often],
    [74_999, often],
    [75_000, undefined],
  ])("again and again: at %i ms", (at, outage) => deepStrictEqual(outageAt([often], at), outage))

  it.each([
    ["503", { _tag: "Refused", code: "http 503", reason: "out of order", blames: "provider", retryable: true }],
    ["connect", "connect"],
    ["timeout", "timeout"],
  ] as const)("shows as %s", (how, seen) =>
    deepStrictEqual(outcome(decide({ outages: [{ from_ms: 0, for_ms: 1, how }] })), seen),
  )
})
