import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { givenEntries } from "../../test/support/given.ts"
import type { Draft } from "../core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../core/entries.ts"
import { type Machine, reacts } from "../core/Machine.ts"
import { loopbackMachine } from "./loopback.machine.ts"

const request = (more: Partial<OutboundRequested> = {}) =>
  outboundRequested.draft("SM1", {
    attempt: 1,
    method: "POST",
    params: [["Body", "hi"]],
    purpose: "callback",
    timeout_ms: 15_000,
    token: "t1",
    url: "http://ringback.internal/hook?x=1",
    via: "world",
    ...more,
  })

/** An API that answers every request at once, or never. */
const api = (answer: Draft["data"] | undefined): Machine<null> => ({
  name: "api",
  initial: () => null,
  evolve: [],
  react: [
    reacts(apiRequested, () => (answer === undefined ? [] : [{ type: apiResponded.type, subject: "", data: answer }])),
  ],
})

const given = (answer?: Draft["data"]) => givenEntries([api(answer), loopbackMachine])

describe("A request of the run to itself", () => {
  it("is one of its own API, whose answer is the answer", () => {
    given({ body: "<Response/>", status: 200 })
      .when(request({ headers: [["X-Request-Id", "r1"]], sign: "twilio" }))
      .then(
        apiRequested.draft(
          "",
          {
            api: "twilio",
            headers: [["x-request-id", "r1"]],
            method: "POST",
            params: [["Body", "hi"]],
            path: "/hook",
            query: [["x", "1"]],
            signature: "valid",
          },
          1,
        ),
        apiResponded.draft("", { body: "<Response/>", status: 200 }, 2),
        outboundAnswered.draft("SM1", { body: "<Response/>", status: 200 }, 1),
      )
  })

  it("has its credentials by name, its JSON as text, and absolute URLs at the run's own host", () => {
    const auth = { password: { secret: "twilio.auth_token" }, user: `AC${"0".repeat(32)}` }
    const { made } = given().when(request({ auth, json: "{}", absolute: ["MediaUrl0"], params: [["MediaUrl0", "/m"]] }))
    deepStrictEqual(made[1]?.entry.data, {
      api: "twilio",
      auth,
      method: "POST",
      params: [],
      path: "/hook",
      query: [["x", "1"]],
      text: "{}",
    })
    const form = given().when(request({ absolute: ["MediaUrl0"], params: [["MediaUrl0", "/m"]] }))
    deepStrictEqual((form.made[1]?.entry.data as ApiRequested | undefined)?.params, [
      ["MediaUrl0", "http://ringback.internal/m"],
    ])
  })

  it("never arrives when it is lost", () => {
    given()
      .when(request({ fault: "lost" }))
      .then(outboundFailed.draft("SM1", { reason: "lost" }, 1))
  })

  it("arrives all the same when its answer does not", () => {
    const { made } = given({ body: "", status: 204 }).when(request({ fault: "unanswered" }))
    deepStrictEqual(
      made.map(({ entry }) => entry.type),
      ["outbound.requested", "api.requested", "api.responded", "outbound.failed"],
    )
    deepStrictEqual(made[3]?.entry.data, { after_ms: 15_000, reason: "timeout" })
  })

  it("forgets what was answered", () => {
    const { world } = given({ body: "", status: 204 }).when(request())
    const { asked, asking, seqs } = world.slice(loopbackMachine)
    deepStrictEqual([asked.size, asking.size, seqs.size], [0, 0, 0])
  })

  it("is none where it goes elsewhere", () => {
    for (const url of [
      "http://provider1.ringback.internal/",
      "http://ringback.internal.example/",
      "http://app.example/",
    ])
      strictEqual(given().when(request({ url })).made.length, 1)
    strictEqual(given().when(request({ via: "wire" })).made.length, 1)
  })
})
