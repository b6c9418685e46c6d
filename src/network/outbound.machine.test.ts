import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { at, type Fact, givenEntries, type Stage } from "../../test/support/given.ts"
import { answered, failed, requested } from "../../test/support/outbound.ts"
import { seededRuns } from "../../test/support/seeded.ts"
import { timersMachine } from "../clock/timers.machine.ts"
import type { Draft } from "../core/Entry.ts"
import {
  type Cleared,
  dataCleared,
  type OutboundFailed,
  type OutboundRequested,
  outboundFailed,
  outboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { outboundMachine } from "./outbound.machine.ts"

const key = "retry t"
const retry = (due: number, subject = "SM1") => timerSet.draft(subject, { due, key })
const fired = timerFired.draft("SM1", { key })
const out = (...facts: ReadonlyArray<Fact>) => givenEntries(outboundMachine, ...facts)
const slice = ({ world }: Stage) => world.slice(outboundMachine)
/** The slice without what only lasts a turn. */
const kept = (stage: Stage) => {
  const { attempts, onWire, pending, waiting } = slice(stage)
  return structuredClone({ attempts, onWire, pending: [...pending], waiting: [...waiting] })
}
const lastSeq = ({ made }: Stage) => made.at(-1)?.entry.seq ?? 0

const failing: ReadonlyArray<number> = [0, 100, 199, 300, 301, 304, 400, 401, 404, 410, 418, 429, 499, 500, 503, 599]
const fine: ReadonlyArray<number> = [200, 201, 202, 204, 206, 299]
const reasons: ReadonlyArray<OutboundFailed["reason"]> = [
  "connect",
  "timeout",
  "reset",
  "refused",
  "not-recorded",
  "cancelled",
]

describe("a callback", () => {
  it.each(fine)("that is answered %i is done", (status) => {
    const stage = out(requested()).when(answered(status, 1))
    stage.then()
    strictEqual(slice(stage).pending.size, 0)
    strictEqual(slice(stage).onWire, 0)
  })

  it.each(failing)("that is answered %i is tried again after the first gap", (status) => {
    const stage = out(at(500, requested())).when(at(700, answered(status, 1)))
    stage.then({ ...retry(1_700), cause: 2 })
    strictEqual(slice(stage).waiting.size, 1)
  })

  it.each(reasons)("that fails (%s) is tried again", (reason) =>
    out(requested())
      .when(at(700, failed(reason, 1)))
      .then(retry(1_700)),
  )

  it("whose target is not permitted is not tried again", () =>
    out(requested())
      .when(outboundFailed.draft("SM1", { detail: "not-allowed", reason: "refused" }, 1))
      .then())

  it("is sent again as it was, with the next number and the same token", () => {
    const request: Partial<OutboundRequested> = { connect: "http://localhost/x", params: [["a", "b"]], sign: "twilio" }
    const stage = out(requested(request)).when(answered(500, 1)).when(at(1_000, fired))
    stage.then(requested({ ...request, attempt: 2 }))
    deepStrictEqual([...slice(stage).pending.keys()], [lastSeq(stage)])
    strictEqual(slice(stage).waiting.size, 0)
  })

  /** Every attempt is answered `status` at once: when they are made, until no timer is set. */
  const attemptsAt = (attempts: number, gap_ms: number, answer: (n: number, cause: number) => Draft) => {
    const made = [0]
    let stage = out(requested({ retry: { attempts, gap_ms } }))
    for (let request = 1; ; ) {
      stage = stage.when(answer(made.length, request))
      const timer = stage.made[1]?.entry
      if (timer === undefined) return { made, stage }
      const { due } = timer.data as { due: number }
      stage = stage.when(at(due, fired))
      made.push(due)
      request = lastSeq(stage)
    }
  }

  it.each([
    [1, 1_000, [0]],
    [2, 1_000, [0, 1_000]],
    [3, 5_000, [0, 5_000, 15_000]],
    [6, 100, [0, 100, 300, 700, 1_500, 3_100]],
    [3, 0, [0, 0, 0]],
  ])("is tried %i times in all, and every gap from %i ms on is twice the one before", (attempts, gap, instants) => {
    deepStrictEqual(attemptsAt(attempts, gap, (_, cause) => answered(500, cause)).made, instants)
    deepStrictEqual(attemptsAt(attempts, gap, (_, cause) => failed("reset", cause)).made, instants)
  })

  it("waits no longer than the longest gap there is, however often it is tried", () => {
    const { made } = attemptsAt(20, limits.retryGapMsMax / 2, (_, cause) => answered(500, cause))
    strictEqual(made[1], limits.retryGapMsMax / 2)
    for (let n = 2; n < 20; n++) strictEqual((made[n] ?? 0) - (made[n - 1] ?? 0), limits.retryGapMsMax)
  })

  it("is done with the first attempt that is answered well", () => {
    const { made, stage } = attemptsAt(5, 100, (n, cause) => answered(n === 3 ? 204 : 500, cause))
    deepStrictEqual(made, [0, 100, 300])
    deepStrictEqual(kept(stage), { attempts: 3, onWire: 0, pending: [], waiting: [] })
  })

  it("that had no second attempt to begin with is not tried again", () => {
    out(requested({ retry: { attempts: 1, gap_ms: 1_000 } }))
      .when(answered(500, 1))
      .then()
    const { retry: _, ...once } = requested().data as OutboundRequested
    out({ ...requested(), data: once })
      .when(answered(500, 1))
      .then()
  })
})

describe("a failure", () => {
  it.each([
    ["counts from the request and the time it took in the world", 1_000, 1_000, 15_000, 17_000],
    ["that took no time counts from the request", 1_000, 1_000, 0, 2_000],
    ["known later than that counts from when it was known", 1_000, 20_000, 15_000, 21_000],
    ["that does not say how long it took counts from when it was known", 1_000, 4_000, undefined, 5_000],
  ])("%s", (_, asked, known, after, due) =>
    out(at(asked, requested()))
      .when(at(known, failed("timeout", 1, after)))
      .then(retry(due)),
  )
})

describe("requests of other purposes", () => {
  it.each(["twiml", "provider", "lookup", ""])("(%s) are not tried again here", (purpose) => {
    const stage = out(requested({ purpose })).when(answered(500, 1))
    stage.then()
    strictEqual(slice(stage).pending.size, 0)
    out(requested({ purpose })).when(failed("connect", 1)).then()
  })
})

describe("an answer", () => {
  const here = () => out(requested(), requested({ token: "u" }, "SM2"))

  it.each([
    ["to a request that never was", answered(500, 99)],
    ["to nothing", { ...answered(500, 1), cause: 0 }],
    ["well meant, to a request that never was", answered(200, 99)],
    ["that failed, to a request that never was", failed("reset", 99)],
  ])("%s changes nothing", (_, answer) => {
    const before = kept(here())
    const stage = here().when(answer)
    stage.then()
    deepStrictEqual(kept(stage), before)
  })

  it.each([500, 200])("that comes twice (%i) counts once", (status) => {
    const once = here().when(answered(status, 1))
    const before = kept(once)
    const twice = once.when(answered(500, 1))
    twice.then()
    deepStrictEqual(kept(twice), before)
  })

  it("to one request leaves the others alone", () => {
    const stage = here().when(answered(500, 2))
    stage.then(timerSet.draft("SM2", { due: 1_000, key: "retry u" }))
    deepStrictEqual([...slice(stage).pending.keys()], [1])
  })

  it("brings each of several failing requests its own next attempt", () => {
    const stage = here()
      .when(answered(500, 1))
      .when(at(300, answered(500, 2)))
      .when(at(1_000, fired))
    stage.then(requested({ attempt: 2 }))
    stage
      .when(at(1_300, timerFired.draft("SM2", { key: "retry u" })))
      .then(requested({ attempt: 2, token: "u" }, "SM2"))
  })
})

describe("requests over the wire", () => {
  it("are counted apart from those inside the world", () => {
    const stage = out(requested(), requested({ token: "u", via: "world" }), requested({ token: "v" }))
    strictEqual(slice(stage).onWire, 2)
    const inside = stage.when(answered(200, 2))
    strictEqual(slice(inside).onWire, 2)
    strictEqual(slice(inside.when(failed("reset", 3))).onWire, 1)
    strictEqual(slice(inside).attempts, 3)
  })
})

const subjects = ["SM1", "MM1", "CA1", "CH1"]
const cleared: ReadonlyArray<readonly [what: Cleared, subjects: ReadonlyArray<string>]> = [
  ["messages", ["SM1", "MM1"]],
  ["calls", ["CA1"]],
  ["callbacks", subjects],
  ["all", subjects],
]
const cases = cleared.flatMap(([what, about]) =>
  subjects.map((subject) => [what, subject, about.includes(subject)] as const),
)

describe("clearing", () => {
  it.each(cases)("%s while a request about %s is on its way ends its attempts: %s", (what, subject, ends) => {
    const after = out(requested({}, subject)).when(dataCleared.draft("", { what }))
    after.then()
    strictEqual(slice(after).pending.size, 1)
    const answer = after.when(at(10, { ...answered(500, 1), subject }))
    if (ends) answer.then()
    else answer.then(retry(1_010, subject))
    strictEqual(slice(answer).pending.size, 0)
  })

  it.each(cases)("%s while one about %s waits for its next attempt cancels it: %s", (what, subject, ends) => {
    const waiting = out(requested({}, subject)).when({ ...answered(500, 1), subject })
    const after = waiting.when(dataCleared.draft("", { what }))
    if (ends) after.then(timerCancelled.draft("", { keys: [key] }))
    else after.then()
    strictEqual(slice(after).waiting.size, ends ? 0 : 1)
    const late = after.when(at(1_000, { ...fired, subject }))
    if (ends) late.then()
    else late.then(requested({ attempt: 2 }, subject))
  })

  it.each([
    ["messages", 2],
    ["calls", 2],
    ["callbacks", 0],
    ["all", 0],
  ] as const)("%s leaves %i attempts on the count", (what, left) =>
    strictEqual(slice(out(requested(), requested({ token: "u" }), dataCleared.draft("", { what }))).attempts, left),
  )

  it("does not end the attempts of what is asked for later", () =>
    out(dataCleared.draft("", { what: "all" }), requested())
      .when(answered(500, 2))
      .then(retry(1_000)))
})

describe("a rule that throws", () => {
  const threw = (input: { type: string; data: unknown; cause?: number }) =>
    turnFailed.draft("", { error: "a rule threw", input: { cause: 0, subject: "SM1", ...input } })

  it("on a retry's timer ends that request's attempts", () => {
    const stage = out(requested())
      .when(answered(500, 1))
      .when(threw({ type: timerFired.type, data: { key } }))
    stage.then()
    deepStrictEqual(kept(stage), { attempts: 1, onWire: 0, pending: [], waiting: [] })
    stage.when(at(1_000, fired)).then()
  })

  it.each([
    ["outbound.answered", { body: "", status: 500 }],
    ["outbound.failed", { reason: "reset" }],
  ])("on an answer (%s) ends that request's attempts", (type, data) => {
    const stage = out(requested(), requested({ token: "u" })).when(threw({ type, data, cause: 1 }))
    stage.then()
    strictEqual(slice(stage).onWire, 1)
    deepStrictEqual([...slice(stage).pending.keys()], [2])
    stage.when(answered(500, 1)).then()
  })

  it("on another input changes nothing", () => {
    const stage = out(requested()).when(threw({ type: outboundRequested.type, data: {}, cause: 1 }))
    deepStrictEqual(kept(stage), kept(out(requested())))
  })
})

describe("any course of events", () => {
  it.prop(
    "makes each attempt once, in order and not too early, and at most as many as the policy has",
    [
      FastCheck.array(
        FastCheck.tuple(FastCheck.constantFrom(200, 500, "reset", "again"), FastCheck.nat(9), FastCheck.nat(500)),
        {
          maxLength: 40,
        },
      ),
    ],
    ([events]) => {
      const tokens = ["t", "u", "v"]
      let stage = out(...tokens.map((token) => requested({ token, retry: { attempts: 3, gap_ms: 200 } })))
      const attempts = new Map(tokens.map((token) => [token, [0]]))
      for (const [event, pick, ms] of events) {
        const { pending } = slice(stage)
        const timers = [...stage.world.slice(timersMachine).byKey.values()]
        const now = stage.world.at + ms
        if (event === "again") {
          const timer = timers[pick % Math.max(1, timers.length)]
          if (timer === undefined) continue
          stage = stage.when(at(Math.max(now, timer.due), timerFired.draft("SM1", { key: timer.key })))
          for (const { entry } of stage.made)
            if (outboundRequested.is(entry)) attempts.get(entry.data.token)?.push(entry.at)
        } else {
          const seq = [...pending.keys()][pick % Math.max(1, pending.size)] ?? 0
          stage = stage.when(at(now, typeof event === "number" ? answered(event, seq) : failed("reset", seq)))
        }
        strictEqual(slice(stage).onWire, slice(stage).pending.size)
      }
      for (const made of attempts.values()) {
        assertTrue(made.length <= 3)
        for (const [i, instant] of made.slice(1).entries())
          assertTrue(instant >= (made[i] as number) + 200 * 2 ** i, `${made.join(" ")}`)
      }
    },
    seededRuns(300),
  )
})
