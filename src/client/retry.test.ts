import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { errorClasses } from "./errors.ts"
import { errorByCode, errorNameOf } from "./errorTable.ts"
import {
  afterFailure,
  countsAs,
  type Failure,
  jitterShare,
  type Next,
  type RetriedName,
  retryAfterMsMax,
  retryAfterMsOf,
  retryTable,
} from "./retry.ts"

const failed = (failure: Partial<Failure> & Pick<Failure, "name">, chance = 0) =>
  afterFailure(
    retryTable,
    { attempt: 1, reached: "nothing", repeatable: false, retryAfterMs: undefined, ...failure },
    chance,
  )

const again = (inMs: number): Next => ({ _tag: "Retry", inMs })
const givenUp: Next = { _tag: "GiveUp" }

/** The specification's table: attempts in all, and the delay before each further one. */
const rows: ReadonlyArray<readonly [RetriedName, ReadonlyArray<number>]> = [
  ["AccountRateLimited", [1_000, 2_000, 4_000, 8_000]],
  ["NumberRateLimited", [1_000, 2_000, 4_000, 8_000]],
  ["QueueFull", [1_000, 2_000, 4_000, 8_000]],
  ["ServiceUnavailable", [2_000, 4_000]],
  ["TemporarilyUnavailable", [2_000, 4_000]],
  ["InternalError", [1_000, 2_000]],
  ["Timeout", [1_000, 1_000]],
  ["ConnectionFailed", [500, 1_000]],
  ["DnsResolutionFailed", [500, 1_000]],
]

describe("The retry table", () => {
  it("has a row for each of these errors and no other", () =>
    deepStrictEqual(Object.keys(retryTable).sort(), rows.map(([name]) => name).sort()))

  it.each(rows)("%s: a read that failed is repeated after %j ms, then given up", (name, delays) => {
    const steps = [...delays, undefined].map((_, i) =>
      failed({ name, attempt: i + 1, reached: "answered", repeatable: true }),
    )
    deepStrictEqual(steps, [...delays.map(again), givenUp])
  })

  it.each(rows)("%s: a send that never left is repeated as a read is (%j)", (name, delays) =>
    deepStrictEqual(
      delays.map((_, i) => failed({ name, attempt: i + 1 })),
      delays.map(again),
    ),
  )

  it.each(rows)("%s: chance makes a delay longer by up to a quarter and never shorter (%j)", (name, [first = 0]) =>
    deepStrictEqual(
      [0, 0.5, 0.999999].map((chance) => failed({ name }, chance)),
      [1, 1 + jitterShare / 2, 1 + jitterShare].map((factor) => again(Math.round(first * factor))),
    ),
  )

  it.each(["AccountRateLimited", "NumberRateLimited", "QueueFull"] as const)(
    "%s: a send that was answered so was not carried out, and is repeated",
    (name) => deepStrictEqual(failed({ name, reached: "answered" }), { _tag: "Retry", inMs: 1_000 }),
  )

  it.each([
    ["ServiceUnavailable", 2_000],
    ["TemporarilyUnavailable", 2_000],
    ["InternalError", 1_000],
  ] as const)(
    "%s: a send that was answered so has to be found out about, and may be repeated after %i ms",
    (name, inMs) => {
      deepStrictEqual(failed({ name, reached: "answered" }), { _tag: "Unsure", retryInMs: inMs })
      deepStrictEqual(failed({ name, reached: "answered", attempt: 3 }), { _tag: "Unsure", retryInMs: undefined })
    },
  )

  it.each(["Timeout", "ConnectionFailed", "ServiceUnavailable", "TemporarilyUnavailable", "InternalError"] as const)(
    "%s: a send of which nobody knows whether it arrived is never repeated",
    (name) => deepStrictEqual(failed({ name, reached: "unknown" }), { _tag: "Unsure", retryInMs: undefined }),
  )

  it("a send whose answer cannot be read is never repeated either, and a read is given up", () => {
    const name = "UnreadableAnswer"
    deepStrictEqual(failed({ name, reached: "answered" }), { _tag: "Unsure", retryInMs: undefined })
    deepStrictEqual(failed({ name, reached: "unknown", repeatable: true }), { _tag: "GiveUp" })
  })

  it.each(Object.keys(errorClasses).filter((name) => !Object.hasOwn(retryTable, name)))("%s is not repeated", (name) =>
    deepStrictEqual(failed({ name: name as Failure["name"], reached: "answered", repeatable: true }), {
      _tag: "GiveUp",
    }),
  )

  it("waits as long as the answer asks for, and gives up when that is too long", () => {
    const asked = (retryAfterMs: number) => failed({ name: "AccountRateLimited", reached: "answered", retryAfterMs })
    deepStrictEqual(asked(10), { _tag: "Retry", inMs: 1_000 })
    deepStrictEqual(asked(7_000), { _tag: "Retry", inMs: 7_000 })
    deepStrictEqual(asked(retryAfterMsMax), { _tag: "Retry", inMs: retryAfterMsMax })
    deepStrictEqual(asked(retryAfterMsMax + 1), { _tag: "GiveUp" })
  })

  it("an error without a row is not repeated", () =>
    deepStrictEqual(
      afterFailure(
        {},
        { name: "Timeout", attempt: 1, reached: "nothing", repeatable: true, retryAfterMs: undefined },
        0,
      ),
      { _tag: "GiveUp" },
    ))
})

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0)
  it.each<readonly [string | undefined, number | undefined]>([
    [undefined, undefined],
    ["0", 0],
    [" 120 ", 120_000],
    ["Thu, 01 Jan 2026 12:00:30 GMT", 30_000],
    ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
    ["1.5", undefined],
    ["-1", undefined],
    ["soon", undefined],
    ["2026-01-01", undefined],
    ["99999999999", undefined],
  ])("%j is %j ms", (header, ms) => strictEqual(retryAfterMsOf(header, now), ms))
})

