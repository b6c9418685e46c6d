import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import type { Json } from "../../src/core/canonical.ts"
import { decode } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import type { Outcome, RunScenarioOptions } from "../../src/scenarios/Scenario.ts"
import { storyOf } from "../../src/timetravel/story.ts"
import { timelineOf } from "../../src/timetravel/timeline.ts"

const play = (text: string, options: RunScenarioOptions = {}) =>
  Effect.runPromise(
    Effect.either(Effect.flatMap(loadScenario({ file: "a.yaml", text }), (scenario) => runScenario(scenario, options))),
  )
const played = async (text: string, options?: RunScenarioOptions): Promise<Outcome> =>
  Either.getOrThrowWith(await play(text, options), (error) => error)
const broken = async (text: string) =>
  Either.match(await play(text), { onLeft: ({ lines }) => lines, onRight: () => ["it was played"] })
const unmet = ({ checks }: Outcome) => checks.flatMap(({ expected, met, why }) => (met ? [] : [`${expected}: ${why}`]))
const told = ({ rows }: Outcome): ReadonlyArray<{ readonly [field: string]: Json }> =>
  rows.map(decode).flatMap(({ at, data, type }) => (type === "client.told" ? [{ ...data, at }] : []))

const unwell = (more = "") => `
client: { from: "+15550000001", on_ambiguous: check }
steps:
  - fault: { name: unwell, api: [{ method: POST, status: 503, percent: 60 }] }
  - each:
      count: 12
      generate: { to: { numbers_from: "+15552000000" } }
    steps:
      - client: { to: "\${row.to}", body: Hello }
        outcome: { any_of: [sent, OutcomeUnknown, ServiceUnavailable] }
${more}`

