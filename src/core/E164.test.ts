import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { parseE164 } from "./E164.ts"

const taken: ReadonlyArray<readonly [text: string, number: string]> = [
  ["+15551234567", "+15551234567"],
  ["+15550000001", "+15550000001"],
  ["+15005550006", "+15005550006"],
  ["+442079460958", "+442079460958"],
  ["+4915112345678", "+4915112345678"],
  ["+390612345678", "+390612345678"],
  ["+80012345678", "+80012345678"],
  ["4158675309", "+14158675309"],
  ["(415) 867-5309", "+14158675309"],
  ["(415)867-5309", "+14158675309"],
  ["415-867-5309", "+14158675309"],
  ["415.867.5309", "+14158675309"],
  ["415 867 5309", "+14158675309"],
  ["14158675309", "+14158675309"],
  [" 14158675309", "+14158675309"],
  ["1-415-867-5309", "+14158675309"],
  ["+1 (415) 867-5309", "+14158675309"],
]

const refused: ReadonlyArray<readonly [why: string, text: string]> = [
  ["an empty text", ""],
  ["letters", "abc"],
  ["a number too short for its country", "+1234"],
  ["ten digits with the country code", "+1555123456"],
  ["twelve digits of +1", "+155512345678"],
  ["sixteen digits", "+1234567890123456"],
  ["a country code that does not exist", "+999123456789"],
  ["a leading zero", "+0123456789"],
  ["a trunk prefix after the country code", "+4402079460958"],
  ["a local form whose area code starts with 1", "1234567890"],
  ["seven digits", "867-5309"],
  ["an unclosed bracket", "(415 867-5309"],
  ["two signs", "++15551234567"],
  ["a NUL byte", "+1555123\u00004567"],
  ["a NUL byte at the end", "+15551234567\u0000"],
  ["a line's end after it", "+15551234567\n"],
  ["digits of another script", "+١٥٥٥١٢٣٤٥٦٧"],
  ["5 000 digits", `+${"1".repeat(5000)}`],
  ["5 000 spaces", " ".repeat(5000)],
  ["an address of another channel", "whatsapp:+15551234567"],
  ["two numbers", "+15551234567,+15551234568"],
]

describe("parseE164", () => {
  it.each(taken)("takes %j as %s", (text, number) => strictEqual(parseE164(text), number))

  it.each(refused)("refuses %s", (_, text) => strictEqual(parseE164(text), undefined))

  it("takes what it gives", () => {
    for (const [, number] of taken) strictEqual(parseE164(number), number)
  })
})
