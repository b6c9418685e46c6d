import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { at, type Fact, givenEntries } from "../../test/support/given.ts"
import { seededRuns } from "../../test/support/seeded.ts"
import type { Entry } from "../core/Entry.ts"
import {
  type Cleared,
  dataCleared,
  timerCancelled,
  timerFired,
  timerSet,
  timersSwapped,
  turnFailed,
} from "../core/entries.ts"
import { nextTimer, type Timer, type Timers, timersMachine } from "./timers.machine.ts"

/** Timers alone, moved by entries without a world. */
const agenda = () => {
  const timers = timersMachine.initial()
  let seq = 0
  const happen = (fact: Fact) => {
    const entry: Entry<unknown> = { seq: ++seq, at: 0, cause: 0, kind: "outcome", ...fact }
    for (const { type, run } of timersMachine.evolve) if (type === fact.type) run(timers, entry)
    return seq
  }
  return {
    timers,
    set: (key: string, due: number, subject = "") => happen(timerSet.draft(subject, { due, key })),
    fire: (key: string) => happen(timerFired.draft("", { key })),
    cancel: (key: string) => happen(timerCancelled.draft("", { keys: [key] })),
    fail: (input: { type: string; data: unknown }) =>
      happen(turnFailed.draft("", { error: "a rule threw", input: { cause: 0, subject: "", ...input } })),
  }
}

/** Fires whatever comes next until nothing is left. */
const drain = ({ timers, fire }: ReturnType<typeof agenda>): ReadonlyArray<Timer> => {
  const fired: Array<Timer> = []
  for (let next = nextTimer(timers); next !== undefined; next = nextTimer(timers)) {
    fired.push(next)
    fire(next.key)
  }
  return fired
}

const isEmpty = ({ heap, byKey }: Timers) => heap.length === 0 && byKey.size === 0

type Order =
  | { readonly _tag: "set"; readonly key: string; readonly due: number }
  | { readonly _tag: "cancel"; readonly key: string }
  | { readonly _tag: "fail"; readonly key: string }
  | { readonly _tag: "fire" }

/** Few keys, so that they are set again while they wait; few instants, so that many are due at once. */
const key = FastCheck.constantFrom(..."abcdefghij")
const order: FastCheck.Arbitrary<Order> = FastCheck.oneof(
  { weight: 5, arbitrary: FastCheck.record({ _tag: FastCheck.constant("set" as const), key, due: FastCheck.nat(20) }) },
  { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("cancel" as const), key }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("fail" as const), key }) },
  { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("fire" as const) }) },
)

describe("timers", () => {
  it("come in the order of their instants, and those of one instant in the order they were set", () => {
    const all = agenda()
    for (const [key, due] of [
      ["a", 30],
      ["b", 10],
      ["c", 20],
      ["d", 10],
      ["e", 30],
      ["f", 0],
    ] as const)
      all.set(key, due)
    deepStrictEqual(
      drain(all).map((timer) => timer.key),
      ["f", "b", "d", "c", "a", "e"],
    )
    assertTrue(isEmpty(all.timers))
  })

  it("know what set them", () => {
    const all = agenda()
    all.set("a", 5, "SM1")
    const set = all.set("b", 3, "SM2")
    deepStrictEqual(nextTimer(all.timers), { key: "b", subject: "SM2", due: 3, order: 1, set })
  })

  it("set again are due at the new instant only, earlier or later, and count as set then", () => {
    const all = agenda()
    all.set("later", 10)
    all.set("sooner", 30)
    all.set("other", 20)
    all.set("later", 20)
    all.set("sooner", 5)
    deepStrictEqual(
      drain(all).map(({ key, due }) => [key, due]),
      [
        ["sooner", 5],
        ["other", 20],
        ["later", 20],
      ],
    )
  })

  it("that are cancelled or fired twice, or were never set, change nothing", () => {
    const all = agenda()
    all.set("a", 1)
    all.cancel("x")
    all.fire("x")
    all.cancel("a")
    all.cancel("a")
    strictEqual(nextTimer(all.timers), undefined)
    assertTrue(isEmpty(all.timers))
  })

  it("a key can be set again after its timer fired", () => {
    const all = agenda()
    all.set("a", 1)
    all.fire("a")
    all.set("a", 2)
    deepStrictEqual(
      drain(all).map(({ due }) => due),
      [2],
    )
  })

  it.prop(
    "come as from a sorted list, whatever is set, replaced, cancelled and fired",
    [FastCheck.array(order, { maxLength: 60 })],
    ([orders]) => {
      const all = agenda()
      const model = new Map<string, { readonly due: number; readonly order: number }>()
      let count = 0
      const first = () =>
        [...model].sort(([, a], [, b]) => a.due - b.due || a.order - b.order).map(([key, { due }]) => ({ key, due }))[0]
      for (const each of orders) {
        switch (each._tag) {
          case "set":
            all.set(each.key, each.due)
            model.set(each.key, { due: each.due, order: count++ })
            break
          case "cancel":
            all.cancel(each.key)
            model.delete(each.key)
            break
          case "fail":
            all.fail({ type: timerFired.type, data: { key: each.key } })
            model.delete(each.key)
            break
          case "fire": {
            const next = first()
            if (next === undefined) break
            all.fire(next.key)
            model.delete(next.key)
          }
        }
        const next = nextTimer(all.timers)
        deepStrictEqual(next === undefined ? undefined : { key: next.key, due: next.due }, first())
        strictEqual(all.timers.byKey.size, model.size)
      }
      for (const { key, due } of drain(all)) {
        deepStrictEqual({ key, due }, first())
        model.delete(key)
      }
      strictEqual(model.size, 0)
      assertTrue(isEmpty(all.timers))
    },
    seededRuns(500),
  )
})

