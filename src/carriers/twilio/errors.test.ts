import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { errorCodes, isErrorCode, messageFailure, twilioError } from "./errors.ts"

describe("Twilio's errors", () => {
  it("carry code, status, message and a link", () =>
    deepStrictEqual(twilioError(21211, { to: "+1234" }), {
      status: 400,
      code: 21211,
      message: "The 'To' number +1234 is not a valid phone number.",
      more_info: "https://www.twilio.com/docs/errors/21211",
    }))

  it("carry a detail for failed authentication", () =>
    deepStrictEqual(twilioError(20003), {
      status: 401,
      code: 20003,
      message: "Authenticate",
      more_info: "https://www.twilio.com/docs/errors/20003",
      detail: "Your AccountSid or AuthToken was incorrect.",
    }))

  it("take values as they are", () =>
    strictEqual(
      twilioError(21660, { from: "$& {sid}", sid: "AC1" }).message,
      "Mismatch between the 'From' number $& {sid} and the account AC1",
    ))

  it("leave a value that is not given empty", () =>
    strictEqual(twilioError(20404).message, "The requested resource  was not found"))

  it("know their codes and no others", () => {
    assertTrue(isErrorCode(21610))
    assertFalse(isErrorCode(21999))
    assertFalse(isErrorCode(Number.NaN))
  })

  it.each([
    [20003, 401],
    [20004, 405],
    [20007, 400],
    [20009, 409],
    [20400, 400],
    [20404, 404],
    [20413, 413],
    [20415, 415],
    [20429, 429],
    [20500, 500],
    [20503, 503],
    [21211, 400],
    [21212, 400],
    [21266, 400],
    [21602, 400],
    [21603, 400],
    [21604, 400],
    [21606, 400],
    [21609, 400],
    [21610, 400],
    [21611, 429],
    [21617, 400],
    [21620, 400],
    [21623, 400],
    [21624, 400],
    [21654, 400],
    [21655, 400],
    [21656, 400],
    [21659, 400],
    [21660, 400],
    [21701, 404],
    [21705, 400],
    [21910, 400],
    [30400, 400],
    [30404, 404],
    [30409, 409],
    [35111, 400],
    [35114, 400],
    [35115, 400],
    [35118, 400],
    [35125, 400],
    [35126, 400],
  ] as const)("answer %i with status %i", (code, status) => strictEqual(twilioError(code).status, status))

  it.each(errorCodes())("give %i a text without open placeholders", (code) => {
    const { message, status } = twilioError(code)
    assertTrue(message.length > 0 && !/[{}]/.test(message))
    assertTrue(status >= 400 && status < 600)
  })
})

describe("failures of a message", () => {
  it("have a text and a final status", () =>
    deepStrictEqual(messageFailure(30003), { message: "Unreachable destination handset", status: "undelivered" }))

  it("are unknown for other codes", () => strictEqual(messageFailure(1), undefined))
})
