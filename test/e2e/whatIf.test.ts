import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"

/* `ringback gateway what-if`, over a log of a run in which the second provider was dark for a while. */

describe("The question what would have been", () => {
  const folder = newFolder()
  const log = join(folder, "run.db")
  const policy = (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const send = (server: Server) =>
    server.ask("/api/sms/send", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ phone: "01921317475", text: "Hello" }),
    })

  beforeAll(async () => {
    const config = policy(
      "settings.yaml",
      [
        "gateway:",
        "  providers:",
        "    - id: provider1",
        "    - id: provider2",
        "      profile: { outages: [{ from: 0, for: 1h, how: connect }] }",
        "    - id: provider3",
      ].join("\n"),
    )
    const server = await serve({ db: log, config, args: ["--pace", "paused", "--start", "2026-01-01T12:00:00Z"] })
    for (let i = 0; i < 30; i++) {
      strictEqual((await send(server)).status, 200)
      await server.clock({ advance: "100ms" })
    }
    await server.clock({ advance: "10m" })
    await server.kill("SIGTERM")
  })

  it("is answered with both sides and the first difference", async () => {
    const weights = policy(
      "weights.yaml",
      "gateway:\n  providers:\n    - id: provider3\n      weight: 3\n  failover:\n    attempts: 1\n",
    )
    const { code, stderr, stdout } = await ringback(["gateway", "what-if", log, "--policy", weights])
    deepStrictEqual([code, stderr], [0, ""])
    const row = (name: string) => new RegExp(`^${name} +(\\S+) +(\\S+)$`, "m").exec(stdout)?.slice(1)
    deepStrictEqual(row("requests"), ["30", "30"])
    deepStrictEqual(row("delivered")?.[0], "30")
    assertTrue(Number(row("dead letters: attempts")?.[1]) > 0)
    assertTrue(/first difference\n {2}as it was {2}entry \d+ .* goes to provider\d/.test(stdout))
    const { stdout: text } = await ringback(["gateway", "what-if", log, "--policy", weights, "--json"])
    const json = JSON.parse(text)
    deepStrictEqual([json.as_it_was.requests, json.what_if.requests, json.answers.not_recorded], [30, 30, 0])
    strictEqual(json.as_it_was.delivered + Object.values<number>(json.as_it_was.dead_lettered).length, 30)
  })

  it.each([
    ["nothing.yaml", "", /gateway: expected what is to be otherwise, found nothing/],
    ["other.yaml", "gateway:\n  queue: 5\nserver:\n  port: 1\n", /other\.yaml:3: server: expected nothing but gateway/],
    [
      "tokens.yaml",
      "gateway:\n  tokens: { provider1: hunter2 }\n",
      /tokens\.yaml:2: gateway\.tokens: expected no secrets/,
    ],
    [
      "typo.yaml",
      "gateway:\n  failover:\n    atempts: 1\n",
      /typo\.yaml:3: gateway\.failover\.atempts: expected .*attempts meant/,
    ],
    [
      "wrong.yaml",
      "gateway:\n  limits:\n    total: -1\n",
      /wrong\.yaml:3: gateway\.limits\.total: expected a whole number .*found -1/,
    ],
  ])("says what is wrong with a policy: %s", async (name, text, says) => {
    const { code, stderr, stdout } = await ringback(["gateway", "what-if", log, "--policy", policy(name, text)])
    deepStrictEqual([code, stdout], [2, ""])
    assertTrue(says.test(stderr) && !stderr.includes("hunter2"))
  })

  it("says what is wrong with a log, and that there is nothing to ask", async () => {
    const empty = join(folder, "empty.db")
    const server = await serve({ db: empty })
    await server.kill("SIGTERM")
    const fine = policy("fine.yaml", "gateway:\n  queue: 5\n")
    for (const [file, says] of [
      [empty, /has no requests of the gateway/],
      [join(folder, "missing.db"), /missing\.db/],
    ] as const) {
      const { code, stderr } = await ringback(["gateway", "what-if", file, "--policy", fine])
      strictEqual(code, 2)
      assertTrue(says.test(stderr))
    }
  })
})
