import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import { seeded } from "../../test/support/seeded.ts"
import { makeOptOuts } from "./optOuts.ts"

const [ann, bob] = ["+15551234567", "+15557654321"]
const [ours, other, service] = ["+15559876543", "+15550000001", `MG${"1".repeat(32)}`]

describe("Opt-outs", () => {
  it.effect("forbid messages of the sender they are about, and of no other", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut({ recipient: ann, sender: ours }, "keyword")
      strictEqual((yield* optOuts.find(ann, [ours]))?.source, "keyword")
      strictEqual((yield* optOuts.find(ann, [service, ours]))?.sender, ours)
      strictEqual(yield* optOuts.find(ann, [other]), undefined)
      strictEqual(yield* optOuts.find(bob, [ours]), undefined)
    }),
  )
  it.effect("towards all senders forbid every message", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut({ recipient: ann }, "application")
      assertTrue((yield* optOuts.find(ann, [other])) !== undefined)
      assertTrue((yield* optOuts.find(ann, [])) !== undefined)
    }),
  )
  it.effect("end by an opt-in, which says whether there was one", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut({ recipient: ann, sender: ours }, "keyword")
      yield* optOuts.optOut({ recipient: ann, sender: service }, "refused")
      strictEqual(yield* optOuts.optIn({ recipient: ann, sender: other }), false)
      strictEqual(yield* optOuts.optIn({ recipient: ann, sender: ours }), true)
      strictEqual(yield* optOuts.find(ann, [ours]), undefined)
      strictEqual((yield* optOuts.find(ann, [service]))?.source, "refused")
      strictEqual(yield* optOuts.optIn({ recipient: ann }), true)
      deepStrictEqual(yield* optOuts.list, [])
      strictEqual(yield* optOuts.optIn({ recipient: ann }), false)
    }),
  )
  it.effect("are listed in the order they became known", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut({ recipient: bob, sender: ours }, "keyword")
      yield* TestClock.adjust(1_000)
      yield* optOuts.optOut({ recipient: ann, sender: ours }, "refused")
      yield* TestClock.adjust(1_000)
      yield* optOuts.find(bob, [ours])
      deepStrictEqual(yield* optOuts.list, [
        { recipient: bob, sender: ours, source: "keyword", since: 0 },
        { recipient: ann, sender: ours, source: "refused", since: 1_000 },
      ])
    }),
  )
  it.effect("are forgotten after their time, and not sooner because they were asked for", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts({ keepMs: 60_000 })
      yield* optOuts.optOut({ recipient: ann, sender: ours }, "keyword")
      yield* TestClock.adjust(40_000)
      yield* optOuts.optOut({ recipient: ann, sender: other }, "keyword")
      yield* TestClock.adjust(19_999)
      assertTrue((yield* optOuts.find(ann, [ours])) !== undefined)
      yield* TestClock.adjust(1)
      strictEqual(yield* optOuts.find(ann, [ours]), undefined)
      assertTrue((yield* optOuts.find(ann, [other])) !== undefined)
      deepStrictEqual(
        (yield* optOuts.list).map(({ sender }) => sender),
        [other],
      )
    }),
  )
  it.effect("are bounded: who was asked for longest ago is forgotten first", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts({ max: 2 })
      const phones = [ann, bob, "+15551111111"] as const
      yield* optOuts.optOut({ recipient: phones[0] }, "keyword")
      yield* optOuts.optOut({ recipient: phones[1] }, "keyword")
      yield* optOuts.find(phones[0], [ours])
      yield* optOuts.optOut({ recipient: phones[2] }, "keyword")
      strictEqual(yield* optOuts.find(phones[1], [ours]), undefined)
      assertTrue((yield* optOuts.find(phones[0], [ours])) !== undefined)
    }),
  )
  it.effect("of one recipient are bounded, too: of too many senders they become one of all", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      for (let n = 0; n <= 100; n++)
        yield* optOuts.optOut({ recipient: ann, sender: `+1555000${1_000 + n}` }, "keyword")
      strictEqual((yield* optOuts.list).length, 1)
      assertTrue((yield* optOuts.find(ann, [ours])) !== undefined)
    }),
  )

  const steps = FastCheck.array(
    FastCheck.record({
      does: FastCheck.constantFrom("out", "in", "ask"),
      recipient: FastCheck.constantFrom(ann, bob),
      sender: FastCheck.constantFrom(ours, other, service, undefined),
    }),
    { maxLength: 40 },
  )
  it.effect.prop(
    "are a set of pairs, in which one without sender stands for all",
    [steps],
    ([todo]) =>
      Effect.gen(function* () {
        const optOuts = makeOptOuts()
        let model: ReadonlyArray<readonly [string, string | undefined]> = []
        for (const { does, recipient, sender } of todo) {
          const without = () => model.filter(([r, s]) => r !== recipient || (sender !== undefined && s !== sender))
          if (does === "out") {
            yield* optOuts.optOut({ recipient, sender }, "application")
            model = [...model.filter(([r, s]) => r !== recipient || s !== sender), [recipient, sender]]
          } else if (does === "in") {
            const left = without()
            strictEqual(yield* optOuts.optIn({ recipient, sender }), left.length < model.length)
            model = left
          } else {
            const senders = sender === undefined ? [] : [sender]
            const forbidden = model.some(([r, s]) => r === recipient && (s === undefined || s === sender))
            strictEqual((yield* optOuts.find(recipient, senders)) !== undefined, forbidden)
          }
        }
      }),
    seeded,
  )
})
