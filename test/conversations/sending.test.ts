import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import type { SettingsFile } from "../../src/app/settingsFile.ts"
import { decode } from "../../src/core/Entry.ts"
import { type Conversing, conversing, number, phone, statusParams } from "../support/conversing.ts"

const by = (url: string) => ({
  conversations: { carrier: { account_sid: `AC${"1".repeat(32)}`, auth_token: "x", url } },
})
const endpoints: NonNullable<SettingsFile["endpoints"]> = [
  {
    url: "https://busy.test",
    answers: [
      { status: 429 },
      { status: 429 },
      { status: 201, body: `{"sid":"SM${"a".repeat(32)}","status":"queued"}` },
    ],
  },
  { url: "https://wrong.test", answers: [{ status: 400, body: '{"code":21211,"message":"no such number"}' }] },
  { url: "https://ill.test", answers: [{ status: 500 }] },
  { url: "https://odd.test", answers: [{ status: 201, body: "<html>" }] },
  { url: "https://shut.test", answers: [{ drop: "connect" }] },
  { url: "https://torn.test", answers: [{ drop: "reset" }] },
]

const sentBy = (url: string) =>
  Effect.gen(function* () {
    const run = yield* conversing({ settings: { ...by(url), endpoints } })
    const { json } = yield* run.ask("POST", "/api/messages", { to: phone, body: "Hello", from: number })
    yield* run.settled
    const read = (yield* run.ask("GET", `/api/messages/${json.id}`)).json
    return { run, read }
  })

describe("a message that is sent", () => {
  it.scoped("is tried again only where it was certainly not taken, and what came of it is kept with its reason", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      for (const host of ["busy", "wrong", "ill", "odd", "shut", "torn"]) {
        const { read } = yield* sentBy(`https://${host}.test`)
        said.push([
          host,
          read.delivery_status,
          read.attempts,
          read.error?.reason ?? null,
          read.error?.twilio_code ?? null,
        ])
      }
      deepStrictEqual(said, [
        ["busy", "queued", 3, null, null],
        ["wrong", "failed", 1, "answered 400: no such number", "21211"],
        ["ill", "unknown", 1, "answered 500", null],
        ["odd", "unknown", 1, "answered 201, without a SID", null],
        ["shut", "failed", 4, "connect", null],
        ["torn", "unknown", 1, "reset", null],
      ])
    }),
  )

  it.scoped("waits longer each time, with some chance in it", () =>
    Effect.gen(function* () {
      const { run } = yield* sentBy("https://shut.test")
      const tries = (yield* run.rows).map(decode).filter(({ type }) => type === "outbound.requested")
      const sends = tries.filter(({ data }) => data.purpose === "conversation-send")
      const gaps = sends.slice(1).map(({ at }, i) => at - (sends[i]?.at ?? 0))
      strictEqual(gaps.length, 3)
      for (const [i, least] of [100, 200, 400].entries()) {
        const gap = gaps[i] ?? 0
        strictEqual(gap >= least && gap <= least * 1.25, true)
      }
      // The same attempt has the same token, by which its answers are found.
      strictEqual(new Set(sends.map(({ data }) => data.token)).size, 1)
    }),
  )

  it.scoped("is made once for each name that its client gave the request", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      const ask = (body: object, key: string) =>
        run.ask("POST", "/api/messages", body, { named: { "idempotency-key": key } })
      const first = yield* ask({ to: phone, body: "Hello" }, "a")
      const again = yield* ask({ body: "Hello", to: phone }, "a")
      const other = yield* ask({ to: phone, body: "Bye" }, "a")
      const next = yield* ask({ to: phone, body: "Hello" }, "b")
      deepStrictEqual([first.status, again.status, other.status, next.status], [202, 202, 409, 202])
      deepStrictEqual([again.json.id === first.json.id, next.json.id === first.json.id], [true, false])
      strictEqual(other.json.error.code, "sms.idempotent_duplicate")
      strictEqual(run.world().messages.length, 2)
    }),
  )

  it.scoped("says which field is wrong", () =>
    Effect.gen(function* () {
      const run = yield* conversing({ settings: { twilio: { allowed_from_numbers: [number] } } })
      const wrong: ReadonlyArray<readonly [body: unknown, fields: ReadonlyArray<string>]> = [
        [{}, ["body"]],
        [{ body: "x" }, ["to"]],
        [{ to: "5", body: "x" }, ["to"]],
        [{ to: phone, conversation_id: "x", body: "x" }, ["to"]],
        [{ to: phone, body: "x".repeat(1_601) }, ["body"]],
        [{ to: phone, body: "" }, ["body"]],
        [{ to: phone, media_urls: ["ftp://x"] }, ["media_urls"]],
        [{ to: phone, body: "x", from: "!" }, ["from"]],
        [{ to: phone, body: "x", __proto__x: 1 }, ["__proto__x"]],
        ["[]", []],
        ["{", []],
        ["null", []],
      ]
      for (const [body, fields] of wrong) {
        const { json, status } = yield* run.ask("POST", "/api/messages", body)
        strictEqual(status, 400)
        deepStrictEqual(
          (json.error.details ?? []).map(({ field }: { field: string }) => field),
          fields,
        )
      }
      strictEqual((yield* run.ask("POST", "/api/messages", { conversation_id: "none", body: "x" })).status, 404)
    }),
  )
})

const statuses = ["queued", "sending", "sent", "delivered", "undelivered", "failed", "read"]
const order = new Map([
  ["queued", 2],
  ["sending", 3],
  ["sent", 4],
  ["delivered", 6],
  ["undelivered", 6],
  ["failed", 6],
  ["read", 7],
])

describe("statuses in any order, any number of times", () => {
  it(
    "leave a message where the furthest of them has brought it, and a history without repeats",
    () =>
      FastCheck.assert(
        FastCheck.asyncProperty(FastCheck.array(FastCheck.constantFrom(...statuses), { maxLength: 10 }), (told) =>
          Effect.runPromise(
            Effect.scoped(
              Effect.gen(function* () {
                const run: Conversing = yield* conversing({ pace: { _tag: "paused" } })
                const { json } = yield* run.ask("POST", "/api/messages", { to: phone, body: "Hello" })
                const { json: before } = yield* run.ask("GET", `/api/messages/${json.id}`)
                const seen = [before.delivery_status]
                for (const each of told) {
                  yield* run.ask("POST", "/webhook/twilio/status", statusParams(before.twilio_sid, each))
                  seen.push((yield* run.ask("GET", `/api/messages/${json.id}`)).json.delivery_status)
                }
                const { json: after } = yield* run.ask("GET", `/api/messages/${json.id}`)
                for (let i = 1; i < seen.length; i++)
                  strictEqual((order.get(seen[i]) ?? 0) >= (order.get(seen[i - 1]) ?? 0), true)
                const terminal = told.find((each) => ["delivered", "undelivered", "failed"].includes(each))
                if (terminal === "undelivered" || terminal === "failed")
                  strictEqual([terminal, "read"].includes(after.delivery_status), true)
                deepStrictEqual(
                  after.status_events.map(({ event_status }: { event_status: string }) => event_status),
                  [...new Set(told)],
                )
              }),
            ),
          ),
        ),
        { numRuns: 20 },
      ),
    60_000,
  )
})
