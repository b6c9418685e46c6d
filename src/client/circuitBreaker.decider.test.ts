import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../test/support/seeded.ts"
import { ask, type Circuit, type CircuitResult, type CircuitRules, closed, ended } from "./circuitBreaker.decider.ts"

const rules: CircuitRules = { failures: 5, successes: 2, resetMs: 30_000 }
const failed = (failures: number): Circuit => ({ _tag: "Closed", epoch: 0, failures })
const open: Circuit = { _tag: "Open", epoch: 1, until: 40_000 }
const half = (successes: number, probing: boolean): Circuit => ({ _tag: "HalfOpen", epoch: 2, successes, probing })

describe("A circuit that is asked", () => {
  it("lets through what comes while it is closed", () =>
    deepStrictEqual(ask(failed(4), 0), { _tag: "LetThrough", circuit: failed(4), permit: 0 }))
  it("refuses while it is open, and says for how long", () =>
    deepStrictEqual(ask(open, 39_999), { _tag: "Refused", circuit: open, retryInMs: 1 }))
  it("lets the first through when its time is over, and is half open", () =>
    deepStrictEqual(ask(open, 40_000), { _tag: "LetThrough", circuit: half(0, true), permit: 2 }))
  it("half open refuses while one is tried, and lets the next through after it", () => {
    deepStrictEqual(ask(half(0, true), 0), { _tag: "Refused", circuit: half(0, true), retryInMs: undefined })
    deepStrictEqual(ask(half(1, false), 0), { _tag: "LetThrough", circuit: half(1, true), permit: 2 })
  })
})

describe("A circuit that is told how a request ended", () => {
  const closedAgain: Circuit = { _tag: "Closed", epoch: 3, failures: 0 }
  const openAgain: Circuit = { _tag: "Open", epoch: 3, until: 31_000 }
  it.each<readonly [Circuit, CircuitResult, Circuit]>([
    [failed(3), "failure", failed(4)],
    [failed(4), "failure", { _tag: "Open", epoch: 1, until: 31_000 }],
    [failed(4), "success", failed(0)],
    [failed(0), "success", failed(0)],
    [failed(4), "neither", failed(4)],
    [half(0, true), "success", half(1, false)],
    [half(1, true), "success", closedAgain],
    [half(1, true), "failure", openAgain],
    [half(1, true), "neither", half(1, false)],
  ])("%j: %s leads to %j", (before, result, after) =>
    deepStrictEqual(ended(rules, before, before.epoch, result, 1_000), after),
  )
  it.each<readonly [Circuit, CircuitResult]>([
    [open, "success"],
    [open, "failure"],
    [half(1, true), "success"],
    [half(1, true), "failure"],
    [closedAgain, "failure"],
  ])("%j takes no notice of a %s of a request from before", (circuit, result) =>
    deepStrictEqual(ended(rules, circuit, circuit.epoch - 1, result, 1_000), circuit),
  )
  it("that is open takes no notice of its own epoch either", () =>
    deepStrictEqual(ended(rules, open, open.epoch, "success", 1_000), open))
})

/** The model: plain counts of what was let through, written from the specification and not from the code. */
interface Model {
  now: number
  state: "closed" | "open" | "half-open"
  failures: number
  successes: number
  openUntil: number
  /** Requests under way: the state they began in and how often it had changed by then. */
  readonly underWay: Array<{ readonly change: number; readonly permit: number }>
  changes: number
}
interface Real {
  circuit: Circuit
}
type Step = FastCheck.Command<Model, Real>
const stateOf = ({ _tag }: Circuit) => ({ Closed: "closed", Open: "open", HalfOpen: "half-open" })[_tag]
const change = (model: Model, state: Model["state"]) => {
  model.state = state
  model.failures = 0
  model.successes = 0
  model.changes++
}

const asks: Step = {
  check: () => true,
  toString: () => "asks",
  run: (model, real) => {
    if (model.state === "open" && model.now >= model.openUntil) change(model, "half-open")
    const probes = model.underWay.filter((one) => one.change === model.changes).length
    const expected = model.state === "closed" || (model.state === "half-open" && probes === 0)
    const asked = ask(real.circuit, model.now)
    strictEqual(asked._tag, expected ? "LetThrough" : "Refused")
    real.circuit = asked.circuit
    if (asked._tag === "LetThrough") model.underWay.push({ change: model.changes, permit: asked.permit })
    strictEqual(stateOf(real.circuit), model.state)
    if (model.state === "half-open")
      assertTrue(model.underWay.filter((one) => one.change === model.changes).length <= 1)
  },
}
const ends = (place: number, result: CircuitResult): Step => ({
  check: ({ underWay }) => underWay.length > 0,
  toString: () => `ends(${place}, ${result})`,
  run: (model, real) => {
    const [one] = model.underWay.splice(place % model.underWay.length, 1)
    real.circuit = ended(rules, real.circuit, one!.permit, result, model.now)
    if (one!.change === model.changes && result !== "neither") {
      const opens = () => {
        change(model, "open")
        model.openUntil = model.now + rules.resetMs
      }
      if (model.state === "closed") {
        model.failures = result === "failure" ? model.failures + 1 : 0
        if (model.failures === rules.failures) opens()
      } else if (result === "failure") opens()
      else if (++model.successes === rules.successes) change(model, "closed")
    }
    strictEqual(stateOf(real.circuit), model.state)
  },
})
const passes = (ms: number): Step => ({
  check: () => true,
  toString: () => `passes(${ms})`,
  run: (model) => {
    model.now += ms
  },
})

it("A circuit breaker does as its model does, whatever comes in whatever order", async () => {
  const result = FastCheck.oneof(
    { arbitrary: FastCheck.constant<CircuitResult>("failure"), weight: 5 },
    { arbitrary: FastCheck.constant<CircuitResult>("success"), weight: 3 },
    { arbitrary: FastCheck.constant<CircuitResult>("neither"), weight: 1 },
  )
  const seen = new Set<string>()
  const steps = FastCheck.commands(
    [
      FastCheck.constant(asks),
      FastCheck.tuple(FastCheck.nat(9), result).map(([place, how]) => ends(place, how)),
      FastCheck.constantFrom(1, 5_000, 29_999, 30_000).map(passes),
    ],
    { maxCommands: 120, size: "+1" },
  )
  const property = FastCheck.property(steps, (steps): void => {
    const real: Real = { circuit: closed }
    const model: Model = { now: 0, state: "closed", failures: 0, successes: 0, openUntil: 0, underWay: [], changes: 0 }
    FastCheck.modelRun(() => ({ model, real }), steps)
    seen.add(real.circuit._tag)
  })
  await FastCheck.assert(property, seededRuns(500).fastCheck)
  deepStrictEqual([...seen].sort(), ["Closed", "HalfOpen", "Open"])
})
