import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, givenEntries } from "../../test/support/given.ts"
import type { Draft } from "../core/Entry.ts"
import {
  type ApiRequested,
  answerReplaced,
  apiRequested,
  apiResponded,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { type Machine, reacts } from "../core/Machine.ts"
import { makeEndpointsMachine } from "./endpoints.machine.ts"
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

  describe("that is not answered in its turn", () => {
    /** An API that answers by and by. */
    const slowly: Machine<null> = {
      name: "api",
      initial: () => null,
      evolve: [],
      react: [
        reacts(apiRequested, () => [timerSet.draft("", { due: 20_000, key: "slow" })]),
        reacts(timerFired, (_, { data: { key } }) =>
          key === "slow" ? [apiResponded.draft("", { body: "late", status: 200 }, 2)] : [],
        ),
      ],
    }
    const key = "own answer 1"
    const asked = (more: Partial<OutboundRequested> = {}) =>
      givenEntries([slowly, loopbackMachine]).when(at(0, request(more)))
    const answers = at(10_000, timerFired.draft("", { key: "slow" }))
    const waited = at(15_000, timerFired.draft("SM1", { key }))

    it("waits as long as it would on the wire", () => {
      const { made } = asked()
      deepStrictEqual(
        made.slice(2).map(({ entry: { cause, data } }) => [cause, data]),
        [
          [2, { due: 20_000, key: "slow" }],
          [1, { due: 15_000, key }],
        ],
      )
      deepStrictEqual(asked({ read_ms: 2_000 }).made.at(-1)?.entry.data, { due: 2_000, key })
    })

    it("is answered in time", () => {
      asked()
        .when(answers)
        .then(
          apiResponded.draft("", { body: "late", status: 200 }, 2),
          outboundAnswered.draft("SM1", { body: "late", status: 200 }, 1),
          timerCancelled.draft("", { keys: [key] }),
        )
    })

    it("has failed when it has waited, and what comes later comes to nobody", () => {
      const late = asked()
        .when(waited)
        .when({ ...answers, at: 20_000 })
      late.then(apiResponded.draft("", { body: "late", status: 200 }, 2))
      const { asked: left, seqs, untimed } = late.world.slice(loopbackMachine)
      deepStrictEqual([left.size, seqs.size, untimed.size], [0, 0, 0])
      asked()
        .when(waited)
        .then(outboundFailed.draft("SM1", { reason: "timeout" }, 1))
    })

    it("has failed when its answer comes at that very instant", () => {
      asked()
        .when({ ...answers, at: 15_000 })
        .then(
          apiResponded.draft("", { body: "late", status: 200 }, 2),
          outboundFailed.draft("SM1", { reason: "timeout" }, 1),
          timerCancelled.draft("", { keys: [key] }),
        )
    })

    it("does not wait for ever where a rule fails when it has waited", () => {
      const failed = { cause: 4, data: { key }, subject: "SM1", type: timerFired.type }
      asked()
        .when(at(15_000, turnFailed.draft("", { error: "a rule", input: failed })))
        .then(outboundFailed.draft("SM1", { reason: "cancelled" }, 1))
    })
  })

  it("reaches no API where an order puts another answer in its place", () => {
    const machines = [api({ body: "", status: 204 }), makeEndpointsMachine([]), loopbackMachine]
    const order = (answer: { readonly after_ms?: number; readonly status: number }) =>
      answerReplaced.draft("", { answer: { body: "no", ...answer }, attempt: 1, purpose: "callback", token: "t1" })
    const answered = outboundAnswered.draft("SM1", { body: "no", status: 500 }, 2)
    givenEntries(machines, order({ status: 500 }))
      .when(request())
      .then(answered)
    const later = givenEntries(machines, order({ after_ms: 3_000, status: 500 })).when(request())
    later.then(timerSet.draft("SM1", { due: 3_000, key: "answer t1 1" }))
    later.when(at(3_000, timerFired.draft("SM1", { key: "answer t1 1" }))).then(answered)
    givenEntries(machines, order({ status: 500 }))
      .when(request({ fault: "lost" }))
      .then(outboundFailed.draft("SM1", { reason: "lost" }, 2))
    // The next attempt is the API's again.
    strictEqual(
      givenEntries(machines, order({ status: 500 }))
        .when(request())
        .when(request({ attempt: 2 })).made[1]?.entry.type,
      apiRequested.type,
    )
  })
})
