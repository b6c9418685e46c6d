import { describe, it } from "@effect/vitest"
import { strictEqual, throws } from "@effect/vitest/utils"
import { answerHead } from "./answerHead.ts"

const headOf = (status: number, headers: ReadonlyArray<string>) =>
  answerHead(status, headers, { hostNow: () => 0, last: false })

describe("the head of an answer", () => {
  it.each([
    ["what is no answer yet", 100, []],
    ["another header in a value", 200, ["X-Name", "a\r\nX-Other: b"]],
    ["another header in a name", 200, ["X-Name: a\r\nX-Other", "b"]],
    ["what becomes of its connection", 200, ["connection", "close"]],
    ["how its body comes", 200, ["Transfer-Encoding", "chunked"]],
  ])("never says %s", (_, status, headers) => throws(() => headOf(status, headers)))

  it("has one date", () =>
    strictEqual(headOf(200, ["DATE", "x"]).match(/^date/gim)?.length, headOf(200, []).match(/^date/gim)?.length))
})
