import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { givenEntries } from "../../test/support/given.ts"
import { sha256 } from "../core/canonical.ts"
import { type ApiRequested, apiRequested, apiResponded, dataCleared, turnFailed } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { callbackTestApi, callbackTestMachine, isCallbackTest, receivedJson } from "./callbackTest.machine.ts"

const arrived = (data: Partial<ApiRequested> = {}) =>
  apiRequested.draft("", {
    api: callbackTestApi,
    method: "POST",
    params: [
      ["MessageSid", "SM1"],
      ["MessageStatus", "sent"],
      ["MessageStatus", "delivered"],
    ],
    path: "/callback-test",
    query: [["for", "me"]],
    ...data,
  })

describe("The callback test", () => {
  it("answers what it got, the last of equal names, and keeps it in order", () => {
    const stage = givenEntries(callbackTestMachine).when(arrived())
    const body = '{"status":"received","data":{"for":"me","MessageSid":"SM1","MessageStatus":"delivered"}}'
    stage.then(apiResponded.draft("", { rendered_at: 1, sha256: sha256(body), status: 200 }, 1))
    strictEqual(stage.made[1]?.aside, body)
    deepStrictEqual(stage.world.slice(callbackTestMachine).received, [
      {
        seq: 1,
        at: stage.world.at,
        method: "POST",
        path: "/callback-test",
        params: [
          ["for", "me"],
          ["MessageSid", "SM1"],
          ["MessageStatus", "sent"],
          ["MessageStatus", "delivered"],
        ],
      },
    ])
  })
  it("answers with plain data whatever the names are", () => {
    const { data } = arrived({
      params: [
        ["__proto__", "x"],
        ['"', "\ud800"],
      ],
      query: [],
    })
    strictEqual(receivedJson(data as ApiRequested), '{"status":"received","data":{"__proto__":"x","\\"":"\\ud800"}}')
  })
  it("tells the length and hash of a body that is no form", () => {
    const body = { length: 2, sha256: "ab", why: "not-a-form" } as const
    const data = arrived({ body, params: [], query: [] }).data as ApiRequested
    deepStrictEqual(JSON.parse(receivedJson(data)), { status: "received", data: {}, body })
  })
  it("leaves other requests to others", () => {
    const stage = givenEntries(callbackTestMachine).when(arrived({ api: "twilio" }))
    stage.then()
    deepStrictEqual(stage.world.slice(callbackTestMachine).received, [])
  })
  it("keeps the newest only, however many come", () => {
    let stage = givenEntries(callbackTestMachine)
    for (let n = 1; n <= 2 * limits.callbackTestsKeptMax; n++)
      stage = stage.when(arrived({ query: [["n", String(n)]] }))
    const { received } = stage.world.slice(callbackTestMachine)
    strictEqual(received.length, limits.callbackTestsKeptMax)
    deepStrictEqual(received.at(-1)?.params[0], ["n", String(2 * limits.callbackTestsKeptMax)])
  })
  for (const [what, left] of [
    ["callbacks", 0],
    ["all", 0],
    ["messages", 1],
    ["calls", 1],
  ] as const)
    it(`keeps ${left} when ${what} are cleared`, () => {
      const stage = givenEntries(callbackTestMachine).when(arrived()).when(dataCleared.draft("", { what }))
      strictEqual(stage.world.slice(callbackTestMachine).received.length, left)
    })
  it("answers 500 where a rule threw", () => {
    const input = { cause: 0, data: arrived().data, subject: "", type: "api.requested" }
    givenEntries(callbackTestMachine)
      .when(turnFailed.draft("", { error: "x", input }))
      .then(apiResponded.draft("", { body: '{"status":"failed"}', status: 500 }, 1))
  })
  it("is its path and what is below it", () => {
    for (const path of ["/callback-test", "/callback-test/a/b", "/callback-test/"])
      strictEqual(isCallbackTest(path), true)
    for (const path of ["/callback-tests", "/x/callback-test", "/callback-tes", "/"])
      strictEqual(isCallbackTest(path), false)
  })
})
