import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { readAnswer } from "../../src/app/forkAnswers.ts"
import { changedSettings, readChange } from "../../src/app/forkSettings.ts"
import { machines } from "../../src/app/machines.ts"
import { rules } from "../../src/app/rules.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import { decode, type Entry, type Row } from "../../src/core/Entry.ts"
import { answerReplaced, outboundAnswered, outboundRequested, settingsChanged } from "../../src/core/entries.ts"
import type { WayOut } from "../../src/engine/outside.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import { compareLogs } from "../../src/timetravel/difference.ts"
import { type Change, forkLog } from "../../src/timetravel/fork.ts"
import { pendingTimers } from "../../src/timetravel/worldJson.ts"
import { everyEntry } from "../support/golden.ts"
import { allRows, type SimulateOptions, type Simulation, simulate } from "../support/simulate.ts"
import { performAll } from "../support/traffic.ts"

const within = <A, E>(options: SimulateOptions, body: (simulation: Simulation) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(simulate(options), body))

const logOf = (rows: ReadonlyArray<Row>) => {
  const log = makeMemory()
  log.append(rows)
  return log
}

/** A change of settings as the command line reads it. */
const set = (...texts: ReadonlyArray<string>): Change => ({
  settings: changedSettings(texts.map((text) => Either.getOrThrowWith(readChange(text), (why) => new Error(why)))),
})

interface Options {
  readonly inputs?: "keep" | "drop"
}

/** Forks a log, and makes sure of what holds for every fork: the original is as it was, and the fork is sound. */
const forked = (rows: ReadonlyArray<Row>, at: number | undefined, change: Change, { inputs = "keep" }: Options = {}) =>
  Effect.gen(function* () {
    const original = logOf(rows)
    const into = makeMemory()
    const { cut, head } = yield* forkLog({ reader: original, machines, at, change, inputs }, into)
    const made = yield* allRows(into)
    deepStrictEqual(yield* allRows(original), rows)
    deepStrictEqual(made.slice(0, cut), rows.slice(0, cut))
    strictEqual(made.at(-1)?.hash, head.hash)
    const verdict = yield* verifyRows(Stream.fromIterable(made), rules)
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
    return { cut, made, reader: into }
  })

const ofType = (rows: ReadonlyArray<Row>, type: string) => rows.filter((row) => row.type === type).map(decode)
const lastStatus = (rows: ReadonlyArray<Row>, sid: string) =>
  ofType(rows, "message.status-changed").findLast(({ subject }) => subject === sid)?.data.status
const seqOf = (rows: ReadonlyArray<Row>, type: string, subject?: string) =>
  rows.find((row) => row.type === type && (subject === undefined || row.subject === subject))?.seq ?? 0

/** Two messages, the second an hour later, with callbacks to an endpoint that recovers. */
const twoMessages = within(
  { settings: { endpoints: [{ url: "https://app.test", answers: [{ status: 500 }, {}] }] } },
  (simulation) =>
    Effect.gen(function* () {
      const send = (To: string) => simulation.send({ To, StatusCallback: "https://app.test/status" })
      const first = yield* send("+15551234567")
      yield* simulation.settled
      yield* Effect.orDie(simulation.run.engine.advance(3_600_000))
      const second = yield* send("+15559876543")
      yield* simulation.settled
      return { first, second, rows: yield* simulation.rows }
    }),
)

