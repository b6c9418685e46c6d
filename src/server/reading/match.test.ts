import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { type Match, matcherOf } from "./match.ts"

const message: SeenMessage = {
  sid: "SM1",
  accountSid: "AC1",
  serviceSid: undefined,
  direction: "outbound-api",
  from: "+15550000001",
  to: "+14158675309",
  body: "Your code is 123456 (*)",
  status: "sent",
  errorCode: undefined,
  numMedia: 0,
  numSegments: 1,
  created: 0,
  updated: 0,
  sent: 0,
}

describe("A match", () => {
  for (const [match, fits] of [
    [{}, true],
    [{ to: "+14158675309" }, true],
    [{ to: " 14158675309" }, true],
    [{ to: "(415) 867-5309" }, true],
    [{ to: "+14158675308" }, false],
    [{ to: "" }, false],
    [{ from: "+15550000001", status: "sent" }, true],
    [{ from: "+15550000001", status: "queued" }, false],
    [{ direction: "inbound" }, false],
    [{ body: "code is 1" }, true],
    [{ body: "Code" }, false],
    [{ body: "Your*123*)" }, true],
    [{ body: "123*Your" }, false],
    [{ body: "*" }, true],
    [{ body: "(*)" }, true],
    [{ body: "code is 123456*code" }, false],
    [{ body: "[a-z]+" }, false],
  ] as ReadonlyArray<readonly [Match, boolean]>)
    it(`${JSON.stringify(match)} ${fits ? "fits" : "does not fit"}`, () =>
      strictEqual(matcherOf(match).fits(message), fits))

  it("compares field by field, and only those it names", () =>
    deepStrictEqual(matcherOf({ to: "+14158675309", status: "delivered" }).compare(message), [
      { field: "to", expected: "+14158675309", found: "+14158675309", fits: true },
      { field: "status", expected: "delivered", found: "sent", fits: false },
    ]))

  it("takes no time to speak of for a hostile pattern", () => {
    const before = process.cpuUsage().user
    const { fits } = matcherOf({ body: "a*".repeat(800) })
    for (let n = 0; n < 1_000; n++) fits({ ...message, body: `${"a".repeat(1_599)}b` })
    const regex = matcherOf({ body: "(a+)+$" })
    for (let n = 0; n < 1_000; n++) regex.fits({ ...message, body: `${"a".repeat(1_599)}b` })
    assertTrue(process.cpuUsage().user - before < 1_000_000)
  })
})
