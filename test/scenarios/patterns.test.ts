import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"

/** What is told of a scenario: that it cannot be played, or what is not met; empty when it holds. */
const told = (text: string): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(
    Effect.match(
      Effect.flatMap(loadScenario({ file: "a.yaml", text }), (scenario) => runScenario(scenario)),
      {
        onFailure: ({ lines }) => lines,
        onSuccess: ({ checks }) => checks.flatMap(({ expected, met }) => (met ? [] : [`not met: ${expected}`])),
      },
    ),
  )

describe("a regular expression", () => {
  const scenario = (answer: string, body: string) => `
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: "${"a".repeat(60)}!" }
    answer: ${answer}
expect:
  - message: { body: ${body} }
`
  const slow = (where: string) =>
    `${where}: the expression /(a+)+$/ takes more than 1 s on a text of 61 characters: repetitions within repetitions try every way to share the text out`

  it("that would try for ever is ended, and its place told", async () => {
    deepStrictEqual(await told(scenario("any", "/(a+)+$/")), [slow("a.yaml:6: expect.0")])
    deepStrictEqual(await told(scenario("{ body: /(a+)+$/ }", '"*"')), [slow("a.yaml:3: steps.0")])
  })

  it("may have choices, which are tried as ever", async () => {
    deepStrictEqual(await told(scenario("{ body: '/^(?:a+|b*)!$/' }", "'/^[A-Z]+[!?]$/i'")), [])
    deepStrictEqual(await told(scenario("any", "{ not: '/^a+[?]$/' }")), [])
    deepStrictEqual(await told(scenario("any", "'/^(?:a|b)+[?]$/'")), [
      "not met: at least 1 message with body /^(?:a|b)+[?]$/",
    ])
  })
})

describe("a pattern that can fit nothing", () => {
  const known =
    "one of queued, sending, sent, failed, delivered, undelivered, receiving, received, accepted, scheduled, read, partially_delivered, canceled"

  it("is told when its file is read, wherever it stands", async () => {
    deepStrictEqual(
      await told(`steps: []
expect:
  - message: { body: '/code [/', status: { not: deliverd } }
    never: true
  - message: { body: '/code/g', num_segments: ">= two" }
  - callback: { url: '/[/', params: { Body: '/[/' } }
    each: { attempts: "<" }
    in_order: [{ event: sent }, { event: "*ed" }]
  - call: { status: delivered, from: '/\\+1/i' }
  - log: { type: message.created, data: { body: '/x/g' } }
`),
      [
        'a.yaml:3: expect.0.message.body: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/code [/"',
        `a.yaml:3: expect.0.message.status.not: expected ${known}, found "deliverd"`,
        'a.yaml:5: expect.1.message.body: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/code/g"',
        'a.yaml:5: expect.1.message.num_segments: expected a number, or one to compare with, such as ">= 2" or "2..5", found ">= two"',
        'a.yaml:7: expect.2.each.attempts: expected a number, or one to compare with, such as ">= 2" or "2..5", found "<"',
        'a.yaml:9: expect.3.call.status: expected one of queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled, found "delivered"',
      ],
    )
  })

  it("is told of lists, numbers, words and types, which cannot be what they never are", async () => {
    deepStrictEqual(
      await told(`steps: []
expect:
  - message: { statuses: [sent, deliverd], codes: 482913, error_code: never, num_segments: "1..", body: [a, b] }
  - message: { statuses: { not: [sent] }, error_code: { any_of: [30003, "> 30000", null] }, direction: out, to: { a: b } }
  - callback: { signature: good, method: put, answers: 200, event: /^d/ }
  - log: { type: message.creatd, kind: inputs, seq: "<= 3" }
  - log: { type: { any_of: [message.*, massage.created, run.started] } }
  - value: "x"
    is: { any_of: ['/[/', '/v1/Services/', 3] }
`),
      [
        `a.yaml:3: expect.0.message.statuses.1: expected ${known}, found "deliverd"`,
        "a.yaml:3: expect.0.message.codes: expected a list: exactly these, one after the other, found 482913",
        'a.yaml:3: expect.0.message.error_code: expected a number, or one to compare with, such as ">= 2" or "2..5", found "never"',
        'a.yaml:3: expect.0.message.num_segments: expected a number, or one to compare with, such as ">= 2" or "2..5", found "1.."',
        "a.yaml:3: expect.0.message.body: expected a text or a number, or { any_of: [a, b] } for one of several, found a list",
        'a.yaml:4: expect.1.message.direction: expected one of inbound, outbound-api, outbound-call, outbound-reply, found "out"',
        "a.yaml:4: expect.1.message.to: expected a text, or { not: x } or { any_of: [x, y] }, found a group of keys",
        'a.yaml:5: expect.2.callback.signature: expected one of valid, invalid, none, found "good"',
        'a.yaml:5: expect.2.callback.method: expected one of GET, POST, found "put"',
        "a.yaml:5: expect.2.callback.answers: expected a list: exactly these, one after the other, found 200",
        'a.yaml:6: expect.3.log.type: expected a type of entry, such as message.created, found "message.creatd"',
        'a.yaml:6: expect.3.log.kind: expected one of input, outcome, found "inputs"',
        'a.yaml:7: expect.4.log.type.any_of.1: expected a type of entry, such as message.created, found "massage.created"',
        'a.yaml:9: expect.5.is.any_of.0: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/[/"',
      ],
    )
  })

  it("is told of what a step says about its answer", async () => {
    const step = (answer: string) => `  - api: { path: /2010-04-01/Nothing.json }\n    answer: ${answer}\n`
    const expected =
      'expected a status, 100 to 599, or a pattern for one such as "4*", ">= 500" or { any_of: [200, 503] }'
    deepStrictEqual(
      await told(
        `steps:\n${["4xx", "600", "[404]", "{ any_of: [404, 4040] }", "{ http: { status: forty } }", "{ message: '/[/' }"].map(step).join("")}`,
      ),
      [
        `a.yaml:3: steps.0.answer: ${expected}, found "4xx"`,
        `a.yaml:5: steps.1.answer: ${expected}, found 600`,
        "a.yaml:7: steps.2.answer: expected a status, any, or a pattern for the answer's fields, found a list",
        `a.yaml:9: steps.3.answer.any_of.1: ${expected}, found 4040`,
        `a.yaml:11: steps.4.answer.http.status: ${expected}, found "forty"`,
        'a.yaml:13: steps.5.answer.message: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/[/"',
      ],
    )
    const good = ["any", "404", '"4*"', '">= 400"', '"400..499"', "{ any_of: [404, 410] }", "{ not: 200 }", "/^4/"]
    const more = ["{ code: 20404, http: { status: 404 } }", '"404"']
    deepStrictEqual(await told(`steps:\n${[...good, ...more].map(step).join("")}`), [])
  })
})
