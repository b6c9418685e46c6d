import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, type Fact, givenEntries, type Stage } from "../../test/support/given.ts"
import { answered, endpoint, failed, requested, startedWith } from "../../test/support/outbound.ts"
import { roll } from "../core/chance.ts"
import {
  dataCleared,
  type OutboundRequested,
  settingsChanged,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { type Machine, reacts } from "../core/Machine.ts"
import { makeEndpointsMachine } from "./endpoints.machine.ts"
import { outboundMachine } from "./outbound.machine.ts"
import type { ScriptedAnswer } from "./settings.ts"

const endpointsMachine = makeEndpointsMachine([])

const url = "https://app.test"
const seq = 2
const key = (attempt = 1) => `answer t ${attempt}`
const answerAt = (due: number) => timerSet.draft("SM1", { due, key: key() })
const comes = (attempt = 1): Fact => timerFired.draft("SM1", { key: key(attempt) })
const request = (more: Partial<OutboundRequested> = {}) =>
  ({ ...requested({ via: "world", ...more }), kind: "input" }) as const
const scripted = (answers: ReadonlyArray<Partial<ScriptedAnswer>>, fail_bp = 0) =>
  givenEntries(endpointsMachine, startedWith([endpoint(url, answers, fail_bp)]))
const slice = ({ world }: Stage) => world.slice(endpointsMachine)
const isIdle = (stage: Stage) => slice(stage).byKey.size === 0 && slice(stage).keyOf.size === 0

describe("a scripted endpoint", () => {
  it("answers at once, about the same subject and to that request", () => {
    const stage = scripted([{ body: "<Response/>", status: 201 }]).when(request())
    stage.then(answered(201, seq, "<Response/>"))
    assertTrue(isIdle(stage))
  })

  it("answers after its latency, which is a timer", () => {
    const asked = scripted([{ after_ms: 250, status: 503 }]).when(at(1_000, request()))
    asked.then({ ...answerAt(1_250), cause: seq })
    const later = asked.when(at(1_250, comes()))
    later.then(answered(503, seq))
    assertTrue(isIdle(later))
  })

  it.each([
    [14_999, [answerAt(14_999)], answered(200, seq)],
    [15_000, [answerAt(15_000)], failed("timeout", seq)],
    [15_001, [answerAt(15_000)], failed("timeout", seq)],
    [90_000, [answerAt(15_000)], failed("timeout", seq)],
  ])("whose latency is %i ms against a time-out of 15 s", (after_ms, waits, outcome) => {
    const asked = scripted([{ after_ms }]).when(request())
    asked.then(...waits)
    asked.when(at(15_000, comes())).then(outcome)
  })

  it("answers each attempt by its place in the script, and all further ones by the last", () => {
    const answers = [{ status: 500 }, { status: 503, after_ms: 20 }, { drop: "reset" as const }, { status: 204 }]
    const attempt = (n: number) => scripted(answers).when(request({ attempt: n }))
    attempt(1).then(answered(500, seq))
    attempt(2).then(timerSet.draft("SM1", { due: 20, key: key(2) }))
    attempt(2)
      .when(at(20, comes(2)))
      .then(answered(503, seq))
    attempt(3).then(failed("reset", seq))
    for (const n of [4, 5, 20]) attempt(n).then(answered(204, seq))
  })

  it.each(["connect", "reset"] as const)("that drops (%s) does so after its latency", (drop) => {
    scripted([{ drop }]).when(request()).then(failed(drop, seq))
    const asked = scripted([{ drop, after_ms: 300 }]).when(request())
    asked.then(answerAt(300))
    asked.when(at(300, comes())).then(failed(drop, seq))
  })

  it.each([0, 300])("that hangs does so until the request's time-out, whatever its latency (%i)", (after_ms) => {
    const asked = scripted([{ drop: "timeout", after_ms }]).when(request({ timeout_ms: 7_000 }))
    asked.then(answerAt(7_000))
    asked.when(at(7_000, comes())).then(failed("timeout", seq))
  })

  it("is found by where a request really goes", () => {
    scripted([{}])
      .when(request({ connect: "https://app.test/x", url: "https://elsewhere.test" }))
      .then(answered(200, seq))
    scripted([{}])
      .when(request({ connect: "https://elsewhere.test", url }))
      .then(failed("connect", seq))
  })

  it("that is none refuses the connection", () =>
    scripted([{}])
      .when(request({ url: "https://app.test.example" }))
      .then(failed("connect", seq)))

  it("is not asked over the wire", () => {
    const stage = scripted([{}]).when(request({ via: "wire" }))
    stage.then()
    assertTrue(isIdle(stage))
  })

  it("is asked once for each request and attempt, side by side", () => {
    const asked = scripted([{ after_ms: 10 }, { after_ms: 30, status: 404 }])
      .when(request())
      .when(request({ attempt: 2, token: "u" }))
    strictEqual(slice(asked).byKey.size, 2)
    const first = asked.when(at(10, comes()))
    first.then(answered(200, 2))
    first.when(at(30, timerFired.draft("SM1", { key: "answer u 2" }))).then({ ...answered(404, 4), subject: "SM1" })
  })
})

describe("an endpoint that fails by chance", () => {
  const drawn = roll(1, "endpoint", "t", 1)

  it("answers 500 when the draw is below its rate, and by its script when it is not", () => {
    scripted([{ status: 204 }], drawn)
      .when(request())
      .then(answered(204, seq))
    scripted([{ status: 204 }], drawn + 1)
      .when(request())
      .then(answered(500, seq))
  })

  it("never fails at 0 and always at 10 000 basis points", () => {
    for (let attempt = 1; attempt <= 20; attempt++) {
      scripted([{}]).when(request({ attempt })).then(answered(200, seq))
      scripted([{}], 10_000).when(request({ attempt })).then(answered(500, seq))
    }
  })

  it("draws for each attempt and each request anew", () => {
    const statuses = Array.from({ length: 40 }, (_, i) => {
      const { made } = scripted([{}], 5_000).when(request({ attempt: 1 + (i % 20), token: i < 20 ? "t" : "u" }))
      return (made[1]!.entry.data as { status: number }).status
    })
    deepStrictEqual(
      statuses,
      Array.from({ length: 40 }, (_, i) => (roll(1, "endpoint", i < 20 ? "t" : "u", 1 + (i % 20)) < 5_000 ? 500 : 200)),
    )
    assertTrue(statuses.includes(500) && statuses.includes(200))
  })

  it("takes as long as it would have, and answers even where it would have dropped", () => {
    const asked = scripted([{ after_ms: 40, body: "x", drop: "reset" }], 10_000).when(request())
    asked.then(answerAt(40))
    asked.when(at(40, comes())).then(answered(500, seq))
  })
})

describe("an answer that is awaited", () => {
  const asked = () => scripted([{ after_ms: 40 }]).when(request())

  it("comes once", () => asked().when(at(40, comes())).when(at(40, comes())).then())

  it("does not come for another timer", () => {
    asked()
      .when(at(40, timerFired.draft("SM1", { key: "answer u 1" })))
      .then()
    asked()
      .when(at(40, timerFired.draft("SM1", { key: "retry t" })))
      .then()
  })

  it("is a failure when its timer is cancelled", () => {
    const stage = asked().when(timerCancelled.draft("SM1", { keys: [key()] }))
    stage.then(failed("cancelled", seq))
    assertTrue(isIdle(stage))
  })

  it("does not come when a rule threw on its timer: the request has failed", () => {
    const input = { cause: 3, data: { key: key() }, subject: "SM1", type: timerFired.type }
    const stage = asked().when(turnFailed.draft("SM1", { error: "a rule threw", input }))
    stage.then(failed("cancelled", seq))
    assertTrue(isIdle(stage))
  })

  it("of a message that is cleared does not come, and the callback is not tried again", () => {
    const stage = givenEntries(
      [outboundMachine, endpointsMachine],
      startedWith([endpoint(url, [{ after_ms: 40, status: 500 }])]),
    )
      .when(request())
      .when(dataCleared.draft("", { what: "messages" }))
    stage.then(timerCancelled.draft("", { keys: [key()] }))
    assertTrue(isIdle(stage))
    strictEqual(stage.world.slice(outboundMachine).pending.size, 0)
  })
})

describe("endpoints and retries", () => {
  it("bring a callback home through a script of failures", () => {
    const start = givenEntries(
      [outboundMachine, endpointsMachine],
      startedWith([endpoint(url, [{ status: 500 }, { after_ms: 20, status: 503 }, { status: 200 }])]),
    ).when(request())
    start.then(answered(500, 2), timerSet.draft("SM1", { due: 1_000, key: "retry t" }))
    const second = start.when(at(1_000, timerFired.draft("SM1", { key: "retry t" })))
    second.then(requested({ attempt: 2, via: "world" }), timerSet.draft("SM1", { due: 1_020, key: key(2) }))
    const slow = second.when(at(1_020, comes(2)))
    slow.then(answered(503, 6), timerSet.draft("SM1", { due: 3_020, key: "retry t" }))
    const third = slow.when(at(3_020, timerFired.draft("SM1", { key: "retry t" })))
    third.then(requested({ attempt: 3, via: "world" }), answered(200, 12))
    deepStrictEqual(
      [isIdle(third), third.world.slice(outboundMachine).pending.size, third.world.slice(outboundMachine).attempts],
      [true, 0, 3],
    )
  })

  it("keep apart requests that are made and answered in one turn", () => {
    const two = [requested({ via: "world" }), requested({ token: "u", via: "world" }, "SM2")]
    const asker: Machine<object> = {
      name: "asker",
      initial: () => ({}),
      evolve: [],
      react: [reacts(settingsChanged, () => two)],
    }
    const begun = startedWith([endpoint(url, [{ status: 500 }])])
    const { settings } = begun.data as { settings: Record<string, unknown> }
    givenEntries([asker, outboundMachine, endpointsMachine], begun)
      .when(settingsChanged.draft("", { settings }))
      .then(
        ...two,
        answered(500, 3),
        { ...answered(500, 4), subject: "SM2" },
        timerSet.draft("SM1", { due: 1_000, key: "retry t" }),
        timerSet.draft("SM2", { due: 1_000, key: "retry u" }),
      )
  })
})
