import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, givenEntries } from "../../test/support/given.ts"
import { answered, endpoint, failed, requested, startedWith } from "../../test/support/outbound.ts"
import type { Draft } from "../core/Entry.ts"
import {
  apiRequested,
  callbackResent,
  dataCleared,
  type OutboundRequested,
  outboundRequested,
  type RetryOn,
} from "../core/entries.ts"
import { makeEndpointsMachine } from "./endpoints.machine.ts"
import { outboundMachine } from "./outbound.machine.ts"
import { connectDetail } from "./retries.ts"

const endpointsMachine = makeEndpointsMachine([])

const ends: ReadonlyArray<readonly [name: string, end: Draft, kind: RetryOn | "none"]> = [
  ["404", answered(404, 1), "4xx"],
  ["429", answered(429, 1), "4xx"],
  ["500", answered(500, 1), "5xx"],
  ["302", answered(302, 1), "none"],
  ["a refused connection", failed("connect", 1), "ct"],
  ["a reset", failed("reset", 1), "ct"],
  ["a time-out", failed("timeout", 1), "rt"],
  ["a time-out of connecting", { ...failed("timeout", 1), data: { detail: connectDetail, reason: "timeout" } }, "ct"],
  [
    "too many redirects",
    { ...failed("refused", 1), data: { detail: "too-many-redirects", reason: "refused" } },
    "none",
  ],
]
const policies: ReadonlyArray<ReadonlyArray<RetryOn>> = [["4xx"], ["5xx"], ["ct"], ["rt"], ["4xx", "rt"], []]

describe("a retry policy", () => {
  for (const [name, end, kind] of ends) {
    const triesAgain = (on: ReadonlyArray<RetryOn> | undefined) =>
      givenEntries(
        outboundMachine,
        requested({ retry: { attempts: 2, gap_ms: 1, ...(on === undefined ? {} : { on }) } }),
      ).when(end).made.length === 2
    it.each(policies)(`of %s %s on ${name}`, (...on) => {
      const named = on.filter((each) => typeof each === "string")
      strictEqual(
        triesAgain(named),
        named.some((each) => each === kind),
      )
    })
    it(`of all, and none at all, tries again after ${name}`, () =>
      deepStrictEqual([triesAgain(["all"]), triesAgain(undefined)], [true, true]))
  }

  it("never tries again what was lost on its way", () =>
    strictEqual(givenEntries(outboundMachine, requested()).when(failed("lost", 1)).made.length, 1))
})

describe("an order to send a callback again", () => {
  const sent = (request: Partial<OutboundRequested> = {}): OutboundRequested =>
    requested(request).data as OutboundRequested
  const order = (request: OutboundRequested) => callbackResent.draft("SM1", { of: 1, request })

  it("sends a further copy as its first attempt, by today's route", () => {
    const again = givenEntries(outboundMachine, startedWith([endpoint("https://app.test")])).when(
      order(sent({ attempt: 3, connect: "http://old.test" })),
    )
    again.then(outboundRequested.draft("SM1", { ...sent(), copy: 2, via: "world" }))
    again.when(order(sent({ copy: 2 }))).then(outboundRequested.draft("SM1", { ...sent(), copy: 3, via: "world" }))
  })

  it.each(["callbacks", "all"] as const)(
    "counts copies on after a clearing of %s: no two deliveries have one number",
    (what) =>
      givenEntries(outboundMachine, startedWith([endpoint("https://app.test")]), order(sent()))
        .when(dataCleared.draft("", { what }))
        .when(order(sent()))
        .then(outboundRequested.draft("SM1", { ...sent(), copy: 3, via: "world" })),
  )

  it("gives the copy retries of its own, beside those of the first", () => {
    const machines = [outboundMachine, endpointsMachine]
    const stage = givenEntries(machines, startedWith([endpoint("https://app.test", [{ status: 500 }])]))
      .when(requested({ via: "world" }))
      .when(at(10, order(sent({ via: "world" }))))
    deepStrictEqual([...stage.world.slice(outboundMachine).waiting.keys()], ["retry t", "retry t copy 2"])
  })
})

describe("requests that came to their end", () => {
  it("are kept for one turn at most, and only callbacks that may be tried again", () => {
    const turn = (purpose: string) =>
      [
        apiRequested.draft("", { api: "x", method: "GET", params: [], path: "/", query: [] }),
        requested({ purpose }),
      ] as const
    const outcome = (stage: ReturnType<typeof givenEntries>) => stage.world.slice(outboundMachine).ended.length
    const lookUp = givenEntries(outboundMachine, ...turn("tenant-lookup"), answered(200, 2))
    strictEqual(outcome(lookUp), 0)
    const callback = givenEntries(outboundMachine, ...turn("callback"), answered(500, 2))
    strictEqual(outcome(callback), 1)
    strictEqual(outcome(callback.when(turn("callback")[0])), 0)
  })
})
