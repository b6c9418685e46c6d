import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { describe, it } from "vitest"
import { type Applications, explore, play } from "../../src/testing/testing.ts"
import { begin, refused } from "../support/begin.ts"
import { bookingsScenario, statusUrl } from "../support/bookings.ts"
import { newFolder } from "../support/folder.ts"

const fileOf = (text: string): string => {
  const file = join(newFolder(), "bookings.yaml")
  writeFileSync(file, text)
  return file
}

/** Falls over when a message that is delivered is told to be sent. */
const fragile = (): Applications => {
  const delivered = new Set<string | undefined>()
  return {
    [statusUrl]: ({ params }) => {
      if (params.MessageStatus === "delivered") delivered.add(params.MessageSid)
      if (params.MessageStatus === "sent" && delivered.has(params.MessageSid)) throw new Error("was delivered already")
      return { status: 204 }
    },
  }
}
const falls = bookingsScenario.replace("answer: 500", "answer: /reset/")

describe("A scenario in a test", () => {
  it("has a seed that there can be", async () => {
    const file = fileOf(falls)
    const messages = [
      await refused(() => play(file, { seed: 1.5, applications: fragile })),
      await refused(() => explore(file, { from: Number.MAX_SAFE_INTEGER, seeds: 2, applications: fragile })),
    ].map(({ message }) => message)
    deepStrictEqual(messages, [
      "seed: expected a whole number of at most 9007199254740991, found 1.5",
      "from: expected seeds to be a whole number of at most 9007199254740991 each, found 9007199254740991 and 1 more",
    ])
  })

  it("is played with an application of the test's process", async () => {
    const { digest, passed, report } = await play(fileOf(falls), { applications: fragile })
    deepStrictEqual([passed, report, digest.length], [true, "", 64])
    const asked: Array<string> = []
    const other = await play(fileOf(falls.replace("never: true", "exactly: 2")), {
      seed: 5,
      applications: () => ({
        [statusUrl]: ({ headers, method, url }, { accountSid }) => {
          asked.push(`${method} ${url} ${accountSid.slice(0, 2)} ${"X-Twilio-Signature" in headers}`)
          return { status: 204 }
        },
      }),
    })
    deepStrictEqual([other.passed, other.seed], [false, 5])
    assertTrue(/bookings\.yaml:19 {2}expected exactly 2 requests/.test(other.report), other.report)
    deepStrictEqual([...new Set(asked)], [`POST http://127.0.0.1:3000/status AC true`])
  })

  it("is explored, and says with which faults it fails", async () => {
    const file = fileOf(falls)
    const out = join(newFolder(), "found.yaml")
    const { faults, passed, report, seed } = await explore(file, { applications: fragile, out })
    assertFalse(passed)
    assertTrue(faults.length === 1 && /^callback sent of SM/.test(faults[0] ?? ""), report)
    assertTrue(report.startsWith(`✗ seed ${seed} fails`), report)
    strictEqual((await play(out, { applications: fragile })).passed, false)
    const sturdy = () => ({ [statusUrl]: () => ({ status: 204 }) })
    const fine = await explore(file, { applications: sturdy, seeds: 3, out: join(newFolder(), "none.yaml") })
    deepStrictEqual([fine.passed, fine.seed, fine.report], [true, null, "✓ 3 seeds, and none fails"])
    assertFalse(existsSync("none.yaml"))
  })

  it("that cannot be played or explored says why", async () => {
    const wrong = await refused(() =>
      play(fileOf(falls), { applications: () => ({ "https://other.example": () => ({ status: 200 }) }) }),
    )
    strictEqual(
      wrong.message,
      `applications: expected the URLs of endpoints with forward (${statusUrl}), found https://other.example`,
    )
    assertTrue((await refused(() => play("missing.yaml"))).message.startsWith("there is no file at missing.yaml"))
    assertTrue((await refused(() => explore(fileOf(falls), { seeds: 0 }))).message.startsWith("seeds: expected 1 to"))
    assertTrue((await refused(() => explore(fileOf(falls)))).message.includes("application.run or application.reset"))
  })

  it("lends its seed, instant, settings and endpoints to an exchange", async () => {
    const scenario = fileOf(`seed: 9
start: "2026-05-01T08:00:00Z"
settings:
  twilio: { numbers: { "+15551234567": { error_code: 30003 } } }
endpoints:
  - url: https://app.example/status
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: Not sent here }
`)
    const { client, ringback } = await begin({ scenario })
    deepStrictEqual([ringback.seed, ringback.clock.now().toISOString()], [9, "2026-05-01T08:00:00.000Z"])
    deepStrictEqual(ringback.messages.list(), [])
    const { sid } = await client.messages.create({
      to: "+15551234567",
      from: "+15550000001",
      body: "x",
      statusCallback: "https://app.example/status",
    })
    await ringback.clock.runToEnd()
    strictEqual(ringback.messages.get(sid).errorCode, 30_003)
    deepStrictEqual(
      ringback.callbacks.list().map(({ attempts, event }) => [event, attempts[0]?.status]),
      [
        ["sent", 200],
        ["undelivered", 200],
      ],
    )
    const other = await begin({ scenario, seed: 2, settings: { twilio: { default_behavior: "failure", numbers: {} } } })
    strictEqual(other.ringback.seed, 2)
    assertTrue(
      (await refused(() => begin({ scenario: "missing.yaml" }))).message.startsWith("there is no file at missing.yaml"),
    )
  })
})
