import { describe, it } from "@effect/vitest"
import { assertLeft, assertRight } from "@effect/vitest/utils"
import { limits } from "../core/limits.ts"
import { readAnswer } from "./forkAnswers.ts"

const expected = "expected SEQ=STATUS[@AFTER][:BODY] or SEQ=timeout, connect, reset, such as 29=500 or 29=200@20s"

describe("An answer of a fork", () => {
  it.each([
    ["29=500", { seq: 29, answer: { body: "", status: 500 } }],
    ["29=200:", { seq: 29, answer: { body: "", status: 200 } }],
    ["1=200@20s:<Response/>:\n=", { seq: 1, answer: { after_ms: 20_000, body: "<Response/>:\n=", status: 200 } }],
    ["3=timeout", { seq: 3, answer: { drop: "timeout" } }],
    ["3=reset@1s", { seq: 3, answer: { after_ms: 1_000, drop: "reset" } }],
  ] as const)("%s is read", (text, read) => assertRight(readAnswer(text), read))

  it.each([
    ["", expected],
    ["x=500", expected],
    ["5=50", expected],
    ["5=500@soon", `${expected}; "soon" is no duration`],
    ["5=199", `${expected}; a status is 200 to 599`],
    ["5=600", `${expected}; a status is 200 to 599`],
    ["5=connect:why", `${expected}; what is no answer has no body`],
    [`5=200:${"x".repeat(limits.answerBytesMax + 1)}`, `a body of at most ${limits.answerBytesMax} bytes`],
  ])("%s is refused", (text, why) => assertLeft(readAnswer(text), why))
})
