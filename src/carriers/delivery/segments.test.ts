import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { segments } from "./segments.ts"

const gsm = (count: number) => ({ encoding: "GSM-7", count }) as const
const ucs = (count: number) => ({ encoding: "UCS-2", count }) as const
const emoji = "😀"

const bodies: ReadonlyArray<readonly [what: string, body: string, expected: ReturnType<typeof gsm | typeof ucs>]> = [
  ["an empty body", "", gsm(1)],
  ["160 letters", "a".repeat(160), gsm(1)],
  ["161 letters", "a".repeat(161), gsm(2)],
  ["306 letters", "a".repeat(306), gsm(2)],
  ["307 letters", "a".repeat(307), gsm(3)],
  ["1 600 letters", "a".repeat(1600), gsm(11)],
  ["the whole basic alphabet", "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà", gsm(1)],
  ["80 euro signs", "€".repeat(80), gsm(1)],
  ["81 euro signs", "€".repeat(81), gsm(2)],
  ["every extension character", "\f^{}\\[~]|€".repeat(8), gsm(1)],
  ["an extension character more", `${"\f^{}\\[~]|€".repeat(8)}€`, gsm(2)],
  ["306 septets whose extension character would be split", `${"a".repeat(152)}€${"a".repeat(152)}`, gsm(3)],
  ["306 septets whose extension character ends a part", `${"a".repeat(151)}€${"a".repeat(153)}`, gsm(2)],
  ["a backtick", "`", ucs(1)],
  ["a small c with cedilla", "ç", ucs(1)],
  ["a tab", "\t", ucs(1)],
  ["70 Cyrillic letters", "ж".repeat(70), ucs(1)],
  ["71 Cyrillic letters", "ж".repeat(71), ucs(2)],
  ["134 Cyrillic letters", "ж".repeat(134), ucs(2)],
  ["135 Cyrillic letters", "ж".repeat(135), ucs(3)],
  ["35 emoji", emoji.repeat(35), ucs(1)],
  ["36 emoji", emoji.repeat(36), ucs(2)],
  ["66 emoji, 33 to a part", emoji.repeat(66), ucs(2)],
  ["67 emoji, whose 134 units would split a pair", emoji.repeat(67), ucs(3)],
  ["one letter outside the alphabet among 160", `${"a".repeat(159)}ж`, ucs(3)],
  ["lone surrogates", "\ud83d".repeat(71), ucs(2)],
]

const text = FastCheck.array(FastCheck.constantFrom("a", "€", "{", "ж", emoji, "\ud83d", "\ude00", "é", "ç"), {
  maxLength: 400,
}).map((characters) => characters.join(""))
const gsmText = FastCheck.array(FastCheck.constantFrom("a", "€", "{", "é"), { maxLength: 400 }).map((characters) =>
  characters.join(""),
)

describe("segments", () => {
  it.each(bodies)("counts %s", (_, body, expected) => deepStrictEqual(segments(body), expected))

  it.prop("more text never takes fewer parts", [text, text], ([a, b]) =>
    assertTrue(segments(a + b).count >= Math.max(segments(a).count, 1)),
  )

  it.prop("text of the GSM alphabet takes as many parts as its septets need, or one more", [gsmText], ([body]) => {
    const septets = [...body].reduce((sum, character) => sum + ("€{".includes(character) ? 2 : 1), 0)
    const least = septets <= 160 ? 1 : Math.ceil(septets / 153)
    assertTrue(segments(body).count >= least && segments(body).count <= least + 1)
  })
})
