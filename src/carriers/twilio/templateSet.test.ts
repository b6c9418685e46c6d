import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { parseTemplateSet, templateNames } from "./template.ts"

describe("a set of templates", () => {
  const whole = Object.fromEntries(templateNames.map((name) => [name, '{"name": "x"}']))

  it("is the ten of them", () =>
    deepStrictEqual(Object.keys(Either.getOrThrow(parseTemplateSet({ ...whole, more: "{{" }))), [...templateNames]))

  it("is refused with every fault", () =>
    deepStrictEqual(
      Either.match(parseTemplateSet({ ...whole, call_status: "[]", auth_failed: "{{ a b }}", send_sms_success: "{" }), {
        onLeft: (errors) => errors.map(({ message }) => message),
        onRight: () => [],
      }),
      [
        "send_sms_success:1:1: expected a name in double quotes, found the end of the template",
        'call_status:1:1: expected an object, whose members become form parameters, found "[]"',
        'auth_failed:1:6: expected }} after the path, found "b }}"',
      ],
    ))

  it("is the one that was asked for, whichever was asked for before", () => {
    const other = { ...whole, send_sms_success: '{"sid": "{{ message_sid }}"}' }
    for (const texts of [whole, other, whole, other])
      strictEqual(Either.getOrThrow(parseTemplateSet(texts)).send_sms_success.text, texts.send_sms_success)
  })

  it("needs every name, as an own property", () => {
    const { delivery_status: _, ...rest } = whole
    assertTrue(Either.isLeft(parseTemplateSet(rest)))
    assertTrue(Either.isLeft(parseTemplateSet(Object.create(whole))))
  })
})
