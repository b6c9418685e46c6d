import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { segments } from "./segments.ts"
import { smartEncoded } from "./smartEncoding.ts"

describe("a text that is smartly encoded", () => {
  it.each([
    ["“quoted” ‘so’ «or so»", `"quoted" 'so' "or so"`],
    ["a – b — c ― d", "a - b - c - d"],
    ["and so on…", "and so on..."],
    ["½ ¼ ¾ ÷", "1/2 1/4 3/4 /"],
    ["ＡＢＣ １２３！", "ABC 123!"],
    ["`tick´", "'tick'"],
    ["a\u00a0b", "a  b"],
    ["a\u200bb\ufeff", "ab"],
  ])("%j becomes %j", (text, made) => strictEqual(smartEncoded(text), made))

  it.each(["plain", "€ {x} ~", "emoji 😀 stay", "ｅ stays", "語"])("%j stays as it is", (text) =>
    strictEqual(smartEncoded(text), text),
  )

  it("is GSM-7 where its look-alikes were all that was not", () => {
    const text = "“Smart quotes” – and dashes…"
    strictEqual(segments(text).encoding, "UCS-2")
    strictEqual(segments(smartEncoded(text)).encoding, "GSM-7")
    strictEqual(segments(smartEncoded(`${text} 😀`)).encoding, "UCS-2")
  })
})