describe("a step client", () => {
  it("makes the same log each time, which verify finds sound; another seed lengthens delays otherwise", async () => {
    const [first, second, other] = [await played(unwell()), await played(unwell()), await played(unwell(), { seed: 7 })]
    deepStrictEqual(unmet(first), [])
    strictEqual(first.digest, second.digest)
    deepStrictEqual(first.rows, second.rows)
    strictEqual(first.at === other.at, false)
    for (const { digest, rows } of [first, other]) {
      const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules))
      strictEqual(verdict._tag === "Sound" ? verdict.digest : verdict.problem, digest)
    }
    const repeated = told(first).filter(({ what }) => what === "attempt-failed")
    strictEqual(repeated.length > 3, true)
  })

  it("waits for its limits on the run's clock, as long as the scenario lasts", async () => {
    const outcome = await played(`
client: { from: "+15550000001", limits: { number: { per_second: 0.5, burst: 1 } } }
steps:
  - client: { to: "+15551234567", body: One }
    outcome: { took_ms: 0 }
  - client: { to: "+15551234567", body: Two }
    outcome: { took_ms: 2000 }
  - advance: 1s
  - client: { to: "+15551234567", body: Three }
    outcome: { outcome: sent, took_ms: 1000 }
`)
    deepStrictEqual(unmet(outcome), [])
    deepStrictEqual(
      told(outcome).flatMap(({ limit, wait_ms: ms, what }) => (what === "limited" ? [[limit, ms]] : [])),
      [
        ["number", 2_000],
        ["number", 1_000],
      ],
    )
  })

  it("gives up a request after its time, which is virtual, and leaves no second message", async () => {
    const outcome = await played(`
client: { from: "+15550000001", timeout: 5s }
steps:
  - fault: { api: [{ method: POST, latency: 1m }] }
  - client: { to: "+15551234567", body: Late }
    outcome: { outcome: OutcomeUnknown, attempts: 1, took_ms: 5000, circuit: closed }
expect:
  - message: { body: Late, status: delivered }
    exactly: 1
`)
    deepStrictEqual(unmet(outcome), [])
  })

  it("refuses what Twilio would, without a request", async () => {
    const outcome = await played(`
client: { from: "+15550000001", limits: { number: { burst: 1 }, on_limit: refuse } }
steps:
  - client: { to: nobody, body: x }
    outcome: { outcome: InvalidRecipient, attempts: 0, code: 21211 }
  - client: { to: "+15551234567", body: x }
  - client: { to: "+15551234567", body: x }
    outcome: { outcome: NumberRateLimited, retry_after_ms: 1000 }
`)
    deepStrictEqual(unmet(outcome), [])
    strictEqual(outcome.rows.filter(({ type }) => type === "api.requested").length, 1)
  })

  it("that ends otherwise than it says ends the scenario, with what came of it", async () => {
    const outcome = await played(`
client: { from: "+15550000001" }
steps:
  - fault: { api: [{ status: 503 }] }
  - client: { to: "+15551234567", body: x }
  - settle: true
`)
    deepStrictEqual(unmet(outcome).length, 1)
    strictEqual(
      (unmet(outcome)[0] ?? "").startsWith(
        `the client's send to +15551234567 ends with "sent": it ended with {"outcome":"OutcomeUnknown","code":20503,"http_status":503,"attempts":1,"circuit":"closed","took_ms":0}`,
      ),
      true,
    )
  })

  it("tells what it did before the message was there in the story of the message", async () => {
    const outcome = await played(`
seed: 1
client: { from: "+15550000001" }
steps:
  - fault: { api: [{ method: POST, status: 429, percent: 60 }] }
  - repeat: 9
    steps:
      - client: { to: "+1555123456\${index}", body: Hello }
        outcome: { any_of: [sent, AccountRateLimited] }
`)
    const { rows } = outcome
    const sent = rows.find(
      (row) => row.type === "client.told" && row.subject.startsWith("SM") && Number(decode(row).data.attempts) > 1,
    )
    const reader = {
      read: (after: number, limit: number) => Effect.succeed(rows.slice(after, after + limit)),
      readSubject: (subject: string, after: number, limit: number) =>
        Effect.succeed(rows.filter((row) => row.subject === subject && row.seq > after).slice(0, limit)),
      readSameSubjects: () => Effect.dieMessage("not asked for"),
      head: Effect.dieMessage("not asked for"),
    }
    const story = await Effect.runPromise(storyOf(reader as never, sent?.subject ?? ""))
    const marks = timelineOf(story?.entries ?? []).marks.filter(({ type }) => type === "client.told")
    deepStrictEqual([...new Set(marks.map(({ lane }) => lane))], ["application"])
    deepStrictEqual(
      marks.slice(0, 3).map(({ gist, state }) => [gist.replace(/again in .*/, "again"), state]),
      [
        ["send: attempt 1", "told"],
        ["send: attempt 1 failed: AccountRateLimited 429 20429, again", "failed"],
        ["send: attempt 2", "told"],
      ],
    )
    strictEqual(marks.at(-1)?.state, "done")
  })

  it("and how the library is set up are checked when the file is read", async () => {
    deepStrictEqual(
      await broken(`
client: { on_ambiguous: perhaps, limits: { number: { per_second: 0 } }, retry: { OptedOut: {} }, timeout: 1h }
steps:
  - client: { to: "+15551234567", bodi: x }
  - client: { to: "+15551234567", body: x }
    outcome: OutcomeUnknow
  - client: { to: "+15551234567", body: x }
    outcome: { outcome: { any_of: [sent, 5] }, took_ms: 5 }
`),
      [
        'a.yaml:2: client.timeout: expected a duration such as 500ms or 30s, at most 10m, found "1h"',
        "a.yaml:2: client.limits.number.per_second: expected a number, 0.001 to 100000, found 0",
        "a.yaml:2: client.retry.OptedOut: expected a known key (there are AccountRateLimited, NumberRateLimited, QueueFull, ServiceUnavailable, TemporarilyUnavailable, InternalError, Timeout, ConnectionFailed, DnsResolutionFailed), found a group of keys",
        'a.yaml:2: client.on_ambiguous: expected fail or check, found "perhaps"',
        "a.yaml:4: steps.0.client.bodi: expected a known key (is body meant?), found a text",
        'a.yaml:6: steps.1.outcome: expected sent or the name of an error, such as OutcomeUnknown, found "OutcomeUnknow"',
        "a.yaml:8: steps.2.outcome.outcome.any_of.1: expected sent or the name of an error, such as OutcomeUnknown, found 5",
      ],
    )
  })
})
