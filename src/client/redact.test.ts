import { describe, it } from "@effect/vitest"
import { assertFalse, assertMatch, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import * as LogLevel from "effect/LogLevel"
import { seeded } from "../../test/support/seeded.ts"
import { redactPhone, redactPhones } from "./redact.ts"

const levels = [LogLevel.Error, LogLevel.Warning, LogLevel.Info, LogLevel.Debug, LogLevel.Trace]

describe("a phone number in a log", () => {
  it("is redacted as the design of the logs has it", () => {
    strictEqual(redactPhone("+15551234567", "partial", "key"), "+1*********67")
    strictEqual(redactPhone("+15551234567", "full", "key"), "+1555***4567")
    assertMatch(redactPhone("+15551234567", "hash", "key"), /^hash:[0-9a-f]{8}$/)
    assertFalse(redactPhone("+15551234567", "hash", "key") === redactPhone("+15551234567", "hash", "other key"))
  })
  it("that is short is not told by its two ends", () => {
    strictEqual(redactPhone("+1234567", "full"), "+1*********67")
    strictEqual(redactPhone("12345", "full"), "*********45")
    strictEqual(redactPhone("12345", "partial"), "*********45")
  })
  it.each([
    [LogLevel.Error, /^to \+1\*{9}67 or$/],
    [LogLevel.Warning, /^to \+1\*{9}67 or$/],
    [LogLevel.Info, /^to \+1555\*{3}4567 or$/],
    [LogLevel.Debug, /^to hash:[0-9a-f]{8} or$/],
    [LogLevel.Trace, /^to \+1555\*{3}4567 or$/],
  ] as const)("is redacted by level", (level, masked) => assertMatch(redactPhones("to +15551234567 or", level), masked))

  it.each([
    "http://a.example/+15551234567/x",
    "http://a.example/%2B15551234567",
    "http://a.example/%2b15551234567.json",
    "http://a.example/%252B15551234567",
    "http://a.example/15551234567",
    "whatsapp:+15551234567",
    "tel:+15551234567;ext=1",
    '"To":"+15551234567"',
    "+15551234567+15551234567",
  ])("is found in %s", (text) => {
    for (const level of levels) assertFalse(redactPhones(text, level).includes("555123"))
  })

  it.each([
    "callback for SM01234567890123456789012345678901 to http://127.0.0.1:15551/x, attempt 1",
    `SM${"1".repeat(32)}`,
    "2026-01-01T00:00:00.000Z",
    "entry 123456789 message.created",
  ])("is none in %s", (text) => strictEqual(redactPhones(text, LogLevel.Info), text))

  it.prop(
    "leaves no run of six digits of it anywhere",
    [FastCheck.stringMatching(/^\+[1-9][0-9]{6,14}$/), FastCheck.constantFrom("", " ", "/", ":", '"')],
    ([phone, around]) => {
      for (const level of levels) {
        const masked = redactPhones(`${around}${phone}${around}`, level).replace(/hash:[0-9a-f]{8}/, "")
        assertFalse(masked.includes(phone.slice(1)))
        assertFalse(/\d{7}/.test(masked))
      }
    },
    seeded,
  )
})
