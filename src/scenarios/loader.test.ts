import * as fs from "node:fs"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../test/support/folder.ts"
import { loadScenario } from "../../test/support/scenarios.ts"
import type { Scenario } from "./Scenario.ts"

const load = (text: string, file = "a.yaml") => Effect.runPromise(loadScenario({ file, text }))
/** The lines of what is wrong. */
const wrong = (text: string, file?: string) =>
  Effect.runPromise(
    Effect.match(loadScenario({ file: file ?? "a.yaml", text }), {
      onFailure: ({ lines }) => lines,
      onSuccess: () => [],
    }),
  )

const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  return folder
}

describe("a scenario file", () => {
  it("says as little as it likes", async () => {
    const scenario: Scenario = await load("steps: []", "scenarios/quiet.yaml")
    strictEqual(scenario.name, "quiet")
    strictEqual(scenario.seed, 1)
    strictEqual(scenario.start, Date.UTC(2026, 0, 1))
    strictEqual(scenario.toEnd, true)
  })

  it("is told each unknown key with its line, also in steps, expectations, endpoints and settings", async () => {
    deepStrictEqual(
      await wrong(`nme: x
settings:
  twilio:
    failure_number: ["+15550001111"]
endpoints:
  - url: https://app.test
    answers:
      - { status: 200, boddy: x }
steps:
  - send: { to: "+15551234567", form: "+15550000001" }
  - sent: { to: x }
expect:
  - message: { too: x }
`),
      [
        "a.yaml:1: nme: expected a known key (is name meant?), found a text",
        "a.yaml:4: settings.twilio.failure_number: expected a known key (is failure_numbers meant?), found a list",
        "a.yaml:8: endpoints.0.answers.0.boddy: expected a known key (is body meant?), found a text",
        "a.yaml:10: steps.0.send.form: expected a known key (is from meant?), found a text",
        "a.yaml:11: steps.1: expected a step: one of send, client, inbound, call, ring, press, speak, pick_up, hang_up, api, number, advance, advance_to, settle, expect, settings, fault, clear, repeat, each, include, found sent",
        "a.yaml:13: expect.0.message.too: expected a known key (is to meant?), found a text",
      ],
    )
    deepStrictEqual(
      await wrong(`settings:
  twilio:
    failure_number: ["+15550001111"]
steps:
  - send: { to: "+15551234567", form: "+15550000001" }
  - sent: { to: x }
  - repeat: 2
    steps:
      - advance: soon
expect:
  - message: { too: x }
  - massage: { to: x }
`),
      [
        "a.yaml:3: settings.twilio.failure_number: expected a known key (is failure_numbers meant?), found a list",
        "a.yaml:5: steps.0.send.form: expected a known key (is from meant?), found a text",
        "a.yaml:6: steps.1: expected a step: one of send, client, inbound, call, ring, press, speak, pick_up, hang_up, api, number, advance, advance_to, settle, expect, settings, fault, clear, repeat, each, include, found sent",
        'a.yaml:9: steps.2.steps.0.advance: expected a duration such as 500ms, 30s, 1h30m or 2d, at most 100 years, found "soon"',
        "a.yaml:11: expect.0.message.too: expected a known key (is to meant?), found a text",
        "a.yaml:12: expect.1: expected an expectation: one of message, call, callback, request, log, value, digest, found massage",
      ],
    )
  })

  it("is told what is no YAML, and what YAML would make too much of", async () => {
    deepStrictEqual(await wrong("steps: [\n"), [
      "a.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ])
    const bomb = `a: &a [x, x]\nb: &b [${"*a, ".repeat(9)}*a]\nc: &c [${"*b, ".repeat(9)}*b]\nd: [${"*c, ".repeat(9)}*c]`
    deepStrictEqual(await wrong(bomb), ["a.yaml:1: Excessive alias count indicates a resource exhaustion attack"])
  })

  it("may use anchors, aliases and merge keys", async () => {
    const { steps } = await load(`steps:
  - send: &first { to: "+15551234567", body: One }
  - send: { <<: *first, body: Two }
`)
    deepStrictEqual(
      steps.map(({ written }) => written.send),
      [
        { to: "+15551234567", body: "One" },
        { to: "+15551234567", body: "Two" },
      ],
    )
  })

  it("names results once, and only before they are used", async () => {
    deepStrictEqual(
      await wrong(`steps:
  - send: { to: "\${otp.to}", body: "\${now + soon}" }
    as: otp
  - send: { to: "\${otp.to}" }
    as: otp
  - repeat: 2
    steps:
      - send: { to: "\${index}" }
        as: inner
  - send: { to: "\${inner.to}" }
    as: now
`),
      [
        "a.yaml:2: steps.0.send.body: expected a name such as ${otp.sid} or ${now + 15m} ($${ for a plain ${), found ${now + soon}",
        "a.yaml:2: steps.0.send.to: expected a name that is known here (now, seed, account_sid, auth_token), found otp",
        "a.yaml:5: steps.1.as: expected a name that is not taken yet, found otp",
        "a.yaml:10: steps.3.send.to: expected a name that is known here (otp, now, seed, account_sid, auth_token), found inner",
        "a.yaml:11: steps.3.as: expected a name that is not taken yet, found now",
      ],
    )
  })

  it("has at most 50,000 steps, those of loops counted as often as they come", async () => {
    deepStrictEqual(await wrong(`steps:\n${"- settle: true\n".repeat(100_000)}`), [
      "a.yaml:50002: steps.50000: expected at most 50000 steps in all, those of loops as often as they come, found 100000 in one list",
    ])
    deepStrictEqual(
      await wrong(
        "steps:\n  - repeat: 1000000000\n    steps:\n      - repeat: 1000000000\n        steps: [{ settle: true }]",
      ),
      [
        "a.yaml:2: steps.0: expected at most 50000 steps in all, those of loops as often as they come, found many more",
        "a.yaml:4: steps.0.steps.0: expected at most 50000 steps in all, those of loops as often as they come, found 1000000001 up to here",
      ],
    )
    const loop = (n: number) => `steps:\n  - repeat: ${n}\n    steps: []\nexpect: [{ value: "\${x}", is: 1 }]`
    deepStrictEqual(await wrong(loop(1_000_000_000)), [
      "a.yaml:2: steps.0: expected at most 50000 steps in all, those of loops as often as they come, found 1000000001 up to here",
    ])
    strictEqual((await wrong(loop(49_999)))[0]?.includes("expect.0.value: expected a name that is known"), true)
  })

  it("has no fault that does nothing", async () => {
    const expected = "a fault (callbacks, api, or endpoint with answers or fail_percent), or off: NAME or off: true"
    for (const fault of [
      "{}",
      "{ name: x }",
      "{ callbacks: {} }",
      "{ api: [] }",
      "{ endpoint: https://app.test }",
      "{ fail_percent: 5 }",
      "{ answers: [{ status: 500 }], api: [{ status: 503 }] }",
    ])
      deepStrictEqual(await wrong(`steps:\n  - fault: ${fault}`), [
        `a.yaml:2: steps.0.fault: expected ${expected}, found a group of keys`,
      ])
    for (const fault of ["{ api: [{ status: 503 }] }", "{ endpoint: https://app.test, fail_percent: 5 }", "{ off: x }"])
      deepStrictEqual(await wrong(`endpoints: [{ url: https://app.test }]\nsteps:\n  - fault: ${fault}`), [])
  })

  it("says what was expected in words, of lists and groups too", async () => {
    deepStrictEqual(
      await wrong(`steps:
  - ring: { from: "+15551234567", to: "+15550000001", then: dance }
  - send: { params: 3, media: { a: b }, validity_period: [] }
  - call: { status_callback_event: initiated, params: [a] }
  - fault: { api: { status: 503 } }
  - each: { columns: name, rows: [Ann] }
    steps: []
`),
      [
        'a.yaml:2: steps.0.ring.then: expected a list, found "dance"',
        "a.yaml:3: steps.1.send.media: expected a URL, or a list of them, found a group of keys",
        "a.yaml:3: steps.1.send.validity_period: expected a whole number of seconds, found a list",
        "a.yaml:3: steps.1.send.params: expected a group of keys, found 3",
        'a.yaml:4: steps.2.call.status_callback_event: expected a list, found "initiated"',
        "a.yaml:4: steps.2.call.params: expected a group of keys, found a list",
        "a.yaml:5: steps.3.fault.api: expected a list, found a group of keys",
        'a.yaml:6: steps.4.each.columns: expected a list, found "name"',
        'a.yaml:6: steps.4.each.rows.0: expected a list, found "Ann"',
      ],
    )
  })

  it("says one thing about how many there should be", async () => {
    deepStrictEqual(
      await wrong(`steps: []
expect:
  - message: {}
    never: true
    exactly: 2
  - message: {}
    at_least: 3
    at_most: 2
  - message: {}
    within: 3s
`),
      [
        "a.yaml:3: expect.0: expected one of exactly, never, or at_least with at_most, found several",
        "a.yaml:6: expect.1: expected at_least to be no more than at_most, found 3 and 2",
        "a.yaml:10: expect.2.within: expected a known key (there are message, exactly, at_least, at_most, never, each, in_order), found a text",
      ],
    )
  })
})

describe("an included file", () => {
  it("is found beside the one that includes it, and gets the names it asks for", async () => {
    const folder = folderOf({
      "a.yaml":
        "steps:\n  - include: { file: b.yaml, with: { to: x } }\n    as: login\n  - send: { to: '${login.otp.to}' }\n",
      "b.yaml":
        "parameters: [to]\nendpoints: [{ url: https://b.test }]\nsteps:\n  - send: { to: '${to}' }\n    as: otp\n",
    })
    const { endpoints, performed, steps } = await Effect.runPromise(loadScenario(path.join(folder, "a.yaml")))
    strictEqual(steps[0]?.inner[0]?.place.file, path.join(folder, "b.yaml"))
    strictEqual(endpoints[0]?.url, "https://b.test")
    strictEqual(performed, 3)
  })

  it("cannot include itself, round any corner, and knows only what it is given", async () => {
    const folder = folderOf({
      "a.yaml": "steps:\n  - send: { to: x }\n    as: otp\n  - include: b.yaml\n  - include: missing.yaml\n",
      "b.yaml":
        "parameters: [to]\nsteps:\n  - include: { file: a.yaml, with: { more: 1 } }\n  - send: { to: '${otp.to}' }\n",
    })
    const file = path.join(folder, "a.yaml")
    const b = path.join(folder, "b.yaml")
    deepStrictEqual(await wrong(fs.readFileSync(file, "utf8"), file), [
      `${file}:4: steps.1: expected with: to, which ${b} asks for, found nothing`,
      `${file}:5: steps.2: there is no file at ${path.join(folder, "missing.yaml")}; check the path`,
      `${b}:3: steps.0: expected a file that does not include itself, found a.yaml -> b.yaml -> a.yaml`,
      `${b}:4: steps.1.send.to: expected a name that is known here (to, now, seed, account_sid, auth_token), found otp`,
    ])
  })
})
