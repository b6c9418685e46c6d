import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as SchemaAST from "effect/SchemaAST"
import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import type { JsonObject } from "../core/canonical.ts"
import { changedSettings, readChange } from "./forkSettings.ts"
import { settingsOf } from "./settings.ts"
import { SettingsFile } from "./settingsFile.ts"
import { writtenOf } from "./writtenSettings.ts"

/** A change of settings as the command line reads it. */
const set = (...texts: ReadonlyArray<string>) => ({
  settings: changedSettings(texts.map((text) => Either.getOrThrowWith(readChange(text), (why) => new Error(why)))),
})

/** A settings file that says everything a run can be told. */
const everything: SettingsFile = {
  twilio: {
    validation: {
      require_auth: false,
      validate_phone_format: false,
      check_from_numbers: false,
      require_parameters: false,
    },
    missing_parameter_code: 21602,
    from_not_owned_code: 21660,
    default_behavior: "failure",
    failure_error_code: 30003,
    registered_numbers: ["+15551234567"],
    allowed_from_numbers: ["+15550000001", "12345"],
    failure_numbers: ["+15559999999"],
    numbers: {
      "+15551111111": { outcome: "undelivered", error_code: 30005, delays: { sent: 1, undelivered: "40s" } },
      "+15552222222": { outcome: "failed", delays: { failed: "500ms" } },
      "+15553333333": { outcome: "sent" },
      "12345": { delays: { delivered: 0 } },
      "+15555555555": { call: { outcome: "busy" }, outcome: "sent" },
      "+15554444444": {
        // biome-ignore lint/suspicious/noThenProperty: the word of the settings file; nothing awaits it
        call: { answered_by: "machine", answers_after: "3s", then: ["press 1#", "say yes", "wait 2s", "hang up"] },
      },
    },
    carriers: [
      { name: "plain" },
      {
        name: "lossy",
        to: ["+1555"],
        latency: { p0: 0, p50: "2s", p90: "3s", p95: "4s", p99: "30s", p100: "2m" },
        loss_percent: 0.29,
        filtering: { "30003": 1.5, "30007": 0.07 },
        segments_per_second: 10,
      },
    ],
    faults: [
      { status: 503 },
      { method: "POST", path: "*/Messages.json", to: "+15551234567", percent: 12.34, latency: "1h30m" },
      { drop: "answer", percent: 1 },
      { status: 429, code: 20429, percent: 0 },
    ],
    messages: { [`SM${"1".repeat(32)}`]: { outcome: "failed", error_code: 30001, delays: { failed: 1 } } },
    media: "fetch",
    media_auth: true,
    calls: { per_second: 3, price_per_minute: 0.013 },
    balance: 12.345678,
    price_per_segment: 0.0079,
    api: { latency_seconds: 0.25, concurrency: 7 },
    rate: { segments_per_second: 3, queue_seconds: 1.5 },
    opt_out: { advanced: true, enabled: false, repeat_replies: true, yes: false },
    lookups: {
      strict: true,
      numbers: [{ number: "+15551234567", type: "landline", caller_name: "Ann", valid: false }],
    },
    verify: { from: "22395", expires_seconds: 60 },
    scheduling: { min_seconds: 1, max_seconds: 100.5, messages: 5 },
    callbacks: {
      enabled: false,
      delay_seconds: 0.001,
      retry_attempts: 20,
      retry_delay_seconds: 3,
      retry_on: ["5xx", "ct"],
    },
  },
  callbacks: {
    allow: ["127.0.0.0/8", "*.app.example"],
    in_flight: 4,
    quiet_ms: 20,
    faults: {
      lost_percent: 1.23,
      duplicated_percent: 4,
      late_percent: 5.5,
      out_of_order_percent: 100,
      late: "3s",
      latency: "1s",
      unanswered_percent: 1,
    },
    aimed: [
      { subject: "SM1", lost: true },
      { event: "sent", unanswered: true },
      { event: "sent", late: "1s" },
      { event: "sent", out_of_order: "2s" },
      { event: "sent", duplicated: "3s" },
    ],
    rewrite: [{ from: "https://app.example", to: "http://localhost:3000" }],
  },
  endpoints: [
    {
      url: "https://app.test/status",
      answers: [{ status: 500 }, { drop: "timeout" }, { body: "<Response/>", content_type: "text/xml", after_ms: 5 }],
    },
    { url: "https://flaky.test", fail_percent: 12.34 },
  ],
}

/** The keys of a section of the settings file. */
const keysOf = (file: SchemaAST.AST, section: string): ReadonlyArray<string> => {
  const found = SchemaAST.getPropertySignatures(file).find(({ name }) => name === section)?.type
  const group = found !== undefined && SchemaAST.isSuspend(found) ? found.f() : found
  return group === undefined ? [] : SchemaAST.getPropertySignatures(group).map(({ name }) => String(name))
}

