import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { callee, callees, dials, entriesOf, heard, talks } from "../../../../test/support/calls.ts"
import { at } from "../../../../test/support/given.ts"
import { ranUntil } from "../../../../test/support/twilio.ts"
import { callDigitsSent, callHungUp } from "./entries.ts"

const listens = "<Response><Pause length='30'/></Response>"
/** When which keys are sent, of a call that is answered at 6 s. */
const sent = (SendDigits: string, outcome: "answered" | "busy" = "answered") =>
  entriesOf(ranUntil(dials({ SendDigits, Twiml: listens }, callees({ number: callee, outcome })))).flatMap((entry) =>
    callDigitsSent.is(entry) ? [[entry.at, entry.data.digits]] : [],
  )

describe("SendDigits", () => {
  it.each([
    ["12#", [[6_000, "12#"]]],
    ["W1", [[7_000, "1"]]],
    [
      "wW12w3ww",
      [
        [7_500, "12"],
        [8_400, "3"],
      ],
    ],
    ["a*w", [[6_000, "A*"]]],
    ["wW", []],
  ])("%s is pressed once the call is answered, with its pauses", (digits, keys) => {
    deepStrictEqual(sent(digits), keys)
  })
  it("is not where nobody answers, nor behind the end", () => {
    deepStrictEqual(sent("1", "busy"), [])
    const made = ranUntil(dials({ SendDigits: "1W2", Twiml: listens }), 6_500)
    const sid = entriesOf(made)[1]?.subject ?? ""
    const over = ranUntil(made.when(at(6_800, callHungUp.draft(sid, {}))))
    deepStrictEqual(entriesOf(over).filter(callDigitsSent.is), [])
  })
  it("of a number that is dialled is pressed there, and is in its transcript", () => {
    const friend = "+15558880001"
    const stage = talks(
      `<Dial timeLimit='9'><Number sendDigits='w12'>${friend}</Number></Dial>`,
      [],
      [{ number: friend, outcome: "answered" }],
    )
    deepStrictEqual(
      heard(stage).filter((line) => /sent|pressed/.test(line)),
      ["sent-digits 12"],
    )
  })
})