describe("A fork", () => {
  it.effect("with nothing changed is the log again, wherever it is cut", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      for (const at of [1, 4, 9, 20, rows.length]) deepStrictEqual((yield* forked(rows, at, {})).made, rows)
    }),
  )
  it.effect("of a run in which everything occurs is sound, wherever it is cut", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      for (let at = 1; at <= rows.length; at += 37)
        for (const inputs of ["keep", "drop"] as const)
          yield* forked(rows, at, set("twilio.default_behavior=failure"), { inputs })
    }),
  )
  it.effect("changes a number's behaviour: the first entry after the cut", () =>
    Effect.gen(function* () {
      const { first, rows, second } = yield* twoMessages
      const at = seqOf(rows, "clock.changed")
      const change = set(
        "twilio.numbers[+15559876543].outcome=undelivered",
        "twilio.numbers[+15559876543].error_code=30005",
      )
      const { cut, made } = yield* forked(rows, at, change)
      strictEqual(made[cut]?.type, settingsChanged.type)
      deepStrictEqual([lastStatus(rows, second), lastStatus(made, second)], ["delivered", "undelivered"])
      strictEqual(lastStatus(made, first), lastStatus(rows, first))
      strictEqual(
        made.some(({ data }) => data.includes('"error_code":30005')),
        true,
      )
    }),
  )
  it.effect("changes an endpoint's answer", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const answers = (of: ReadonlyArray<Row>) => ofType(of, "outbound.answered").map(({ data }) => data.status)
      const { made } = yield* forked(rows, 1, set("endpoints[https://app.test].answers=[{status: 204}]"))
      deepStrictEqual(answers(rows), [500, 500, 200, 200, 500, 500, 200, 200])
      deepStrictEqual(answers(made), [204, 204, 204, 204])
    }),
  )
  it.effect("changes one answer of an endpoint, by itself", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const asked = ofType(rows, "outbound.requested")
      const second = asked.find(({ data }) => data.attempt === 2)
      const [one] = asked
      const change = (...texts: ReadonlyArray<string>): Change => ({
        answers: texts.map((text) => Either.getOrThrowWith(readAnswer(text), (why) => new Error(why))),
      })
      const told = (of: ReadonlyArray<Row>) =>
        [...ofType(of, "outbound.answered"), ...ofType(of, "outbound.failed")]
          .sort((a, b) => a.seq - b.seq)
          .map(({ data }) => data.status ?? data.reason)
      deepStrictEqual(told(rows), [500, 500, 200, 200, 500, 500, 200, 200])
      // The first attempt is answered at once: no second one is made.
      const good = yield* forked(rows, undefined, change(`${one?.seq}=204:done`))
      deepStrictEqual(told(good.made), [204, 500, 200, 500, 500, 200, 200])
      strictEqual(good.made[good.cut]?.type, answerReplaced.type)
      assertTrue(good.cut < (one?.seq ?? 0))
      // The second is not answered in the time it has: a third is made.
      const silent = yield* forked(rows, undefined, change(`${second?.seq}=timeout`))
      deepStrictEqual(told(silent.made).includes("timeout"), true)
      strictEqual(ofType(silent.made, "outbound.requested").filter(({ data }) => data.attempt === 3).length, 1)
      // Later than the endpoint answers, and later than anybody waits.
      const late = yield* forked(rows, undefined, change(`${second?.seq}=200@3s`))
      const answered = ofType(late.made, "outbound.answered").find(({ data, at }) => data.status === 200 && at > 0)
      const request = late.made.find(({ seq }) => seq === answered?.cause)
      deepStrictEqual([told(late.made).length, (answered?.at ?? 0) - (request?.at ?? 0) <= 3_000], [8, true])
      const never = yield* forked(rows, undefined, change(`${second?.seq}=200@1h`))
      assertTrue(told(never.made).includes("timeout"))
    }),
  )
  it.effect("changes the answer to an attempt that is on its way, and to one that is still to be made", () =>
    Effect.gen(function* () {
      const answers = [{ status: 500, after_ms: 4_000 }] as const
      const rows = yield* within({ settings: { endpoints: [{ url: "https://app.test", answers }] } }, (simulation) =>
        Effect.gen(function* () {
          yield* simulation.send({ To: "+15551234567", StatusCallback: "https://app.test/status" })
          yield* simulation.settled
          return yield* simulation.rows
        }),
      )
      const [asked] = ofType(rows, "outbound.requested")
      const at = asked?.seq ?? 0
      const turnEnds = rows.findLast((row) => row.at === asked?.at)?.seq
      const underWay = yield* forked(rows, turnEnds, {
        answers: [{ seq: at, answer: { after_ms: 1_000, body: "", status: 200 } }],
      })
      assertTrue(underWay.cut >= at)
      const [first] = ofType(underWay.made, "outbound.answered")
      deepStrictEqual([first?.data.status, (first?.at ?? 0) - (asked?.at ?? 0)], [200, 1_000])
      const waits = ofType(rows, "timer.set").find(({ data }) => String(data.key).startsWith("retry "))
      const next = yield* forked(rows, undefined, {
        answers: [{ seq: waits?.seq ?? 0, answer: { body: "", status: 201 } }],
      })
      const [, retried] = ofType(next.made, "outbound.answered").filter(({ subject }) => subject === asked?.subject)
      assertTrue([201, 500].includes(Number(retried?.data.status)))
      strictEqual(ofType(next.made, "outbound.answered").filter(({ data }) => data.status === 201).length, 1)
      // It may be named where the fork is cut before it is set, too.
      const early = yield* forked(rows, 3, { answers: [{ seq: waits?.seq ?? 0, answer: { body: "", status: 202 } }] })
      strictEqual(ofType(early.made, "outbound.answered").filter(({ data }) => data.status === 202).length, 1)
      // Too late, or nothing that is answered.
      const refused = (seq: number, place: number | undefined) =>
        Effect.map(
          Effect.flip(
            forkLog(
              {
                reader: logOf(rows),
                machines,
                at: place,
                change: { answers: [{ seq, answer: { drop: "reset" } }] },
                inputs: "keep",
              },
              makeMemory(),
            ),
          ),
          ({ message }) => message,
        )
      assertTrue((yield* refused(at, rows.length)).includes("was answered up to entry"))
      assertTrue((yield* refused(waits?.seq ?? 0, rows.length)).includes("set no timer of a next attempt"))
      assertTrue((yield* refused(1, 3)).includes("entry 1 is run.started"))
      assertTrue((yield* refused(99_999, 3)).startsWith("there is no entry 99999: the log has"))
      assertTrue((yield* refused(99_999, undefined)).startsWith("there is no entry 99999: the log has"))
    }),
  )
  it.effect("changes one answer of the wire", () =>
    Effect.gen(function* () {
      const rows = yield* within({ settings: { endpoints: [] }, wayOut: answering(200) }, (simulation) =>
        Effect.gen(function* () {
          yield* simulation.send({ To: "+15551234567", StatusCallback: "http://localhost:1/real" })
          yield* simulation.settled
          return yield* simulation.rows
        }),
      )
      const seq = seqOf(rows, outboundRequested.type)
      const { made } = yield* forked(rows, undefined, { answers: [{ seq, answer: { body: "no", status: 503 } }] })
      deepStrictEqual(ofType(made, "outbound.answered")[0]?.data, { body: "no", status: 503 })
      // The next attempt was never made then.
      assertTrue(ofType(made, "outbound.failed").some(({ data }) => data.reason === "not-recorded"))
      const dropped = yield* forked(rows, undefined, { answers: [{ seq, answer: { drop: "connect" } }] })
      strictEqual(ofType(dropped.made, "outbound.failed")[0]?.data.reason, "connect")
    }),
  )
  it.effect("changes faults", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const { made } = yield* forked(rows, 1, set("callbacks.faults.lost_percent=100"))
      strictEqual(ofType(made, "outbound.answered").length, 0)
      deepStrictEqual(new Set(ofType(made, "outbound.failed").map(({ data }) => data.reason)), new Set(["lost"]))
    }),
  )
  it.effect("changes the order of two pending callbacks", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const retries = ofType(rows, "timer.set").filter(({ data }) => String(data.key).startsWith("retry "))
      const [one, other] = [retries[0]?.seq ?? 0, retries[1]?.seq ?? 0]
      const { made } = yield* forked(rows, other, { swap: [one, other] })
      const order = (of: ReadonlyArray<Row>) =>
        ofType(of, "outbound.requested")
          .filter(({ data }) => data.attempt === 2)
          .map(({ data }) => data.token)
      deepStrictEqual(order(made).slice(0, 2), order(rows).slice(0, 2).reverse())
      deepStrictEqual(new Set(order(made)), new Set(order(rows)))
    }),
  )
  it.effect("is cut before what is asked for where no change can enter there", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const created = seqOf(rows, "message.created")
      const { cut } = yield* forked(rows, created, set("twilio.callbacks.delay_seconds=1"))
      strictEqual(cut, seqOf(rows, "api.requested") - 1)
    }),
  )
  it.effect("keeps what it changes when a later restart or order brings other settings", () =>
    Effect.gen(function* () {
      const log = makeMemory()
      const part = (body: (simulation: Simulation) => Effect.Effect<void>) => within({ log }, body)
      yield* part((simulation) => Effect.asVoid(simulation.send({ To: "+15551234567" })))
      yield* part((simulation) =>
        Effect.gen(function* () {
          const { engine } = simulation.run
          const settings = { ...engine.world.settings, endpoints: [] }
          yield* Effect.orDie(engine.submit(settingsChanged.draft("", { settings })))
          yield* simulation.send({ To: "+15559876543" })
          yield* simulation.settled
        }),
      )
      const { made } = yield* forked(yield* allRows(log), 1, set("twilio.default_behavior=failure"))
      const inForce = made.filter(({ type }) => ["run.resumed", "settings.changed"].includes(type)).map(decode)
      deepStrictEqual(
        inForce.map(
          ({ data }) => [(data.settings as JsonObject).twilio as JsonObject].map((each) => each.default_behavior)[0],
        ),
        ["failure", "failure", "failure"],
      )
      deepStrictEqual((inForce.at(-1) as Entry<{ settings: JsonObject }>).data.settings.endpoints, [])
      strictEqual(ofType(made, "message.status-changed").filter(({ data }) => data.status === "delivered").length, 0)
    }),
  )
  it.effect("without later inputs ends when nothing is pending", () =>
    Effect.gen(function* () {
      const { first, rows, second } = yield* twoMessages
      const { made } = yield* forked(rows, seqOf(rows, "message.created", first) + 2, {}, { inputs: "drop" })
      assertFalse(made.some(({ subject }) => subject === second))
      strictEqual(lastStatus(made, first), "delivered")
    }),
  )
  it.effect("gets recorded answers from the wire, and none for what was never asked", () =>
    Effect.gen(function* () {
      const rows = yield* within({ settings: { endpoints: [] }, wayOut: answering(200) }, (simulation) =>
        Effect.gen(function* () {
          yield* simulation.send({ To: "+15551234567", StatusCallback: "http://localhost:1/real" })
          yield* simulation.settled
          return yield* simulation.rows
        }),
      )
      const reasons = (made: ReadonlyArray<Row>) => ofType(made, "outbound.failed").map(({ data }) => data.reason)
      const same = yield* forked(rows, 1, {})
      deepStrictEqual([same.made, reasons(same.made)], [rows, []])
      // A message that now fails reports what was never reported.
      const failing = yield* forked(rows, 1, set("twilio.default_behavior=failure"))
      deepStrictEqual(reasons(failing.made), ["not-recorded", "not-recorded", "not-recorded"])
      // A request that was on its way at the cut is answered as it was.
      const asked = seqOf(rows, outboundRequested.type)
      const inFlight = yield* forked(rows, asked + 1, set("twilio.callbacks.retry_attempts=1"))
      assertTrue(inFlight.made.some(({ type }) => type === outboundAnswered.type))
    }),
  )
  it.effect("says what is pending when a timer is named that is not", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const error = yield* Effect.flip(
        forkLog({ reader: logOf(rows), machines, at: 5, change: { swap: [5, 999] }, inputs: "keep" }, makeMemory()),
      )
      assertTrue(
        /^entry 999 set no timer that is pending after entry 5; pending are 5 \(message SM/.test(error.message),
      )
    }),
  )
  it.effect("differs from its log first in the change, and leads to the message that fares differently", () =>
    Effect.gen(function* () {
      const { rows, second } = yield* twoMessages
      const at = seqOf(rows, "clock.changed")
      const { cut, reader } = yield* forked(rows, at, set("twilio.numbers[+15559876543].outcome=failed"))
      const found = yield* compareLogs(logOf(rows), reader)
      if (found._tag === "Same") throw new Error("they are the same")
      deepStrictEqual([found.same, found.first.b?.row.type], [cut, settingsChanged.type])
      strictEqual(found.leadsTo?.subject, second)
      deepStrictEqual(found.leadsTo?.difference, {
        field: "data.plan.outcome",
        recorded: '"delivered"',
        made: '"failed"',
      })
      deepStrictEqual(
        found.leadsTo?.b?.causes.map(({ type }) => type),
        ["api.requested"],
      )
      strictEqual((yield* compareLogs(reader, reader))._tag, "Same")
    }),
  )
  it.effect("of a log that goes on where the other ends differs there", () =>
    Effect.gen(function* () {
      const { rows } = yield* twoMessages
      const found = yield* compareLogs(logOf(rows.slice(0, 10)), logOf(rows))
      if (found._tag === "Same") throw new Error("they are the same")
      deepStrictEqual([found.same, found.first.a, found.first.b?.row.seq], [10, undefined, 11])
      const apart = yield* compareLogs(logOf([]), logOf(rows))
      strictEqual(apart._tag === "Different" && apart.same === 0 && apart.first.b?.row.seq === 1, true)
    }),
  )
})

/** A way out whose wire answers everything alike. */
const answering = (status: number): WayOut => {
  let offer: Parameters<WayOut["begin"]>[0] | undefined
  return {
    inFlight: (world) => world.slice(outboundMachine).onWire,
    quietMs: () => 0,
    committed: (made) => {
      for (const { entry } of made)
        if (outboundRequested.is(entry)) offer?.(outboundAnswered.draft(entry.subject, { body: "", status }, entry.seq))
    },
    begin: (to) => {
      offer = to
    },
  }
}

describe("Pending timers", () => {
  it.effect("stand in the order in which they will fire", () =>
    within({ pace: { _tag: "paused" } }, (simulation) =>
      Effect.gen(function* () {
        yield* performAll(simulation, [
          { _tag: "send", to: "+15551234567", callback: undefined, body: "x" },
          { _tag: "advance", ms: 1_000 },
          { _tag: "send", to: "+15551234567", callback: undefined, body: "y" },
        ])
        const timers = pendingTimers(simulation.run.engine.world)
        strictEqual(timers.length, 2)
        assertTrue((timers[0]?.due ?? 0) < (timers[1]?.due ?? 0))
      }),
    ),
  )
})