describe("Settings in force", () => {
  const inForce = (file: SettingsFile) => settingsOf(file).run as unknown as JsonObject
  const changed = (file: SettingsFile, ...texts: ReadonlyArray<string>) => set(...texts).settings(inForce(file))

  it("are what a settings file would say that is made of them", () => {
    for (const file of [{}, everything])
      deepStrictEqual(settingsOf(writtenOf(settingsOf(file).run)).run, settingsOf(file).run)
    // Whoever adds a setting adds it here: `everything` says every key there is, but for who the account is.
    const ofAccount = ["account_sid", "auth_token", "test_credentials"]
    for (const section of ["callbacks", "twilio"] as const)
      deepStrictEqual(
        Object.keys(everything[section] ?? {}).toSorted(),
        keysOf(SettingsFile.ast, section)
          .filter((key) => !ofAccount.includes(key))
          .toSorted(),
      )
  })
  it("are changed as the settings file says it", () => {
    for (const [text, file] of [
      ["twilio.default_behavior=failure", { twilio: { default_behavior: "failure" } }],
      [
        "twilio.numbers[+15551234567].outcome=failed",
        { twilio: { numbers: { "+15551234567": { outcome: "failed" } } } },
      ],
      [
        "twilio.numbers[+15551234567]={error_code: 30005}",
        { twilio: { numbers: { "+15551234567": { error_code: 30005 } } } },
      ],
      ['twilio.failure_numbers=["+15551234567"]', { twilio: { failure_numbers: ["+15551234567"] } }],
      ["twilio.faults=[{status: 503, percent: 5}]", { twilio: { faults: [{ status: 503, percent: 5 }] } }],
      ["twilio.rate.segments_per_second=1", { twilio: { rate: { segments_per_second: 1 } } }],
      ["callbacks.faults.late_percent=10", { callbacks: { faults: { late_percent: 10 } } }],
      [
        "endpoints[https://a.test/x?a=b]={url: 'https://a.test/x?a=b'}",
        { endpoints: [{ url: "https://a.test/x?a=b" }] },
      ],
      ["endpoints[https://a.test].fail_percent=5", { endpoints: [{ url: "https://a.test", fail_percent: 5 }] }],
    ] as const)
      deepStrictEqual(changed({}, text), inForce(file as SettingsFile), text)
  })
  it("keep everything no change touches, also what this version does not know", () => {
    const before = inForce(everything)
    const unknown = { ...before, later: { x: 1 }, twilio: { ...(before.twilio as JsonObject), later: [1] } }
    const after = set("twilio.callbacks.retry_attempts=2").settings(unknown) as JsonObject
    const twilio = before.twilio as JsonObject
    deepStrictEqual(after, {
      ...unknown,
      twilio: { ...unknown.twilio, callbacks: { ...(twilio.callbacks as JsonObject), retry_attempts: 2 } },
    })
  })
  it("lose what is said to be nothing, and items of lists go by their name, address or place", () => {
    deepStrictEqual(
      changed(everything, "twilio.rate=null"),
      inForce({ ...everything, twilio: { ...everything.twilio, rate: undefined as never } }),
    )
    const names = (text: string) =>
      ((changed(everything, text) as { twilio: TwilioSettings }).twilio.carriers ?? []).map(({ name }) => name)
    deepStrictEqual(names("twilio.carriers[lossy]=null"), ["plain"])
    deepStrictEqual(names("twilio.carriers[0].name=first"), ["first", "lossy"])
    deepStrictEqual(names("twilio.carriers[third].loss_percent=5"), ["plain", "lossy", "third"])
  })
  it("that cannot be changed so are told with path and what was expected", () => {
    for (const [text, said] of [
      ["twilio.default_behavior=perhaps", 'twilio.default_behavior: expected success or failure, found "perhaps"'],
      ["twilio.numbers[12].outcome=failed", "twilio.numbers.12: expected a phone number in E.164 form or a short code"],
      ["twilio.frobnicate=1", "twilio.frobnicate: expected a known key"],
      ["callbacks.in_flight=0", "callbacks.in_flight: expected a whole number, 1 to 256, found 0"],
    ] as const) {
      const message = Either.match(
        Either.try(() => changed({}, text)),
        { onLeft: (e) => String((e as Error).cause ?? e), onRight: () => "" },
      )
      assertTrue(message.includes(said), `${message} has not: ${said}`)
    }
  })
  it("are not read from what says no path, another section, or a password", () => {
    for (const [text, said] of [
      ["", "expected PATH=VALUE"],
      ["twilio", "expected PATH=VALUE"],
      ["=5", "expected PATH=VALUE"],
      ["server.port=1", "a fork changes what begins with twilio, callbacks, endpoints"],
      ["twilio={auth_token: x}", "expected a key below it"],
      ["a".repeat(100_000), "expected PATH=VALUE"],
      ["twilio.auth_token=x", "a fork keeps the account's SID and secrets"],
      ["endpoints[https://u:p@a.test].fail_percent=5", "cannot keep a password in a URL"],
      ["callbacks.rewrite=[{from: 'https://a.test', to: 'https://u:p@b.test'}]", "cannot keep a password in a URL"],
      ["callbacks.rewrite=[{", "expected a value in YAML"],
    ] as const) {
      const read = readChange(text)
      assertTrue(Either.isLeft(read) && read.left.includes(said), text)
      assertFalse(Either.isLeft(read) && read.left.includes("u:p"))
    }
  })
})
