import { describe, it } from "@effect/vitest"
import { assertLeft, assertRight, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { limits } from "../../core/limits.ts"
import { initialTwilio } from "./state.ts"
import { type TemplateName, templateNames } from "./template.ts"
import { BadTemplates, editTemplates, type TemplateTexts } from "./templateEdits.ts"
import { loadTemplates } from "./templateFiles.ts"
import { yieldOf } from "./templatePreview.ts"

const base: TemplateTexts = Either.getOrThrow(loadTemplates(undefined)).texts
const mine = '{"sid":"{{ message_sid }}"}'

const refuses = (patch: unknown, path: string, expected: string, found: string) =>
  assertLeft(editTemplates(base, base, patch), new BadTemplates({ problems: [{ path, expected, found }] }))

describe("A patch of templates", () => {
  it("takes texts by their names and leaves the others; null is the text of the start", () => {
    const edited = { ...base, send_sms_success: mine }
    assertRight(editTemplates(base, base, { send_sms_success: mine }), edited)
    assertRight(editTemplates(edited, base, { send_sms_success: null }), base)
    assertRight(editTemplates(edited, base, {}), edited)
  })

  it("is refused with the place of each fault", () => {
    refuses(
      { send_sms_success: '{\n  "sid": {{ message_sid }\n}' },
      "send_sms_success:2:25",
      "}} after the path",
      '"}"',
    )
    refuses({ send_sms_sucess: mine }, "send_sms_sucess", "a template; nearest: send_sms_success", "this name")
    refuses({ __proto__x: mine }, "__proto__x", `one of ${templateNames.join(", ")}`, "this name")
    refuses({ auth_failed: 5 }, "auth_failed", "a text, or null", "a number")
    refuses({ auth_failed: '"\ud800"' }, "auth_failed", "UTF-8", "half a surrogate pair")
    refuses([], "", "a group of templates by their names", "a list")
    const long = `"${"x".repeat(limits.templateBytesMax)}"`
    refuses(
      { auth_failed: long },
      "auth_failed",
      `at most ${limits.templateBytesMax} bytes`,
      `${limits.templateBytesMax + 2}`,
    )
  })

  it("is refused when all together are too long for one entry", () => {
    const text = `"${"x".repeat(limits.templateBytesMax - 2)}"`
    const forms: ReadonlyArray<TemplateName> = ["delivery_status", "call_status"]
    const all = Object.fromEntries(templateNames.filter((name) => !forms.includes(name)).map((name) => [name, text]))
    const problems = Either.flip(editTemplates(base, base, all)).pipe(Either.map((refused) => refused.problems))
    assertRight(
      Either.map(problems, (some) => some.map(({ expected, path }) => [path, expected])),
      [["", `templates of at most ${limits.entryBytesMax / 2} bytes together`]],
    )
  })

  it("is tried on something made up where the run has nothing yet, and always yields JSON", () => {
    const twilio = { ...initialTwilio(), settings: { from_not_owned_code: 21606 } as never }
    for (const name of templateNames) {
      const { body, of } = yieldOf(twilio, name, base[name])
      strictEqual(typeof JSON.parse(body), "object")
      strictEqual(/made up|error \d+/.test(of), true)
    }
    strictEqual(JSON.parse(yieldOf(twilio, "send_sms_failure", base.send_sms_failure).body).error_code, 30008)
    strictEqual(JSON.parse(yieldOf(twilio, "missing_parameter", base.missing_parameter).body).code, 21604)
  })
})
