import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import { seededRuns } from "../../../test/support/seeded.ts"
import { ask, rig, signed, silent, statusUrl } from "../../../test/support/webhookRig.ts"
import { account, messageSid, ours, phone, status, webhook } from "../../../test/support/webhooks.ts"
import type { WebhookEndpoint } from "./Webhooks.ts"

describe("A status", () => {
  const report = (endpoint: WebhookEndpoint, sid: string, name: string, more = {}) =>
    Effect.map(ask(endpoint, webhook(statusUrl, status(sid, name, more), signed)), ([given]) => given)

  it.effect("is told to listeners, with what its code means", () =>
    Effect.gen(function* () {
      const { status: endpoint, updates } = yield* rig()
      const sid = messageSid()
      strictEqual(yield* report(endpoint, sid, "undelivered", { ErrorCode: "30003" }), 200)
      const { error, params, ...update } = updates[0]!
      deepStrictEqual(update, {
        messageSid: sid,
        accountSid: account,
        messagingServiceSid: null,
        status: "undelivered",
        from: ours,
        to: phone,
        errorCode: 30003,
      })
      strictEqual(error?._tag, "UnreachableNumber")
    }),
  )
  it.effect("is told to those who listen for it", () =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const hears = (name: string) => () => Effect.sync(() => heard.push(name))
      const { status: endpoint } = yield* rig({
        statuses: [
          { on: "delivered", hears: hears("delivered") },
          { on: ["failed", "undelivered"], hears: hears("lost") },
          { hears: hears("all") },
        ],
      })
      yield* report(endpoint, messageSid(), "delivered")
      yield* report(endpoint, messageSid(), "failed", { ErrorCode: "30008" })
      yield* report(endpoint, messageSid(), "queued")
      deepStrictEqual(heard, ["delivered", "all", "lost", "all", "all"])
    }),
  )
  it.effect("that comes late or twice is answered 200 and moves nothing back", () =>
    Effect.gen(function* () {
      const { status: endpoint, statuses } = yield* rig()
      const sid = messageSid()
      for (const name of ["queued", "delivered", "sent", "delivered", "failed", "queued", "read", "delivered"])
        strictEqual(yield* report(endpoint, sid, name, { RawDlrDoneDate: name }), 200)
      deepStrictEqual(statuses(), ["queued", "delivered", "read"])
    }),
  )
  it.effect("waits until listeners have heard the one before it", () =>
    Effect.gen(function* () {
      const [gate, started] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const heard: Array<string> = []
      const { status: endpoint } = yield* rig({
        statuses: [
          {
            hears: ({ status: name }) =>
              Effect.gen(function* () {
                if (name === "sent") {
                  yield* Deferred.succeed(started, undefined)
                  yield* Deferred.await(gate)
                }
                heard.push(name)
              }),
          },
        ],
      })
      const [sid, other] = [messageSid(), messageSid()]
      const sent = yield* Effect.fork(report(endpoint, sid, "sent"))
      yield* Deferred.await(started)
      const delivered = yield* Effect.fork(report(endpoint, sid, "delivered"))
      yield* report(endpoint, other, "failed")
      deepStrictEqual(heard, ["failed"])
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(sent)
      yield* Fiber.join(delivered)
      deepStrictEqual(heard, ["failed", "sent", "delivered"])
    }),
  )
  it.effect("whose listener failed is told again when Twilio comes again", () =>
    Effect.gen(function* () {
      let times = 0
      const { status: endpoint } = yield* rig({
        statuses: [{ hears: () => Effect.suspend(() => (++times === 1 ? Effect.fail("no") : Effect.void)) }],
      })
      const sid = messageSid()
      strictEqual(yield* report(endpoint, sid, "sent"), 500)
      strictEqual(yield* report(endpoint, sid, "sent"), 200)
      strictEqual(yield* report(endpoint, sid, "sent"), 200)
      strictEqual(times, 2)
    }).pipe(Effect.provide(silent)),
  )
  it.effect.each([
    ["MessageStatus", "gone"] as const,
    ["MessageStatus", "__proto__"],
    ["MessageStatus", ""],
    ["MessageSid", "x"],
    ["To", ""],
    ["ErrorCode", "1e3"],
  ])("with %s %j is refused", ([name, value]) =>
    Effect.gen(function* () {
      const { status: endpoint, updates } = yield* rig()
      strictEqual(yield* report(endpoint, messageSid(), "sent", { [name]: value }), 400)
      deepStrictEqual(updates, [])
    }).pipe(Effect.provide(silent)),
  )

  const statuses = FastCheck.array(
    FastCheck.constantFrom(
      "accepted",
      "scheduled",
      "queued",
      "sending",
      "sent",
      "delivered",
      "undelivered",
      "failed",
      "canceled",
      "read",
    ),
    { maxLength: 12 },
  )
  it.effect.prop(
    "never goes back, in whatever order and however often they come, also at once",
    [statuses],
    ([names]) =>
      Effect.gen(function* () {
        const { status: endpoint, statuses: told } = yield* rig()
        const sid = messageSid()
        const answers = yield* Effect.forEach(
          names,
          (name, i) => report(endpoint, sid, name, { RawDlrDoneDate: String(i) }),
          { concurrency: "unbounded" },
        )
        assertTrue(answers.every((given) => given === 200))
        const order = ["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"]
        const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.indexOf("delivered"))
        const heard = told()
        for (const [i, name] of heard.entries()) if (i > 0) assertTrue(rank(name) > rank(heard[i - 1]!), heard.join())
        strictEqual(heard.length > 0, names.length > 0)
        const end = names.findIndex((name) => rank(name) >= rank("delivered"))
        if (end >= 0) assertTrue(rank(heard.at(-1)!) >= rank("delivered"))
      }),
    seededRuns(30),
  )
})