describe("The error of an answer", () => {
  it.each<readonly [number, number | undefined, string]>([
    [401, 20003, "InvalidCredentials"],
    [401, undefined, "InvalidCredentials"],
    [403, 20005, "AccountSuspended"],
    [403, undefined, "PermissionDenied"],
    [404, 20404, "NotFound"],
    [400, 21211, "InvalidRecipient"],
    [400, 21408, "PermissionDenied"],
    [400, 21610, "OptedOut"],
    [400, 21614, "InvalidRecipient"],
    [400, 99999, "InvalidRequest"],
    [409, 30409, "NotCancelable"],
    [429, 20429, "AccountRateLimited"],
    [429, 21611, "QueueFull"],
    [429, undefined, "AccountRateLimited"],
    [429, 21211, "AccountRateLimited"],
    [500, 20500, "InternalError"],
    [503, 20503, "ServiceUnavailable"],
    [502, undefined, "TemporarilyUnavailable"],
    [503, 21211, "ServiceUnavailable"],
    [400, 20500, "InvalidRequest"],
    [400, 20429, "InvalidRequest"],
    [302, undefined, "InvalidRequest"],
  ])("%i with code %j is %s", (status, code, name) => strictEqual(errorNameOf(status, code), name))
  it("is of a class that is there, for every code", () => {
    for (const name of errorByCode.values()) assertTrue(Object.hasOwn(errorClasses, name))
  })
  it("of 21408 is nothing to repeat", () =>
    strictEqual(new errorClasses.PermissionDenied({ message: "" }).retryable, false))
  it.each(Object.entries(errorClasses))("%s names itself, also in its stack", (name, Class) => {
    const error = new Class({ message: "why", code: 1 })
    deepStrictEqual([error._tag, error.name, error.message, error.code], [name, name, "why", 1])
    assertTrue(error.stack?.startsWith(`${name}: why`))
    assertTrue(error instanceof Error)
  })
})

describe("An attempt, for the circuit breaker", () => {
  it("is a failure when Twilio is not well, says nothing when it is a limit, and is a success otherwise", () =>
    deepStrictEqual(
      ["Timeout", "InternalError", "UnreadableAnswer", "QueueFull", "OptedOut", "InvalidCredentials", undefined].map(
        (name) => countsAs(name as Parameters<typeof countsAs>[0]),
      ),
      ["failure", "failure", "failure", "neither", "success", "success", "success"],
    ))
})
