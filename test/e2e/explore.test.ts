import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import { exploredSaid, exploreScenario, loadScenario } from "../../src/app/explore.ts"
import { newFolder } from "../support/folder.ts"
import { ringback } from "../support/ringback.ts"

const scenario = `name: orders
endpoints:
  - url: https://shop.example/status
settings:
  twilio: { callbacks: { retry_attempts: 2 } }
explore:
  callbacks: { lost_percent: 3, duplicated_percent: 20, latency: 500ms }
steps:
  - repeat: 9
    steps:
      - send: { to: "+1555123456\${index}", from: "+15550000001", body: "Order \${index}", status_callback: https://shop.example/status }
expect:
  - callback: { event: delivered, delivered: ">= 1" }
    exactly: 9
`

/** A folder with scenarios. */
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe("ringback explore", () => {
  it("finds a seed that fails, writes the scenario that fails again, and ends with 1", async () => {
    const cwd = folderWith({ "orders.yaml": scenario })
    const { code, stderr, stdout } = await ringback(["explore", "orders.yaml", "--seeds", "100"], { cwd })
    strictEqual(code, 1, stdout + stderr)
    const [, seed] =
      /^✗ seed (\d+) fails, after \d+ seeds?; \d+ faults struck, and 1 of them is enough/.exec(stdout) ?? []
    assertTrue(seed !== undefined, stdout)
    assertTrue(/what goes wrong:\n {4}callback delivered of SM[0-9a-f]{32} is lost\n/.test(stdout), stdout)
    assertTrue(stdout.includes(`again: ringback run orders-seed-${seed}.yaml`), stdout)
    const written = readFileSync(join(cwd, `orders-seed-${seed}.yaml`), "utf8")
    assertTrue(/aimed:\n +- subject: SM[0-9a-f]{32}\n +event: delivered\n +lost: true\n/.test(written), written)
    const again = await ringback(["run", `orders-seed-${seed}.yaml`], { cwd })
    strictEqual(again.code, 1, again.stdout)
    assertTrue(again.stdout.includes("1 failed"), again.stdout)
    strictEqual((await ringback(["run", "orders.yaml"], { cwd })).code, 0)
  })

  it("ends with 0 where no seed fails", async () => {
    const cwd = folderWith({ "orders.yaml": scenario.replace("lost_percent: 3, ", "") })
    const { code, stdout } = await ringback(["explore", "orders.yaml", "--seeds", "25", "--from", "1000"], { cwd })
    deepStrictEqual([code, stdout], [0, "✓ 25 seeds, and none fails\n"])
  })

  it("includes the same files from wherever the scenario is written", async () => {
    const cwd = folderWith({
      "orders.yaml": `${scenario.replace(/steps:[\s\S]*?expect:/, "steps:\n  - include: ten.yaml\nexpect:")}`,
      "ten.yaml": /steps:[\s\S]*?(?=expect:)/.exec(scenario)?.[0] ?? "",
    })
    const out = join(newFolder(), "found.yaml")
    const { code, stdout, stderr } = await ringback(["explore", "orders.yaml", "--out", out], { cwd })
    strictEqual(code, 1, stdout + stderr)
    const again = await ringback(["run", out], { cwd })
    deepStrictEqual([again.code, again.stdout.includes("1 failed")], [1, true])
  })

  it("says what is wrong, with the place, and ends with 2, and nothing is written", async () => {
    const cwd = folderWith({
      "orders.yaml": scenario,
      "bad.yaml": scenario.replace("lost_percent: 3", "lost_percent: 300"),
      "app.yaml": scenario.replace(
        "url: https://shop.example/status",
        "url: https://shop.example/status\n    forward: http://127.0.0.1:9/",
      ),
    })
    for (const [args, message] of [
      [["bad.yaml"], "bad.yaml:7: explore.callbacks.lost_percent: expected a percentage, 0 to 100, found 300"],
      [["missing.yaml"], "there is no file at missing.yaml; check the path"],
      [["app.yaml"], "app.yaml:3: endpoints.0: expected application.run or application.reset, found neither"],
      [
        ["orders.yaml", "--from", "9007199254740991"],
        "from: expected seeds to be a whole number of at most 9007199254740991 each, found 9007199254740991 and 999 more",
      ],
      [["bad.yaml", "--seeds", "0"], "--seeds: expected 1 to 1000000, found 0"],
    ] as const) {
      const { code, stderr } = await ringback(["explore", ...args], { cwd })
      strictEqual(code, 2, stderr)
      assertTrue(stderr.startsWith(`ringback: ${message}`), stderr)
    }
    assertFalse(existsSync(join(cwd, "app-seed-1.yaml")))
  })

  it("finds on several threads what it finds on one", async () => {
    const cwd = folderWith({
      "rare.yaml": scenario
        .replace("lost_percent: 3", "lost_percent: 0.03")
        .replace("- repeat: 9", "- repeat: 25")
        .replace("+1555123456${index}", "+15551234567")
        .replace("exactly: 9", "exactly: 25"),
    })
    const one = await Effect.runPromise(
      Effect.flatMap(loadScenario(join(cwd, "rare.yaml")), (loaded) =>
        exploreScenario(loaded, { seeds: 200, from: 90 }),
      ),
    )
    // Long enough that other threads come to help.
    assertTrue(one._tag === "Found" && one.seeds > 40, JSON.stringify(one).slice(0, 300))
    const { code, stdout } = await ringback(["explore", "rare.yaml", "--from", "90", "--seeds", "200"], { cwd })
    strictEqual(code, 1, stdout)
    const said = exploredSaid(one, { paint: (_, text) => text, safe: (text) => text }).join("\n")
    strictEqual(stdout.replace(/\n\n {2}again: .*\n$/s, ""), said.replaceAll(join(cwd, "rare.yaml"), "rare.yaml"))
  })

  it("starts the application anew for each seed", async () => {
    const application = `
      import http from "node:http"
      let events = []
      http.createServer(async (request, response) => {
        let body = ""
        for await (const chunk of request) body += chunk
        events.push(new URLSearchParams(body).get("MessageStatus"))
        // The bug: it falls over when it is told of two messages at most, and of one that was sent after one that was delivered.
        response.writeHead(events.length > 4 ? 507 : events[0] === "delivered" ? 500 : 204).end()
      }).listen(Number(process.argv[2]), "127.0.0.1")`
    const port = 20_000 + (process.pid % 20_000)
    const cwd = folderWith({
      "application.mjs": application,
      "orders.yaml": `endpoints:
  - url: https://shop.example/status
    forward: http://127.0.0.1:${port}
application: { run: '"${process.execPath}" application.mjs ${port}' }
explore:
  callbacks: { out_of_order_percent: 30 }
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: Hello, status_callback: https://shop.example/status }
expect:
  - request: { answer: 500 }
    never: true
  - request: { answer: 507 }
    never: true
`,
    })
    const { code, stderr, stdout } = await ringback(["explore", "orders.yaml", "--seeds", "40"], { cwd })
    strictEqual(code, 1, stdout + stderr)
    assertTrue(/1 of them is enough|fault struck, and 1/.test(stdout), stdout)
    assertTrue(/sent of SM[0-9a-f]{32} comes after delivered/.test(stdout), stdout)
  })
})
