import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import { newFolder } from "../support/folder.ts"

/* What steps change of the settings is checked before anything is played. */

/** The lines of what is wrong with a scenario when it is read. */
const wrong = (text: string, file = "a.yaml") =>
  Effect.runPromise(
    Effect.match(loadScenario({ file, text }), { onFailure: ({ lines }) => lines, onSuccess: () => [] }),
  )
/** The lines of why it cannot be played to its end. */
const broken = (text: string) =>
  Effect.runPromise(
    Effect.match(
      Effect.flatMap(loadScenario({ file: "a.yaml", text }), (scenario) => runScenario(scenario)),
      {
        onFailure: ({ lines }) => lines,
        onSuccess: () => [],
      },
    ),
  )

describe("a settings step", () => {
  it("is checked with the rest of the file, each on top of those before, within loops too", async () => {
    deepStrictEqual(
      await wrong(`steps:
  - settings: { twilio: { failure_number: [] }, callback: {} }
  - repeat: 2
    steps:
      - settings:
          twilio:
            numbers: { "+15551234567": { outcome: often } }
      - settings: { endpoints: [{ url: app.test }] }
  - settings: { server: { port: 1 } }
  - settings: { twilio: { account_sid: AC00000000000000000000000000000001 } }
  - settings: { twilio: null }
`),
      [
        "a.yaml:2: steps.0.settings.callback: expected a known key (is callbacks meant?), found a group of keys",
        "a.yaml:2: steps.0.settings.twilio.failure_number: expected a known key (is failure_numbers meant?), found a list",
        'a.yaml:7: steps.1.steps.0.settings.twilio.numbers.+15551234567.outcome: expected delivered, undelivered, failed, or sent for a message whose receipt never comes, found "often"',
        'a.yaml:8: steps.1.steps.1.settings.endpoints.0.url: expected a URL that begins with http:// or https://, found "app.test"',
        "a.yaml:9: steps.2.settings.server: expected a key that can change while the exchange runs (restart it to change this one), found this key",
        "a.yaml:10: steps.3.settings.twilio.account_sid: expected a key that can change while the exchange runs (restart it to change this one), found this key",
        "a.yaml:11: steps.4.settings.twilio: expected a group of keys (without it the account would be another one), found null",
      ],
    )
  })

  it("is told where it stands, in an included file too", async () => {
    const file = join(newFolder(), "_down.yaml")
    writeFileSync(file, "steps:\n  - settle: true\n  - settings: { callbacks: { in_flite: 2 } }\n")
    deepStrictEqual(await wrong(`steps: [{ include: ${file} }]`, "/a.yaml"), [
      `${file}:3: steps.1.settings.callbacks.in_flite: expected a known key, found 2`,
    ])
  })

  it("that takes away what an earlier one has set, or changes a part of it, is good", async () => {
    deepStrictEqual(
      await broken(`steps:
  - settings: { twilio: { numbers: { "+15551234567": { outcome: failed, error_code: 30003 } } } }
  - settings: { twilio: { numbers: { "+15551234567": { error_code: 30005 } } } }
  - settings: { twilio: { numbers: { "+15551234567": null } } }
  - settings: { twilio: { numbers: null } }
`),
      [],
    )
  })

  it("with names in it is checked when it is performed, and what follows it for what it says itself", async () => {
    const text = (word: string, more: string) => `steps:
  - each: [{ word: ${word} }]
    steps:
      - settings: { twilio: { numbers: { "+15551234567": { outcome: "\${row.word}" } } } }
  - settings: { twilio: { numbers: { "+15551234567": ${more} } } }
`
    deepStrictEqual(await broken(text("undelivered", "{ error_code: 30003 }")), [])
    deepStrictEqual(await broken(text("often", "{ error_code: 30003 }")), [
      'a.yaml:4: steps.0.steps.0: twilio.numbers.+15551234567.outcome: expected delivered, undelivered, failed, or sent for a message whose receipt never comes, found "often"',
    ])
    deepStrictEqual(await wrong(text("undelivered", "{ error_cod: 30003 }")), [
      "a.yaml:5: steps.1.settings.twilio.numbers.+15551234567.error_cod: expected a known key (is error_code meant?), found 30003",
    ])
  })
})

