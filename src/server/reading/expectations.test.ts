import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { type Expectation, judge, senseless } from "./expectations.ts"

const message = (sid: string, body: string, status: SeenMessage["status"] = "delivered"): SeenMessage => ({
  sid,
  accountSid: "AC1",
  serviceSid: undefined,
  direction: "outbound-api",
  from: "+15550000001",
  to: "+15551234567",
  body,
  status,
  errorCode: undefined,
  numMedia: 0,
  numSegments: 1,
  created: 0,
  updated: 0,
  sent: 0,
})

const messages = [
  message("SM1", "hello"),
  message("SM2", "code 1"),
  message("SM3", "code 2", "failed"),
  message("SM4", "bye"),
]
const judged = (expectations: ReadonlyArray<Expectation>, inOrder = false) =>
  judge(expectations, messages, { inOrder, namedMax: 2 })

describe("An expectation", () => {
  for (const [expectation, met, final] of [
    [{ match: { body: "hello" } }, true, true],
    [{ match: { body: "nothing" } }, false, false],
    [{ match: { body: "code" }, exactly: 1 }, false, true],
    [{ match: { body: "code" }, exactly: 2 }, true, false],
    [{ match: { body: "code" }, exactly: 3 }, false, false],
    [{ match: { body: "code" }, at_least: 2 }, true, true],
    [{ match: { body: "code" }, at_least: 3 }, false, false],
    [{ match: { body: "code" }, at_most: 2 }, true, false],
    [{ match: { body: "code" }, at_most: 1 }, false, true],
    [{ match: { body: "code" }, at_least: 1, at_most: 2 }, true, false],
    [{ match: { body: "code" }, never: true }, false, true],
    [{ match: { body: "nothing" }, never: true }, true, false],
    [{ match: {}, exactly: 4 }, true, false],
  ] as ReadonlyArray<readonly [Expectation, boolean, boolean]>)
    it(`${JSON.stringify(expectation)} is ${met ? "met" : "not met"}, ${final ? "for good" : "so far"}`, () => {
      const verdict = judged([expectation])
      deepStrictEqual([verdict.met, verdict.final], [met, final])
    })

  it("that is not met names the nearest message, field by field", () =>
    deepStrictEqual(judged([{ match: { body: "code", status: "sent" } }]).fates, [
      {
        met: false,
        count: 0,
        sids: [],
        why: "expected at least 1, found 0",
        closest: {
          sid: "SM3",
          fields: [
            { field: "body", expected: "code", found: "code 2", fits: true },
            { field: "status", expected: "sent", found: "failed", fits: false },
          ],
        },
      },
    ]))
  it("that found too many names them, the first ones", () =>
    deepStrictEqual(judged([{ match: {}, at_most: 1 }]).fates, [
      { met: false, count: 4, sids: ["SM1", "SM2"], why: "expected at most 1, found 4" },
    ]))
  it("has nothing near where there are no messages", () =>
    deepStrictEqual(judge([{ match: { body: "x" } }], [], { inOrder: false, namedMax: 2 }).fates, [
      { met: false, count: 0, sids: [], why: "expected at least 1, found 0" },
    ]))
})

describe("Expectations in order", () => {
  it("are met by messages that come one after the other", () => {
    strictEqual(
      judged([{ match: { body: "hello" } }, { match: { body: "code" }, at_least: 2 }, { match: { body: "bye" } }], true)
        .met,
      true,
    )
    strictEqual(judged([{ match: { body: "code" } }, { match: { body: "code" } }], true).met, true)
  })
  it("are not met by one that came before, which is said", () => {
    const { fates, met } = judged([{ match: { body: "bye" } }, { match: { body: "hello" } }], true)
    strictEqual(met, false)
    strictEqual(fates[1]?.why, "expected at least 1 after SM4, found 0 there and 1 before")
    strictEqual(judged([{ match: { body: "bye" } }, { match: { body: "hello" } }]).met, true)
  })
  it("look at what must not come wherever it stands", () =>
    strictEqual(judged([{ match: { body: "bye" } }, { match: { body: "code" }, never: true }], true).met, false))
})

describe("An expectation makes no sense", () => {
  for (const expectation of [
    { match: {} },
    { match: { body: "x" }, exactly: 1, at_least: 1 },
    { match: { body: "x" }, never: true, exactly: 0 },
    { match: { body: "x" }, at_least: 2, at_most: 1 },
  ] as ReadonlyArray<Expectation>)
    it(JSON.stringify(expectation), () => strictEqual(typeof senseless(expectation), "string"))
  for (const expectation of [
    { match: { body: "x" } },
    { match: {}, never: true },
    { match: { to: "1" }, at_least: 1, at_most: 1 },
  ] as ReadonlyArray<Expectation>)
    it(`but not ${JSON.stringify(expectation)}`, () => strictEqual(senseless(expectation), undefined))
})
