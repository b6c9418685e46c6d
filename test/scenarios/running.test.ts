import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import { decode } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import type { Handler, Outcome, RunScenarioOptions } from "../../src/scenarios/Scenario.ts"

const play = (text: string, options: RunScenarioOptions = {}) =>
  Effect.runPromise(
    Effect.either(Effect.flatMap(loadScenario({ file: "a.yaml", text }), (scenario) => runScenario(scenario, options))),
  )

/** What came of a scenario that can be played; what is not met fails the test. */
const played = async (text: string, options?: RunScenarioOptions): Promise<Outcome> => {
  const outcome = Either.getOrThrowWith(await play(text, options), (error) => error)
  deepStrictEqual(
    outcome.checks.filter(({ met }) => !met),
    [],
  )
  return outcome
}
const broken = async (text: string, options?: RunScenarioOptions) =>
  Either.match(await play(text, options), { onLeft: ({ lines }) => lines, onRight: () => [] })
const verdictOn = ({ rows }: Outcome) => Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules))
const types = ({ rows }: Outcome) => rows.map(({ type }) => type)

const send = (more: string) => `- send: { from: "+15550000001", body: Hello, ${more} }`

describe("a scenario that is played", () => {
  it("begins at its instant, stands still between its steps, and goes to its end", async () => {
    const outcome = await played(`
start: "2026-03-02T09:00:00Z"
steps:
  ${send('to: "+15551234567"')}
    as: first
  ${send('to: "+15551234568"')}
    as: second
  - expect: { value: "\${now}", is: "2026-03-02T09:00:00Z" }
  - advance: 1m30s
  - expect: { value: "\${now}", is: "2026-03-02T09:01:30Z" }
  - advance_to: "\${now + 1h}"
  - expect: { value: "\${now}", is: "2026-03-02T10:01:30Z" }
  ${send('to: "+15551234569"')}
expect:
  - message: { created: "2026-03-02T09:00:00.000Z" }
    exactly: 2
  - message: { status: delivered }
    exactly: 3
`)
    strictEqual(outcome.at, Date.UTC(2026, 2, 2, 10, 1, 34))
    strictEqual((await verdictOn(outcome))._tag, "Sound")
  })

  it("is judged where it stands when it does not run to its end", async () => {
    await played(`
run_to_end: false
steps: [{ send: { to: "+15551234567", from: "+15550000001", body: x } }]
expect: [{ message: { status: queued } }]
`)
  })

  it("waits within a virtual time no longer than it has to, and to its end when nothing may come", async () => {
    const outcome = await played(`
start: "2026-03-02T09:00:00Z"
steps:
  ${send('to: "+15551234567"')}
    as: sent
  - expect: { message: { status: delivered }, within: 1h }
  - expect: { value: "\${now}", is: "2026-03-02T09:00:04Z" }
  - expect: { message: { status: failed }, never: true, within: 1h }
  - expect: { value: "\${now}", is: "2026-03-02T10:00:04Z" }
`)
    assertTrue(types(outcome).filter((type) => type === "clock.changed").length <= 2)
  })

  it("waits for an answer that takes virtual time", async () => {
    await played(`
start: "2026-03-02T09:00:00Z"
settings: { twilio: { api: { latency_seconds: 5 } } }
steps:
  ${send('to: "+15551234567"')}
  - expect: { value: "\${now}", is: "2026-03-02T09:00:05Z" }
`)
  })

  it("knows results, rows, counts and what an expectation found", async () => {
    await played(`
steps:
  - each: { columns: [name, code], rows: [[Ann, 111111], [Bob, 222222]] }
    as: person
    steps:
      - send: { to: "+1555123456\${index}", from: "+15550000001", body: "\${person.name}, your code is \${person.code}" }
        as: sent
      - expect: { message: { sid: "\${sent.sid}" } }
        as: seen
      - expect: [{ value: "\${seen.codes[0]}", is: "\${person.code}" }, { value: "\${sent.http.status}", is: 201 }]
  - repeat: 2
    as: i
    steps:
      - repeat: 2
        as: j
        steps:
          - send: { to: "+155512345\${i}\${j}", from: "+15550000001", body: "$\${i}" }
expect:
  - message: { body: "$\${i}" }
    exactly: 4
`)
  })

  it("draws the same table for the same seed, and another for another", async () => {
    const text = `
steps:
  - each: { count: 20, generate: { to: { numbers_from: "+15552000000" }, code: { digits: 6 }, kind: { one_of: [a, b, c] }, n: { whole: [-3, 3] }, pause: { duration: [1s, 5s] } } }
    steps:
      - send: { to: "\${row.to}", from: "+15550000001", body: "\${row.code} \${row.kind} \${row.n}" }
      - advance: "\${row.pause}"
expect:
  - message: { body: '/^\\d{6} [abc] -?[0-3]$/' }
    exactly: 20
`
    const [one, again, other] = [await played(text), await played(text), await played(text, { seed: 5 })]
    strictEqual(one.digest, again.digest)
    strictEqual(one.digest === other.digest, false)
    const bodies = (outcome: Outcome) =>
      outcome.rows.filter(({ type }) => type === "message.created").map((row) => decode(row).data.body)
    strictEqual(JSON.stringify(bodies(one)) === JSON.stringify(bodies(other)), false)
    strictEqual(new Set(bodies(one)).size > 15, true)
  })

  it("goes wrong while a fault is on, and comes back to what was set meanwhile", async () => {
    await played(`
endpoints: [{ url: https://app.test }]
steps:
  - fault: { name: down, endpoint: https://app.test, answers: [{ drop: connect }] }
  - fault: { name: api, api: [{ method: POST, status: 429 }] }
  - settings: { twilio: { faults: [{ path: "*/Nothing.json", status: 500 }], callbacks: { retry_attempts: 1 } } }
  ${send('to: "+15551234567"')}
    answer: 429
  - fault: { off: api }
  ${send('to: "+15551234567", status_callback: https://app.test/a')}
  - settle: true
  - expect: { callback: { answers: [connect] }, exactly: 2 }
  - api: { path: /2010-04-01/Nothing.json }
    answer: 500
  - fault: { off: true }
  ${send('to: "+15551234567", status_callback: https://app.test/b')}
expect:
  - callback: { url: https://app.test/b, answers: [200] }
    exactly: 2
`)
  })

  it("forgets what is cleared", async () => {
    await played(`
endpoints: [{ url: https://app.test }]
steps:
  ${send('to: "+15551234567", status_callback: https://app.test/a')}
  - settle: true
  - expect: [{ message: {}, exactly: 1 }, { callback: {}, exactly: 2 }]
  - clear: all
expect:
  - message: {}
    never: true
  - callback: {}
    never: true
  - log: { type: message.created }
    exactly: 1
`)
  })

  it("has settings merged in from outside, and faults that are tried on it", async () => {
    const text = `steps: [{ send: { to: "+15551234567", from: "+15550000001", body: x } }]`
    const outcome = await played(text, {
      settings: { twilio: { numbers: { "+15551234567": { error_code: 30003 } } } },
    })
    assertTrue(outcome.rows.some(({ data }) => data.includes('"error_code":30003')))
    deepStrictEqual(await broken(text, { settings: { twilio: { numbers: 3 } } }), [
      "settings: twilio.numbers: expected a group of keys, found a number",
    ])
  })

  it("checks what stands in place of a name: a number may be a text, a group may not", async () => {
    const text = (rows: string) => `
steps:
  - each: ${rows}
    steps:
      - inbound: { from: "+15551234567", to: "+15550000001", body: "\${row.body}" }
`
    await played(text("[{ body: 17 }, { body: true }, { body: '\\ud800' }]"))
    deepStrictEqual(await broken(text("[{ body: { not: x } }]")), [
      "a.yaml:5: steps.0.steps.0.inbound.body: expected a text, found a group of keys",
    ])
    const timed = 'steps:\n  - repeat: 1\n    steps: [{ expect: { message: {}, within: "${index}" } }]\n'
    deepStrictEqual(await broken(timed), [
      "a.yaml:3: steps.0.steps.0.expect.within: expected a duration such as 500ms, 30s, 1h30m or 2d, at most 100 years, found 1",
    ])
  })

  it("tells no secret of an answer that is not as expected", async () => {
    const outcome = Either.getOrThrow(
      await play(`
steps:
  - api: { path: /2010-04-01/Accounts.json, form: { FriendlyName: x } }
    as: sub
  - expect: [{ value: "\${sub.auth_token}", is: "a" }, { value: "\${auth_token}", is: "b" }]
  - expect: { value: "https://user:password@app.test/", is: "c" }
  - api: { path: /2010-04-01/Accounts.json, form: { FriendlyName: x } }
    answer: 400
`),
    )
    const told = JSON.stringify(outcome.checks)
    strictEqual(told.match(/\[secret\]/g)?.length, 5)
    strictEqual(/user:password/.test(told), false)
    const secrets = outcome.rows.flatMap(({ data }) => data.match(/[0-9a-f]{32}"/g) ?? [])
    for (const secret of secrets.filter((each) => told.includes(`auth_token\\":\\"${each}`))) strictEqual(secret, "")
  })
})

/** An application in this process that answers by `status` and remembers what it was asked. */
const application = (status: (n: number) => number) => {
  const asked: Array<string> = []
  const handler: Handler = async ({ body = "" }) => {
    asked.push(new URLSearchParams(body).get("MessageStatus") ?? "")
    return { status: status(asked.length) }
  }
  return { asked, handler }
}

const forwarded = `
endpoints: [{ url: https://app.test, forward: "http://127.0.0.1:1" }]
steps:
  - repeat: 3
    steps: [{ send: { to: "+1555123456\${index}", from: "+15550000001", body: Hello, status_callback: https://app.test/status } }]
expect:
  - callback: {}
    exactly: 6
    each: { delivered: 1, signature: valid }
`

describe("a real application", () => {
  it("may be in this process; its answers are in the log, so verify needs no application", async () => {
    const { asked, handler } = application((n) => (n <= 3 ? 503 : 200))
    const outcome = await played(forwarded, { handlers: new Map([["https://app.test", handler]]) })
    strictEqual(asked.length, 9)
    strictEqual((await verdictOn(outcome))._tag, "Sound")
    const again = application((n) => (n <= 3 ? 503 : 200))
    const second = await played(forwarded, { handlers: new Map([["https://app.test", again.handler]]) })
    strictEqual(second.digest, outcome.digest)
  })

  it("is reached over HTTP, and reaches the exchange while it stands still", async () => {
    let exchange: string | undefined
    const server = createServer((request, response) => void answerBySending(request, response))
    const answerBySending = async (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Array<Buffer> = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      exchange ??= form.get("Body")?.split(" ")[1]
      response.writeHead(200, { "Content-Type": "text/xml" }).end("<Response><Message>Hi</Message></Response>")
    }
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    try {
      const outcome = await played(`
endpoints: [{ url: https://app.test, forward: "http://127.0.0.1:${port}" }]
application: { ready: "http://127.0.0.1:${port}/up", reset: "http://127.0.0.1:${port}/reset" }
steps:
  - number: { phone_number: "+14155550100", sms_url: https://app.test/sms }
  - inbound: { from: "+15551234567", to: "+14155550100", body: "at \${seed}" }
expect:
  - message: { body: Hi, status: delivered }
  - request: { purpose: webhook, answer: 200, signature: valid }
`)
      strictEqual(exchange, "1")
      strictEqual((await verdictOn(outcome))._tag, "Sound")
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it("that never lets the exchange come to rest is told with the step", async () => {
    let url: string | undefined
    const handler: Handler = async (_, exchange) => {
      url ??= exchange.url
      const { accountSid, authToken } = exchange
      const body = "To=%2B15551234567&From=%2B15550000001&Body=x&StatusCallback=https%3A%2F%2Fapp.test"
      await fetch(`${url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
        method: "POST",
        headers: {
          Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body,
      })
      return { status: 200 }
    }
    const lines = await broken(
      `
application: {}
settings: { twilio: { callbacks: { delay_seconds: 0 } } }
endpoints: [{ url: https://app.test, forward: "http://127.0.0.1:1" }]
steps:
  - advance: 1s
  ${send('to: "+15551234567", status_callback: https://app.test')}
  - settle: true
`,
      { handlers: new Map([["https://app.test", handler]]), stepEntriesMax: 300 },
    )
    strictEqual(
      lines[0]?.replace(/\d+ entries/, "N entries"),
      "a.yaml:7: steps.1: the step never settles: N entries came of it, and more are to come",
    )
  })

  it("that hangs is told with the step", async () => {
    const lines = await broken(forwarded, {
      handlers: new Map([["https://app.test", () => new Promise(() => {})]]),
      stepMsMax: 500,
    })
    strictEqual(
      lines[0]?.replace(/has taken \d+ s/, "has taken N s").replace(/\b[1-9]\d* entries/, "N entries"),
      "a.yaml:4: run_to_end: the step never settles: it has taken N s of the host's time, and N entries came of it",
    )
  })

  it("that cannot be started, or is not brought back, is told with what it said", async () => {
    const scenario = (application: string) => `
endpoints: [{ url: https://app.test, forward: "http://127.0.0.1:1" }]
application: ${application}
steps: []
`
    deepStrictEqual(await broken(scenario('{ run: "echo no such module; echo none; exit 3" }')), [
      "a.yaml:3: application.run: the application is not up: it ended with 3\napplication: no such module\napplication: none",
    ])
    const up = "steps: []\napplication: { reset: 'echo cannot; exit 4' }\n"
    deepStrictEqual(await broken(up), [
      "a.yaml:2: application.reset: echo cannot; exit 4: it ended with 4\napplication: cannot",
    ])
  })
})

describe("a call in a scenario", () => {
  const start = `
steps:
  - call: { to: "+15551234567", from: "+15550000001", twiml: '<Response><Gather input="speech"><Say>Well?</Say></Gather></Response>' }
    as: call
`
  it("is answered, spoken to and hung up by whoever is at the other end", async () => {
    const outcome = await played(`
settings: { twilio: { numbers: { "+15551234567": { call: { answers_after: 20s } } } } }
${start}
  - advance: 5s
  - pick_up: { call: "\${call.sid}" }
  - expect: { call: { status: in-progress, said: [Well?] }, within: 10s }
  - speak: { call: "\${call.sid}", text: yes please }
  - expect: { call: { spoke: [yes please] } }
`)
    strictEqual((await verdictOn(outcome))._tag, "Sound")
    await played(`${start}  - expect: { call: { status: in-progress }, within: 1m }
  - hang_up: { call: "\${call.sid}" }
  - expect: { call: { status: completed, heard: { not: [] } } }
  - clear: calls
  - expect: { call: {}, never: true }
`)
  })

  it("takes nothing at a moment at which it cannot be", async () => {
    const outcome = Either.getOrThrow(
      await play(`${start}  - settle: true\n  - press: { call: "\${call.sid}", digits: "1" }\n`),
    )
    const sid = outcome.rows.find(({ type }) => type === "call.created")?.subject
    deepStrictEqual(
      outcome.checks.map(({ expected, why }) => `${expected}; ${why}`),
      [`whoever is at the other end of ${sid} can press; the call is completed; to press it has to be in-progress`],
    )
    deepStrictEqual(await broken('steps: [{ press: { call: CA1, digits: "1" } }]'), [
      'a.yaml:1: steps.0: expected the SID of a call, found "CA1"',
    ])
  })
})