describe("a fault step", () => {
  it("is checked at its own places", async () => {
    deepStrictEqual(
      await wrong(`endpoints: [{ url: https://app.test }]
steps:
  - fault: { callbacks: { late_percent: 150 } }
  - fault:
      api:
        - { status: 503 }
        - { status: 5003 }
  - fault: { endpoint: https://app.test, answers: [{ status: 500, boddy: x }] }
  - fault: { of: storm }
`),
      [
        "a.yaml:3: steps.0.fault.callbacks.late_percent: expected a percentage, 0 to 100, found 150",
        "a.yaml:7: steps.1.fault.api.1.status: expected an HTTP status, 400 to 599, found 5003",
        "a.yaml:8: steps.2.fault.answers.0.boddy: expected a known key (is body meant?), found a text",
        "a.yaml:9: steps.3.fault.of: expected a known key (there are name, callbacks, api, endpoint, answers, fail_percent), found a text",
      ],
    )
  })

  it("names an endpoint of the scenario, of a file that is included or of a settings step, or a part of one", async () => {
    const file = join(newFolder(), "_bot.yaml")
    writeFileSync(file, "endpoints: [{ url: https://bot.test/sms }]\nsteps: []\n")
    const fault = (url: string) => `  - fault: { endpoint: "${url}", fail_percent: 50 }\n`
    const text = (url: string) => `endpoints: [{ url: https://app.test/status }]
steps:
${fault(url)}  - include: ${file}
  - settings: { endpoints: [{ url: https://late.test }] }
`
    const good = ["https://app.test/status/sms", "https://app.test", "https://bot.test/sms", "https://late.test/x"]
    for (const url of [...good, "https://app.test/${seed}"]) deepStrictEqual(await wrong(text(url), "/a.yaml"), [])
    deepStrictEqual(await wrong(text("https://app.tset/status"), "/a.yaml"), [
      '/a.yaml:3: steps.0.fault.endpoint: expected an endpoint of this scenario (is https://app.test/status meant?), found "https://app.tset/status"',
    ])
    deepStrictEqual(await wrong(`steps:\n${fault("https://app.test")}`), [
      'a.yaml:2: steps.0.fault.endpoint: expected an endpoint of this scenario (there is none), found "https://app.test"',
    ])
  })

  it("has an endpoint answer as endpoints do: with a delay, and TwiML", async () => {
    deepStrictEqual(
      await broken(`endpoints: [{ url: https://bot.test/sms }]
steps:
  - number: { phone_number: "+14155550100", sms_url: https://bot.test/sms }
  - fault: { endpoint: https://bot.test/sms, answers: [{ twiml: "<Response><Message>Later</Message></Response>", delay: 5s }] }
  - inbound: { from: "+15551234567", to: "+14155550100", body: Hello }
  - advance: 4s
  - expect: { message: { body: Later }, never: true }
  - advance: 1s
  - expect: { message: { body: Later } }
  - expect: { value: x, is: x }
`),
      [],
    )
  })
})

describe("the rows of an each step", () => {
  it("are told where they are wrong, in the form that they have", async () => {
    deepStrictEqual(
      await wrong(`steps:
  - each: { count: 3, generate: { code: { digts: 6 } } }
    steps: []
  - each: { columns: [name, "a b"], rows: [[Ann]] }
    steps: []
  - each: [{ name: Ann }, Bob]
    steps: []
  - each: { colums: [a], rows: [] }
    steps: []
  - each: many
    steps: []
`),
      [
        'a.yaml:2: steps.0.each.generate.code: expected a generator: digits: 6, one_of: [a, b], whole: [1, 10], duration: [1s, 5m] or numbers_from: "+15551000000", found a group of keys',
        'a.yaml:4: steps.1.each.columns.1: expected a name of letters, digits and _ that begins with a letter, found "a b"',
        'a.yaml:6: steps.2.each.1: expected a group of keys, found "Bob"',
        "a.yaml:8: steps.3.each.colums: expected a known key (is columns meant?), found a list",
        "a.yaml:8: steps.3.each.columns: expected a value, found nothing",
        'a.yaml:10: steps.4.each: expected a list of rows; columns and rows; or count and generate, found "many"',
      ],
    )
  })
})
