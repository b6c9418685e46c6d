import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { furnish, initialTwilio } from "./state.ts"
import { loadTemplates } from "./templateFiles.ts"

describe("templates that a start tells", () => {
  const { texts } = Either.getOrThrow(loadTemplates(undefined))

  it("are compiled when they are new or have changed, and stay when they say the same", () => {
    const twilio = initialTwilio()
    furnish(twilio, texts)
    const { templates } = twilio
    furnish(twilio, { ...texts })
    strictEqual(twilio.templates, templates)
    furnish(twilio, { ...texts, delivery_status: '{"a":"b"}' })
    strictEqual(twilio.templates.delivery_status.text, '{"a":"b"}')
  })
})