/** Room for what is left and a little more. */
const isSmall = ({ heap, byKey }: Timers) => heap.length <= Math.max(1_001, 2 * byKey.size + 1)

describe("the heap of timers", () => {
  const many = 5_000
  /** Spreads the instants, the same way every time. */
  const dueOf = (i: number) => 1_000 + ((i * 7_919) % many)

  it("lets go of timers that were cancelled before they came to the top", () => {
    const all = agenda()
    all.set("first", 0)
    for (let i = 0; i < many; i++) all.set(`k${i}`, dueOf(i))
    for (let i = 0; i < many; i++) {
      if (i % 100 !== 0) all.cancel(`k${i}`)
      assertTrue(isSmall(all.timers))
    }
    const left = drain(all)
    deepStrictEqual(
      left.map(({ key }) => key),
      [
        "first",
        ...Array.from({ length: many / 100 }, (_, i) => i * 100)
          .sort((a, b) => dueOf(a) - dueOf(b))
          .map((i) => `k${i}`),
      ],
    )
  })

  it("lets go of timers that were set again", () => {
    const all = agenda()
    all.set("first", 0)
    for (let i = 0; i < many; i++) {
      all.set("again", dueOf(i))
      assertTrue(isSmall(all.timers))
    }
    deepStrictEqual(
      drain(all).map(({ key, due }) => [key, due]),
      [
        ["first", 0],
        ["again", dueOf(many - 1)],
      ],
    )
  })
})

const set = (key: string, subject: string, due = 10) => timerSet.draft(subject, { due, key })
const cancelled = (key: string, subject: string) => timerCancelled.draft(subject, { keys: [key] })

describe("cleared data", () => {
  const facts = [set("m", "SM1"), set("p", "MM1"), set("c", "CA1"), set("s", "CH1"), set("n", "")]
  const cancels: ReadonlyArray<readonly [what: Cleared, keys: ReadonlyArray<string>]> = [
    ["messages", ["m", "p"]],
    ["calls", ["c"]],
    ["callbacks", []],
    ["all", ["m", "p", "c", "s", "n"]],
  ]

  it.each(cancels)("(%s) cancels the timers about it", (what, keys) => {
    const after = givenEntries([], ...facts).when(dataCleared.draft("", { what }))
    after.then(...(keys.length === 0 ? [] : [timerCancelled.draft("", { keys })]))
    deepStrictEqual(
      [...after.world.slice(timersMachine).byKey.keys()],
      facts.map(({ data }) => data.key).filter((key) => !keys.includes(key)),
    )
  })

  it("has no timer to cancel that has fired or was cancelled already", () =>
    givenEntries([], ...facts, timerFired.draft("SM1", { key: "m" }), cancelled("p", "MM1"))
      .when(dataCleared.draft("", { what: "messages" }))
      .then())
})

describe("a rule that throws when a timer fires", () => {
  const failed = (input: { type: string; data: unknown }) =>
    turnFailed.draft("", { error: "a rule threw", input: { cause: 1, subject: "SM1", ...input } })

  it("loses that timer, so that it does not fire again and again", () => {
    const { world } = givenEntries([], set("m", "SM1"), set("p", "MM1", 20)).when(
      at(10, failed({ type: timerFired.type, data: { key: "m" } })),
    )
    strictEqual(nextTimer(world.slice(timersMachine))?.key, "p")
  })

  it("loses no timer when it was another input", () => {
    const { world } = givenEntries([], set("m", "SM1")).when(
      failed({ type: timerSet.type, data: { due: 1, key: "m" } }),
    )
    strictEqual(nextTimer(world.slice(timersMachine))?.key, "m")
  })
})

describe("swapping two timers", () => {
  const pending = (dueA: number, dueB: number) =>
    givenEntries(
      [],
      at(0, timerSet.draft("SM1", { due: dueA, key: "a" })),
      at(0, timerSet.draft("SM2", { due: dueB, key: "b" })),
    )
  const next = ({ world }: { readonly world: ReturnType<typeof givenEntries>["world"] }) =>
    nextTimer(world.slice(timersMachine))?.key

  it("makes each due when the other was, and sets first the one that goes first now", () => {
    const stage = pending(10, 20).when(timersSwapped.draft("", { keys: ["a", "b"] }))
    stage.then(timerSet.draft("SM2", { due: 10, key: "b" }), timerSet.draft("SM1", { due: 20, key: "a" }))
    strictEqual(next(stage), "b")
  })
  it("is the same whichever is named first", () =>
    pending(10, 20)
      .when(timersSwapped.draft("", { keys: ["b", "a"] }))
      .then(timerSet.draft("SM2", { due: 10, key: "b" }), timerSet.draft("SM1", { due: 20, key: "a" })))
  it("of one instant changes their order", () => {
    const stage = pending(10, 10)
    strictEqual(next(stage), "a")
    strictEqual(next(stage.when(timersSwapped.draft("", { keys: ["a", "b"] }))), "b")
  })
  it("of which one is not pending, or that are one, changes nothing", () => {
    pending(10, 20)
      .when(timersSwapped.draft("", { keys: ["a", "c"] }))
      .then()
    pending(10, 20)
      .when(timersSwapped.draft("", { keys: ["c", "b"] }))
      .then()
    pending(10, 20)
      .when(timersSwapped.draft("", { keys: ["a", "a"] }))
      .then()
  })
})
