import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { codesIn, linksIn } from "./found.ts"

describe("One-time codes", () => {
  for (const [text, ...codes] of [
    ["Your code is 123456", "123456"],
    ["123456 is your Example verification code.", "123456"],
    ["Your Example verification code is: 4821", "4821"],
    ["G-123456 is your Google verification code.", "G-123456"],
    ["PIN: 00412345", "00412345"],
    ["Use 123 456 to log in", "123456"],
    ["Your one-time password is 123-456.", "123456"],
    ["Dein Bestätigungscode lautet 998877", "998877"],
    ["Tu código es 445566", "445566"],
    ["Your code: A1B2C3", "A1B2C3"],
    ["123456", "123456"],
    [" 9876 \n", "9876"],
    ["Your code is 747723.\n\n@example.com #747723", "747723"],
    ["Sign in\n@example.com #AB12cd", "AB12cd"],
    ["Code 1111, or if that fails 2222", "1111", "2222"],
    ["Order 55555 of 2024: your code is 123456", "123456", "55555", "2024"].slice(0, 2),
    ["Don't share this code. 112233", "112233"],
    ["Your code is 1234. It costs $5000.", "1234"],
    ["Verify with 123456 before 12:3000", "123456"],
    ["Call +15551234567 to verify", undefined],
    ["Call (555) 123-4567 with your code", undefined],
    ["Your order 12345 has shipped", undefined],
    ["Invoice code of 2024-01-15", undefined],
    ["Your code costs 1000 EUR", undefined],
    ["Verify at https://a.example/123456", undefined],
    ["code 123", undefined],
    ["code 123456789", undefined],
    ["", undefined],
    ["décodé 123456x", undefined],
  ] as ReadonlyArray<ReadonlyArray<string | undefined>>)
    it(`in ${JSON.stringify(text)}: ${codes.join(", ")}`, () => {
      const wanted = codes.filter((code) => code !== undefined)
      deepStrictEqual(codesIn(text ?? "").slice(0, Math.max(1, wanted.length)), wanted)
    })
  it("take no time to speak of in a hostile text", () => {
    const before = process.cpuUsage().user
    for (const part of [
      "code ",
      "1234 ",
      "code 1234 ",
      "G-",
      "@",
      "@a #",
      "verif",
      "https://a/",
      "code: A",
      "((((",
      "123-",
    ]) {
      const text = part.repeat(20_000)
      codesIn(text)
      linksIn(text)
    }
    assertTrue(process.cpuUsage().user - before < 1_000_000)
  })
})

describe("Links", () => {
  for (const [text, ...links] of [
    ["Go to https://a.example/x?y=1#z.", "https://a.example/x?y=1#z"],
    ["(see http://a.example/b)", "http://a.example/b"],
    ["https://a.example/(b) and https://a.example/(b)!", "https://a.example/(b)"],
    ['<https://a.example>, "https://b.example/"', "https://a.example", "https://b.example/"],
    ["HTTPS://A.EXAMPLE/x", "HTTPS://A.EXAMPLE/x"],
    ["https://", undefined],
    ["ftp://a.example mailto:x@y.example www.a.example", undefined],
  ] as ReadonlyArray<ReadonlyArray<string | undefined>>)
    it(`in ${JSON.stringify(text)}`, () =>
      deepStrictEqual(
        linksIn(text ?? ""),
        links.filter((each) => each !== undefined),
      ))
})
