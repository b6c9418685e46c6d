import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, strictEqual } from "@effect/vitest/utils"
import { soughtNumber } from "./numberForms.ts"

const american = soughtNumber("+15551234567")
const french = soughtNumber("+33612345678")
const base64 = (text: string) => Buffer.from(text).toString("base64")

/** Texts that hold +15551234567. */
const forms = [
  "+15551234567",
  "15551234567",
  "5551234567",
  "(555) 123-4567",
  "1-555-123-4567",
  "+1 (555) 123 4567",
  "555.123.4567",
  "tel:+1-555-123-4567",
  "call 001 555 123 4567 now",
  "whatsapp:+15551234567",
  "To=%2B15551234567&Body=x",
  "%252B15551234567",
  "%28555%29%20123-4567",
  "%35%35%35%31%32%33%34%35%36%37",
  "&#43;15551234567",
  "555&nbsp;123&nbsp;4567",
  "<b>555</b><i>123</i><u>4567</u>",
  "５５５１２３４５６７",
  "٥٥٥١٢٣٤٥٦٧",
  "5 5 5, 1 2 3, 4 5 6 7",
  "\\u002b1555\\u00312345\\u00367",
  '{"to":"+15551234567"}',
  base64("+15551234567"),
  `x${base64("hello +15551234567, how are you")}`,
  base64("To=%2B15551234567"),
  base64(base64("my number is (555) 123-4567")),
  encodeURIComponent(base64("~~~?>+15551234567~~~?>")),
  Buffer.from("5551234567").toString("hex"),
  Buffer.from("+15551234567", "utf16le").toString("base64"),
  "/v2/PhoneNumbers/+15551234567",
  "0015551234567000",
]

describe("a number that is sought", () => {
  for (const form of forms)
    it(`is found as ${form}, and gone from what is made of it`, () => {
      assertTrue(american.isIn(form))
      const made = american.without(form, "[erased]")
      assertTrue(made.includes("[erased]"), made)
      assertFalse(american.isIn(made), made)
    })

  it("is found in its own country's national form", () => {
    for (const form of ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "0033612345678"]) {
      assertTrue(french.isIn(form), form)
      assertFalse(/\d/.test(french.without(form, "x")), french.without(form, "x"))
    }
  })

  it("leaves what is around it as it was", () =>
    strictEqual(
      american.without("From +1 555 123 4567 to +15551234568.", "[erased]"),
      "From [erased] to +15551234568.",
    ))

  it("is not seen in other numbers, ids, hashes and instants", () => {
    for (const text of [
      "+15551234568",
      "555123456",
      "SM8d60db5924fd9ad2619dce5aa7e7ed67",
      "a270668d7ecc1cbc407415be5881a8070fd81b1388e68088b2abd061ab715555",
      "2026-01-01T00:00:00.000Z",
      "",
    ]) {
      assertFalse(american.isIn(text), text)
      strictEqual(american.without(text, "[erased]"), text)
    }
  })

  it("of a few digits is found where it stands alone, and not in ids", () => {
    const short = soughtNumber("12345")
    strictEqual(short.without("text JOIN to 12345, please", "[erased]"), "text JOIN to [erased], please")
    for (const text of ["SM12345924fd9ad2619dce5aa7e7ed67", "+15551234567", "112345", "ab12345"])
      assertFalse(short.isIn(text), text)
  })

  it("is looked for in a long text without end within a moment", () => {
    for (const text of [
      "5".repeat(100_000),
      "555-".repeat(50_000),
      "%35".repeat(50_000),
      "<".repeat(100_000),
      "&#5".repeat(50_000),
    ])
      assertFalse(american.isIn(text))
  })
})
