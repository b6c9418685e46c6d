import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { machines } from "../../src/app/machines.ts"
import { rules } from "../../src/app/rules.ts"
import type { SettingsFile } from "../../src/app/settingsFile.ts"
import { decode, genesis, hashOf, type Row } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import type { ChangedAnswer } from "../../src/timetravel/changedAnswers.ts"
import { forkLog } from "../../src/timetravel/fork.ts"
import { conversing, phone } from "../support/conversing.ts"
import { allRows } from "../support/simulate.ts"

/* The exchange is the conversation service's carrier: its requests go to ringback.internal, and no application answers them. */

/** A message that the service is asked to send, and what became of it in the end. */
const sentIn = (settings: SettingsFile) =>
  Effect.gen(function* () {
    const run = yield* conversing({ settings })
    yield* run.ask("POST", "/api/messages", { body: "Hello", to: phone })
    yield* run.settled
    const message = run.world().messages[0]
    return { message, rows: yield* run.rows }
  })

const ofType = (rows: ReadonlyArray<Row>, type: string) => rows.filter((row) => row.type === type).map(decode)

/** The requests to send, and what each came to. */
const sends = (rows: ReadonlyArray<Row>) =>
  ofType(rows, "outbound.requested")
    .filter(({ data }) => data.purpose === "conversation-send")
    .map((asked) => {
      const end = rows
        .filter(({ type }) => type === "outbound.answered" || type === "outbound.failed")
        .map(decode)
        .find(({ cause }) => cause === asked.seq)
      return [end?.data.status ?? end?.data.reason, (end?.at ?? 0) - asked.at]
    })

const isSound = (rows: ReadonlyArray<Row>) =>
  Effect.map(verifyRows(Stream.fromIterable(rows), rules), (verdict) =>
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound"),
  )

/** A log that says it was edited, and in which nothing was. */
const edited = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  let hash = genesis
  return rows.map((row) => {
    const data = row.seq === 1 ? `{"edited":[{"at":1,"entries":0}],${row.data.slice(1)}` : row.data
    hash = hashOf({ ...row, data }, hash)
    return { ...row, data, hash }
  })
}

const slow = (seconds: number): SettingsFile => ({
  conversations: { sending: { timeout: "5s" } },
  twilio: { api: { latency_seconds: seconds } },
})

describe("a request of the conversation service to the exchange it is part of", () => {
  it.scoped("is answered where the API takes less time than it waits", () =>
    Effect.gen(function* () {
      const { message, rows } = yield* sentIn(slow(4.999))
      deepStrictEqual(sends(rows), [[201, 4_999]])
      strictEqual(message?.status, "delivered")
      deepStrictEqual(
        ofType(rows, "timer.cancelled").map(({ data }) => data.keys),
        [[`own answer ${ofType(rows, "outbound.requested")[0]?.seq}`]],
      )
      yield* isSound(rows)
    }),
  )

  it.scoped(
    "has no answer where the API takes longer; the message is sent all the same, and its statuses tell so",
    () =>
      Effect.gen(function* () {
        const { message, rows } = yield* sentIn(slow(8))
        deepStrictEqual(sends(rows), [["timeout", 5_000]])
        strictEqual(ofType(rows, "conversation-message.failed")[0]?.data.status, "unknown")
        deepStrictEqual([message?.status, message?.sid.slice(0, 2)], ["delivered", "SM"])
        yield* isSound(rows)
        const verdict = yield* verifyRows(Stream.fromIterable(edited(rows)), rules)
        deepStrictEqual(verdict._tag === "Edited" ? [verdict.otherwise, verdict.first] : verdict, [0, undefined])
      }),
  )

  const forked = (rows: ReadonlyArray<Row>, answer: ChangedAnswer, at?: number) => {
    const original = makeMemory()
    original.append(rows)
    const into = makeMemory()
    return Effect.zipRight(
      forkLog({ reader: original, machines, at, change: { answers: [answer] }, inputs: "keep" }, into),
      allRows(into),
    )
  }
  const sendSeq = (rows: ReadonlyArray<Row>) =>
    ofType(rows, "outbound.requested").find(({ data }) => data.purpose === "conversation-send")?.seq ?? 0

  it.scoped("gets another answer in a fork, and then never reaches the API", () =>
    Effect.gen(function* () {
      const { rows } = yield* sentIn({})
      strictEqual(ofType(rows, "message.created").length, 1)
      const seq = sendSeq(rows)
      // 429 is tried again, and the API's own answer comes then.
      const limited = yield* forked(rows, { seq, answer: { body: "", status: 429 } })
      deepStrictEqual(
        sends(limited).map(([status]) => status),
        [429, 201],
      )
      strictEqual(ofType(limited, "message.created").length, 1)
      yield* isSound(limited)
      const late = yield* forked(rows, { seq, answer: { after_ms: 2_000, body: "", status: 500 } })
      deepStrictEqual([sends(late), ofType(late, "message.created").length], [[[500, 2_000]], 0])
      yield* isSound(late)
      const reset = yield* forked(rows, { seq, answer: { drop: "reset" } })
      deepStrictEqual([sends(reset), ofType(reset, "message.created").length], [[["reset", 0]], 0])
    }),
  )

  it.scoped("keeps its answer in a fork that is cut after it has reached the API", () =>
    Effect.gen(function* () {
      const { rows } = yield* sentIn(slow(4))
      const seq = sendSeq(rows)
      const underWay = rows.findLast(({ at }) => at === rows[seq - 1]?.at)?.seq
      const refused = yield* Effect.flip(forked(rows, { seq, answer: { body: "", status: 500 } }, underWay))
      strictEqual(
        refused.message,
        `the request of entry ${seq} goes to the run itself, whose API has had it since; begin the fork before it`,
      )
      const before = yield* forked(rows, { seq, answer: { body: "", status: 500 } })
      assertTrue(sends(before)[0]?.[0] === 500)
    }),
  )
})
