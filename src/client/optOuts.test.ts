import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import { seededRuns } from "../../test/support/seeded.ts"
import { makeOptOuts } from "./optOuts.ts"

const [ann, bob] = ["+15551234567", "+15557654321"]
const [ours, other, service] = ["+15559876543", "+15550000001", `MG${"1".repeat(32)}`]

describe("Opt-outs", () => {
  it.effect("forbid messages of the sender they are about, and of no other", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut(ann, ours)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), true)
      strictEqual(yield* optOuts.isOptedOut(ann, service), false)
      strictEqual(yield* optOuts.isOptedOut(bob, ours), false)
    }),
  )
  it.effect("from all senders forbid every message, and end as a whole", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut(ann)
      strictEqual(yield* optOuts.isOptedOut(ann, other), true)
      yield* optOuts.optIn(ann, other)
      strictEqual(yield* optOuts.isOptedOut(ann, other), true)
      yield* optOuts.optIn(ann)
      strictEqual(yield* optOuts.isOptedOut(ann, other), false)
    }),
  )
  it.effect("are listed, newest first", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      yield* optOuts.optOut(bob, ours)
      yield* TestClock.adjust(1_000)
      yield* optOuts.optOut(ann)
      yield* TestClock.adjust(1_000)
      yield* optOuts.isOptedOut(bob, ours)
      deepStrictEqual(yield* optOuts.list, [
        { recipient: ann, sender: null, since: new Date(1_000) },
        { recipient: bob, sender: ours, since: new Date(0) },
      ])
    }),
  )
  it.effect("are forgotten after their time, and not later because they were asked for", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts({ keepMs: 60_000 })
      yield* optOuts.optOut(ann, ours)
      yield* TestClock.adjust(40_000)
      yield* optOuts.optOut(ann, other)
      yield* TestClock.adjust(19_999)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), true)
      yield* TestClock.adjust(1)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), false)
      strictEqual(yield* optOuts.isOptedOut(ann, other), true)
      deepStrictEqual(
        (yield* optOuts.list).map(({ sender }) => sender),
        [other],
      )
    }),
  )
  it.effect("are bounded: who was asked for longest ago is forgotten first", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts({ max: 2 })
      yield* optOuts.optOut(ann)
      yield* optOuts.optOut(bob)
      yield* optOuts.isOptedOut(ann, ours)
      yield* optOuts.optOut("+15551111111")
      strictEqual(yield* optOuts.isOptedOut(bob, ours), false)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), true)
    }),
  )
  it.effect("of one recipient are bounded, too: of too many senders they become one of all", () =>
    Effect.gen(function* () {
      const optOuts = makeOptOuts()
      for (let n = 0; n < 100; n++) yield* optOuts.optOut(ann, `+1555000${1_000 + n}`)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), false)
      yield* optOuts.optOut(ann, service)
      strictEqual((yield* optOuts.list).length, 1)
      strictEqual(yield* optOuts.isOptedOut(ann, ours), true)
    }),
  )

  const steps = FastCheck.array(
    FastCheck.record({
      does: FastCheck.constantFrom("out", "in", "ask"),
      recipient: FastCheck.constantFrom(ann, bob),
      sender: FastCheck.constantFrom(ours, other, service, undefined),
    }),
    { maxLength: 30 },
  )
  it.effect.prop(
    "are a set of pairs, in which one without sender stands for all",
    [steps],
    ([todo]) =>
      Effect.gen(function* () {
        const optOuts = makeOptOuts()
        let model: ReadonlyArray<readonly [string, string | undefined]> = []
        for (const { does, recipient, sender } of todo) {
          const others = model.filter(([r, s]) => r !== recipient || s !== sender)
          if (does === "out") {
            yield* optOuts.optOut(recipient, sender)
            model = [...others, [recipient, sender]]
          } else if (does === "in") {
            yield* optOuts.optIn(recipient, sender)
            model = sender === undefined ? model.filter(([r]) => r !== recipient) : others
          } else {
            const forbidden = model.some(([r, s]) => r === recipient && (s === undefined || s === (sender ?? ours)))
            strictEqual(yield* optOuts.isOptedOut(recipient, sender ?? ours), forbidden)
          }
        }
      }),
    seededRuns(40),
  )
})
