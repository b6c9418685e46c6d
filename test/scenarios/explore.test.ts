import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { exploredSaid, exploreScenario, loadScenario, writeReplay } from "../../src/app/explore.ts"
import { runScenario } from "../../src/app/scenarios.ts"
import { faultSaid } from "../../src/scenarios/explore/drawn.ts"
import type { Explored, Found } from "../../src/scenarios/explore/explore.ts"
import type { Handler } from "../../src/scenarios/Scenario.ts"
import { bookings, bookingsScenario, statusUrl } from "../support/bookings.ts"
import { newFolder } from "../support/folder.ts"

const plain = { paint: (_: unknown, text: string) => text, safe: (text: string) => text }

const explored = (text: string, seeds = 50) =>
  Effect.flatMap(loadScenario({ file: "bookings.yaml", text }), (scenario) =>
    exploreScenario(scenario, { seeds, from: 1, handlers: bookings }),
  )

const found = (result: Explored): Found => {
  if (result._tag !== "Found") throw new Error(exploredSaid(result, plain).join("\n"))
  return result
}

describe("Exploring a scenario", () => {
  it.live("finds an ordering bug of the application, and shrinks it to the two callbacks involved", () =>
    Effect.gen(function* () {
      const result = found(yield* explored(bookingsScenario))
      assertTrue(result.drawn.length > 5, String(result.drawn.length))
      strictEqual(result.reproduced && result.minimal, true)
      strictEqual(result.smallest.length, 1)
      const [fault] = result.smallest
      assertTrue(fault?._tag === "Callback" && fault.event === "sent")
      deepStrictEqual(
        result.passings.map(({ callback, now, other }) => [
          callback.event,
          now === "before",
          other.event,
          other.subject === callback.subject,
        ]),
        [["sent", false, "delivered", true]],
      )
      strictEqual(result.failure.check?.place.line, 19)
    }),
  )

  it.live("tells all of it", () =>
    Effect.gen(function* () {
      const result = found(yield* explored(bookingsScenario))
      const { subject } = result.passings[0]!.callback
      const lines = exploredSaid(result, plain)
      deepStrictEqual(lines.slice(0, 5), [
        `✗ seed ${result.seed} fails, after ${result.seeds} seeds; ${result.drawn.length} faults struck, and 1 of them is enough (${result.runs} playings to find that out)`,
        "",
        "  bookings.yaml:19  expected no request with answer 500",
        "    found 2: entry 100 is one too many",
        `    what happened to ${subject}:`,
      ])
      deepStrictEqual(lines.slice(-5), [
        "  what goes wrong:",
        `    ${faultSaid(result.smallest[0]!)}`,
        "",
        "  what changes places:",
        `    sent of ${subject} comes ${result.passings[0]!.now} delivered`,
      ])
    }),
  )

  it.live("writes a scenario that fails again, with nothing but the faults that are needed", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const [file, out] = [join(folder, "bookings.yaml"), join(folder, "found.yaml")]
      writeFileSync(file, bookingsScenario)
      const scenario = yield* loadScenario(file)
      const result = found(yield* exploreScenario(scenario, { seeds: 50, from: 1, handlers: bookings }))
      yield* writeReplay(scenario, result, out)
      const text = readFileSync(out, "utf8")
      assertTrue(text.includes("# Every callback is taken."), text)
      assertTrue(!text.includes("explore:"), text)
      const again = yield* loadScenario(out)
      const outcome = yield* runScenario(again, { handlers: bookings() })
      deepStrictEqual([outcome.seed, outcome.passed], [result.seed, false])
      strictEqual(outcome.checks.find(({ met }) => !met)?.expected, result.failure.check?.expected)
      // Without the fault the same seed passes.
      const without = yield* runScenario({ ...again, settings: {} }, { handlers: bookings() })
      strictEqual(without.passed, true)
    }),
  )

  it.live("expects no digest, which belongs to one seed, neither at the end nor in a step", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const [file, out] = [join(folder, "bookings.yaml"), join(folder, "found.yaml")]
      /** The digests of the log behind the steps and at the end, under the scenario's own seed. */
      const digests = ["a".repeat(64), "b".repeat(64)]
      const text = () =>
        bookingsScenario.replace(
          "expect:\n",
          `  - expect: { digest: ${digests[0]} }
  - expect: [{ digest: ${digests[0]} }, { message: {}, exactly: 6 }]
expect:
  - digest: ${digests[1]}
`,
        )
      const sturdy = () => new Map([[statusUrl, async () => ({ status: 204 })]])
      for (const at of [0, 1]) {
        const scenario = yield* loadScenario({ file, text: text() })
        const { checks } = yield* runScenario(scenario, { handlers: sturdy() })
        digests[at] = /[0-9a-f]{64}/.exec(checks[at * 3]?.why ?? "")?.[0] ?? ""
      }
      writeFileSync(file, text())
      const scenario = yield* loadScenario(file)
      strictEqual((yield* exploreScenario(scenario, { seeds: 3, from: 1, handlers: sturdy }))._tag, "NothingFound")
      const result = found(yield* exploreScenario(scenario, { seeds: 50, from: 1, handlers: bookings }))
      yield* writeReplay(scenario, result, out)
      const written = readFileSync(out, "utf8")
      strictEqual(written.includes("digest"), false, written)
      strictEqual(written.split("- expect:").length, 2, written)
      const { checks } = yield* runScenario(yield* loadScenario(out), { handlers: bookings() })
      deepStrictEqual(
        checks.map(({ expected, met }) => [expected, met]),
        [
          ["exactly 6 messages", true],
          ["no request with answer 500", false],
        ],
      )
    }),
  )

  it.live("finds the same each time", () =>
    Effect.gen(function* () {
      const [first, second] = [found(yield* explored(bookingsScenario)), found(yield* explored(bookingsScenario))]
      deepStrictEqual(second, first)
    }),
  )

  it.live("finds a failure that takes two faults together", () =>
    Effect.gen(function* () {
      const scenario = yield* loadScenario({ file: "bookings.yaml", text: bookingsScenario })
      /** Falls over at a callback that comes twice, once a message was not delivered. */
      const fragile = () => {
        const told: Array<string> = []
        return new Map([
          [
            statusUrl,
            async ({ body }: { readonly body: string | undefined }) => {
              const params = new URLSearchParams(body)
              const event = `${params.get("MessageSid")} ${params.get("MessageStatus")}`
              const twice = told.includes(event)
              told.push(event)
              const failed = told.some((each) => each.endsWith("undelivered"))
              return { status: twice && failed ? 500 : 204 }
            },
          ],
        ])
      }
      const result = found(yield* exploreScenario(scenario, { seeds: 50, from: 1, handlers: fragile }))
      deepStrictEqual(result.smallest.map(({ _tag }) => _tag).sort(), ["Callback", "Message"])
    }),
  )

  it.live("says so when the faults do not make it fail again, and writes a scenario that draws them", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const [file, out] = [join(folder, "bookings.yaml"), join(folder, "found.yaml")]
      writeFileSync(file, bookingsScenario)
      const scenario = yield* loadScenario(file)
      let playings = 0
      /** Fails in its third playing, whatever happens in it: the one before is to ask for its endpoints, and one is without faults. */
      const moody = () => {
        const status = ++playings === 3 ? 500 : 204
        return new Map([[statusUrl, async () => ({ status })]])
      }
      const result = found(yield* exploreScenario(scenario, { seeds: 5, from: 1, handlers: moody }))
      deepStrictEqual([result.reproduced, result.seed, result.smallest], [false, 1, result.drawn])
      assertTrue(
        exploredSaid(result, plain)[0]?.endsWith("the application depends on more than its callbacks") === true,
      )
      yield* writeReplay(scenario, result, out)
      const text = readFileSync(out, "utf8")
      assertTrue(text.includes("fails under seed 1, whose faults are drawn again"), text)
      assertTrue(text.includes("latency: 1s") && !text.includes("aimed:"), text)
    }),
  )

  it.live("finds nothing where nothing is wrong", () =>
    Effect.gen(function* () {
      const scenario = yield* loadScenario({ file: "bookings.yaml", text: bookingsScenario })
      const sturdy = () => new Map([[statusUrl, async () => ({ status: 204 })]])
      const result = yield* exploreScenario(scenario, { seeds: 20, from: 1, handlers: sturdy })
      deepStrictEqual(result, { _tag: "NothingFound", seeds: 20 })
    }),
  )

  it.live("says so when the scenario fails as it is, and when an application would remember other seeds", () =>
    Effect.gen(function* () {
      const failing = yield* explored(bookingsScenario.replace("answer: 500", "answer: 204"))
      strictEqual(failing._tag, "FailsAsItIs")
      assertTrue(exploredSaid(failing, plain)[0]?.includes("it fails as it is") === true)
      const scenario = yield* loadScenario({ file: "bookings.yaml", text: bookingsScenario })
      const { lines } = yield* Effect.flip(exploreScenario(scenario, { seeds: 1, from: 1 }))
      const empty = yield* Effect.flip(
        explored(bookingsScenario.replace(/explore:[\s\S]*?steps:/, "explore: {}\nsteps:")),
      )
      deepStrictEqual(empty.lines, [
        "bookings.yaml:8: explore: expected callbacks or messages that may go wrong, found neither",
      ])
      deepStrictEqual(lines, [
        "bookings.yaml:4: endpoints.0: expected application.run or application.reset, found neither: an application would remember what earlier seeds did",
      ])
    }),
  )

  it.live("finds faults with which it cannot be played to its end", () =>
    Effect.gen(function* () {
      const text = `${bookingsScenario.replace(/explore:[\s\S]*/, "")}application: { port: 0 }
explore: { messages: { undelivered_percent: 50 } }
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: "A code", status_callback: ${statusUrl} }
  - settle: true
  - api: { path: "/2010-04-01/Accounts/\${account_sid}/Messages.json" }
    as: list
  - send: { to: "+15551234567", from: "+15550000001", body: "And \${list.messages.1.sid}" }
`
      /** Thanks for every message that is delivered. */
      const thankful = (): ReadonlyMap<string, Handler> =>
        new Map([
          [
            statusUrl,
            async ({ body }, { accountSid, authToken, url }) => {
              const status = new URLSearchParams(body).get("MessageStatus")
              const form = new URLSearchParams({ To: "+15551234567", From: "+15550000001", Body: "Thanks" })
              const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`
              const messages = `${url}/2010-04-01/Accounts/${accountSid}/Messages.json`
              if (status === "delivered")
                await fetch(messages, { method: "POST", body: form, headers: { authorization } })
              return { status: 204 }
            },
          ],
        ])
      const scenario = yield* loadScenario({ file: "thanks.yaml", text })
      const result = found(yield* exploreScenario(scenario, { seeds: 30, from: 1, handlers: thankful }))
      deepStrictEqual([result.failure.check, result.smallest.map(({ _tag }) => _tag)], [undefined, ["Message"]])
      const [line] = result.failure.broken
      assertTrue(line?.startsWith("thanks.yaml:13: steps.3: ") && line.includes("list.messages has no 1"), line)
    }),
  )

  it.live("is told what is wrong with its bounds", () =>
    Effect.gen(function* () {
      const { lines } = yield* Effect.flip(
        explored(
          bookingsScenario.replace("latency: 1s", "latency: soon").replace("undelivered_percent: 10", "codes: [30001]"),
        ),
      )
      deepStrictEqual(lines, [
        'bookings.yaml:7: explore.callbacks.latency: expected a duration such as 500ms, 30s or 1h30m, at most a year, found "soon"',
        "bookings.yaml:8: explore.messages.codes.0: expected one of 30003, 30004, 30005, 30006, 30007, 30008, found 30001",
      ])
    }),
  )
})
