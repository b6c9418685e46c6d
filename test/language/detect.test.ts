import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { assert } from "vitest"
import { detect } from "../../src/conversations/language/detect.ts"
import { isHeldOut, judge, labelled } from "./set.ts"

const languages = ["en", "es", "pt", "unknown"] as const
const found = (text: string) => detect(text).language

describe("the language of a text message", () => {
  it("is told right for 95 in 100 texts that nobody looked at, and for 90 in 100 of each language found", () => {
    const heldOut = labelled.filter(isHeldOut)
    const { accuracy, wrong } = judge(heldOut)
    assert.isAtLeast(accuracy, 9_500)
    for (const language of languages) {
      const asThis = heldOut.filter(({ text }) => found(text) === language)
      const mistaken = wrong.filter((one) => one.found === language)
      assert.isBelow(mistaken.length * 8, asThis.length, `of those found to be ${language}`)
    }
  })
  it("is told right for 99 in 100 of the texts it was made with", () => {
    assert.isAtLeast(judge(labelled.filter((text) => !isHeldOut(text))).accuracy, 9_900)
  })
  it("is measured on at least 450 texts, about as many of each language, a quarter of them held out, none twice", () => {
    assert.isAtLeast(labelled.length, 450)
    assert.isAtLeast(labelled.filter(isHeldOut).length * 4, labelled.length)
    deepStrictEqual(new Set(labelled.map(({ text }) => text)).size, labelled.length)
    for (const language of languages)
      assert.isAtLeast(labelled.filter((text) => text.language === language).length, 110, language)
  })
  it("is the same in capitals, with letters drawn out and with what is no word around it", () => {
    for (const [text, language] of [
      ["¿DÓNDE ESTÁ MI PAQUETE?", "es"],
      ["holaaaa como estasss 😊😊 https://the.example/where-is-the-book", "es"],
      ["ONDE ESTÁ MEU PACOTE 12345", "pt"],
      ["whereee is my package??? me@correo.example", "en"],
      ["don’t call me", "en"],
    ] as const)
      deepStrictEqual(found(text), language, text)
  })
  it("is that of most of a mixed text", () => {
    deepStrictEqual(found("mi landlord dice que no hay parking hasta mañana"), "es")
    deepStrictEqual(found("please tell my abuela I will be there tomorrow"), "en")
    deepStrictEqual(found("preciso mandar o payment pelo zelle amanhã"), "pt")
  })
  it("is unknown for nothing, numbers, names, keywords, other languages and as much of one as of another", () => {
    for (const text of ["", " ", "42", "Maria", "STOP", "ok", "où êtes-vous", "спасибо", "hello obrigado", "👍"])
      deepStrictEqual(detect(text), { language: "unknown", confidence: 0 }, text)
  })
  it("is surer the more speaks for it", () => {
    assert.isAbove(detect("hola donde esta mi paquete").confidence, detect("hola").confidence)
    assert.isAbove(detect("hola donde estas").confidence, detect("hola donde estas my friend").confidence)
  })
  it.prop(
    "is one of four with whole basis points for any text, the same each time",
    [FastCheck.string({ unit: "binary", maxLength: 200 })],
    ([text]) => {
      const { confidence, language } = detect(text)
      deepStrictEqual(detect(text), { language, confidence })
      assert.isTrue(languages.includes(language) && Number.isSafeInteger(confidence))
      assert.isTrue(confidence >= 0 && confidence <= 10_000 && (language === "unknown") === (confidence === 0))
    },
  )
})
