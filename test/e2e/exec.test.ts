import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { freePort } from "../support/freePort.ts"
import { program } from "../support/program.ts"
import { ringback, serve, start } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name)
const application = fixture("unawareApplication.mjs")

/** A scenario in which somebody answers the application's first message. */
const answering = (folder: string, port: number, more = ""): string => {
  const file = join(folder, "answering.yaml")
  writeFileSync(
    file,
    `endpoints:
  - { url: "http://localhost:${port}", forward: "http://localhost:${port}" }
steps:
  - expect: { message: { to: "+15551234567", status: delivered }, within: 90s }
    as: sent
  - inbound: { from: "+15551234567", to: "\${sent.from}", body: I am here }
${more}`,
  )
  return file
}

const printed = (number: string): string =>
  [
    `number ${number}`,
    "0 services",
    "inbound received I am here",
    "outbound-api delivered Hello",
    "outbound-reply",
  ].join("\n")

/** A place for everything a command leaves behind. */
const place = () => {
  const folder = newFolder()
  return { folder, env: { XDG_STATE_HOME: join(folder, "state"), TMPDIR: mkdtempSync(join(folder, "tmp-")) } }
}

describe("ringback exec", () => {
  it("runs an application that knows only Twilio's SDK: it sends, hears signed callbacks and is written to", async () => {
    const { env, folder } = place()
    const port = await freePort()
    const json = join(folder, "summary.json")
    const db = join(folder, "run.db")
    const ended = await ringback(
      [
        "exec",
        "--pace",
        "10x",
        "--seed",
        "7",
        "--db",
        db,
        "--json",
        json,
        "--scenario",
        answering(folder, port),
        "--",
        process.execPath,
        application,
      ],
      { cwd: folder, env: { ...env, PORT: String(port), TWILIO_AUTH_TOKEN: "0123456789abcdef0123456789abcdef" } },
    )
    strictEqual(ended.code, 0, ended.stderr)
    const number = /number (\+1\d{10})/.exec(ended.stdout)?.[1] ?? ""
    assertTrue(ended.stdout.startsWith(printed(number)), ended.stdout)
    const told = JSON.parse(readFileSync(json, "utf8"))
    strictEqual(told.exit_code, 0)
    strictEqual(told.messages.in, 1)
    strictEqual(told.requests.refused, 0)
    strictEqual(told.proxy.requests, told.requests.all)
    deepStrictEqual(told.failures, [])
    strictEqual(told.log, db)
    assertTrue(existsSync(told.trace))
    assertTrue(
      /^ringback: \d+ requests, 2 messages \(.*\), 1 from phones, \d callbacks$/m.test(ended.stderr),
      ended.stderr,
    )
    // The token of the environment, which may be a real one, is not the run's.
    assertFalse(readFileSync(`${db}.keys`, "utf8").includes("0123456789abcdef0123456789abcdef"))
    strictEqual((await ringback(["verify", db])).code, 0)
  })

  it("passes the same application through TLS under Twilio's names, as a hosts file leads there", async () => {
    const { env, folder } = place()
    const port = await freePort()
    const server = await serve({ cwd: folder, env, args: ["--tls-port", "0", "--pace", "10x"] })
    const tlsPort = /TLS +127\.0\.0\.1:(\d+)/.exec(server.stdout())?.[1] ?? ""
    const trusted = JSON.parse((await ringback(["trust", "node", "--json"], { cwd: folder, env })).stdout)
    const { spawn } = await import("node:child_process")
    const child = spawn(process.execPath, ["--require", fixture("hostsFile.cjs"), application], {
      env: {
        ...env,
        NODE_EXTRA_CA_CERTS: trusted.files.ca,
        PORT: String(port),
        TWILIO_ACCOUNT_SID: server.accountSid,
        TWILIO_AUTH_TOKEN: server.authToken,
        TWILIO_IS_AT: tlsPort,
      },
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text
      })
    const ended = new Promise((resolve) => child.once("close", resolve))
    const number = await until("the application has a number", () => /number (\+1\d{10})/.exec(said)?.[1])
    await until(
      "its message is delivered",
      async () => (await server.ask("/admin/messages?status=delivered")).json.messages.length > 0,
    )
    const order = { from: "+15551234567", to: number, body: "I am here" }
    const headers = { "content-type": "application/json" }
    await server.ask("/admin/inbound", { method: "POST", body: JSON.stringify(order), headers })
    strictEqual(await ended, 0, said)
    assertTrue(said.startsWith(printed(number)), said)
  })

  it("knows the seed of the run in its scenario, whichever one that names", async () => {
    const { env, folder } = place()
    const file = join(folder, "seeded.yaml")
    writeFileSync(file, 'seed: 3\nsteps: []\nexpect: [{ value: "${seed}", is: 7 }]\n')
    const command = ["--", process.execPath, "-e", ""]
    for (const [words, code] of [
      [["--seed", "7"], 0],
      [[], 1],
    ] as const) {
      const ended = await ringback(["exec", ...words, "--expect", file, ...command], { cwd: folder, env })
      strictEqual(ended.code, code, ended.stderr)
    }
  })

  it.each([
    ["api", '{ path: "/2010-04-01/Accounts/${account_sid}/Messages.json" }'],
    ["client", '{ to: "+15551234567", from: "+15550000001", body: Hello }'],
  ])(
    "waits for an answer that takes its time as long as it takes, and moves the clock for nobody: %s",
    async (kind, said) => {
      const { env, folder } = place()
      const [file, db] = [join(folder, "slow.yaml"), join(folder, "run.db")]
      writeFileSync(
        file,
        `settings: { twilio: { faults: [{ latency: 1500ms }] } }
steps:
  - ${kind}: ${said}
`,
      )
      const words = ["--db", db, "--scenario", file, "--", process.execPath, "-e", "setTimeout(() => {}, 4000)"]
      const ended = await ringback(["exec", ...words], { cwd: folder, env })
      strictEqual(ended.code, 0, ended.stderr)
      const entries = (await ringback(["log", db, "--json"])).stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
      strictEqual(entries.filter(({ type }) => type === "api.responded").length, 1)
      // It is stopped at the end, and no more.
      deepStrictEqual(
        entries.flatMap(({ data, type }) => (type === "clock.changed" ? [data.pace] : [])),
        ["paused"],
      )
    },
  )

  it("has the exit code of the command, its own outputs and input, and leaves nothing behind where nothing happened", async () => {
    const { env, folder } = place()
    const script =
      "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = process.argv.length + 3"
    const ended = await ringback(["exec", "--", process.execPath, "-e", script, "--", "--pace", "none", "--help"], {
      cwd: folder,
      env,
    })
    strictEqual(ended.code, 7)
    strictEqual(ended.stdout, "out")
    assertTrue(ended.stderr.startsWith("errringback: 0 requests, 0 messages, 0 callbacks\n"), ended.stderr)
    deepStrictEqual(readdirSync(env.TMPDIR), [])
    deepStrictEqual(readdirSync(folder).sort(), ["state", env.TMPDIR.slice(folder.length + 1)].sort())
  })

  it("says so when nothing reached the exchange, as with a client that goes round proxies", async () => {
    const { env, folder } = place()
    const ended = await ringback(["exec", "--", process.execPath, fixture("goesAround.mjs")], { cwd: folder, env })
    strictEqual(ended.code, 0)
    strictEqual(ended.stdout, "no answer\n")
    assertTrue(
      ended.stderr.includes(
        "ringback: nothing reached the exchange; if the command sends anything, its HTTP client goes round proxies",
      ),
      ended.stderr,
    )
  })

  it("says so when a client does not trust the CA", async () => {
    const { env, folder } = place()
    const script = `const a = require("https-proxy-agent"); require("https").get("https://api.twilio.com/", { agent: a(process.env.HTTP_PROXY), ca: [] }).on("error", (e) => console.log(e.code))`
    const ended = await ringback(["exec", "--", process.execPath, "-e", script], {
      cwd: join(import.meta.dirname, "../.."),
      env,
    })
    assertTrue(
      ended.stderr.includes(
        "nothing reached the exchange; 1 connection to Twilio's names ended before anything was asked",
      ),
      ended.stderr + ended.stdout,
    )
    strictEqual(readdirSync(folder).length, 2)
  })

  it("hands signals on and waits for the command", async () => {
    const { env, folder } = place()
    const script =
      "process.on('SIGTERM', () => setTimeout(() => process.exit(5), 300)); process.stdout.write('up'); setInterval(() => {}, 1000)"
    const running = start(["exec", "--", process.execPath, "-e", script], { cwd: folder, env })
    await until("the command runs", () => running.stdout() === "up")
    strictEqual((await running.kill("SIGTERM")).code, 5)
    const killed = start(
      ["exec", "--", process.execPath, "-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"],
      { cwd: folder, env },
    )
    await until("the command runs", () => killed.stdout() === "up")
    const ended = await killed.kill("SIGINT")
    strictEqual(ended.code, 130)
    assertTrue(ended.stderr.includes("ringback: 0 requests"))
  })

  it("fails with 1 and the report when what is expected is not so, and leaves a failing command its code", async () => {
    const { env, folder } = place()
    const expected = join(folder, "expected.yaml")
    writeFileSync(expected, 'steps: []\nexpect:\n  - { message: { to: "+15550001111", status: delivered } }\n')
    const send = `require("twilio")(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN).messages.create({ from: "+15550000001", to: process.argv[1], body: "x" })`
    const cwd = join(import.meta.dirname, "../..")
    const run = (to: string, after = "") =>
      ringback(["exec", "--expect", expected, "--", process.execPath, "-e", `${send}.then(() => {${after}})`, to], {
        cwd,
        env,
      })
    const met = await run("+15550001111")
    strictEqual(met.code, 0, met.stderr)
    const unmet = await run("+15550002222")
    strictEqual(unmet.code, 1)
    assertTrue(
      unmet.stderr.includes('expected at least 1 message with to "+15550001111", status "delivered"'),
      unmet.stderr,
    )
    strictEqual((await run("+15550002222", "process.exit(9)")).code, 9)
  })

  it("fails with 1 when the command ends before all steps of the scenario were performed", async () => {
    const { env, folder } = place()
    const scenario = answering(folder, await freePort())
    const ended = await ringback(["exec", "--scenario", scenario, "--", "true"], { cwd: folder, env })
    strictEqual(ended.code, 1, ended.stderr)
    assertTrue(ended.stderr.includes("the command ended before all steps were performed"), ended.stderr)
  })

  it("lets hours pass in no time with --pace fast", async () => {
    const { env, folder } = place()
    const config = join(folder, "slow.yaml")
    writeFileSync(config, "twilio: { callbacks: { delay_seconds: 3600 } }\n")
    const script = `const { messages } = require("twilio")(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN)
const delivered = async (sid) => { const m = await messages(sid).fetch(); return m.status === "delivered" ? console.log(m.dateUpdated - m.dateCreated) : delivered(sid) }
messages.create({ from: "+15550000001", to: "+15550001111", body: "x" }).then(({ sid }) => delivered(sid))`
    const ended = await ringback(["exec", "--pace", "fast", "--config", config, "--", process.execPath, "-e", script], {
      cwd: join(import.meta.dirname, "../.."),
      env,
    })
    strictEqual(ended.code, 0, ended.stderr)
    assertTrue(Number(ended.stdout) >= 3_600_000, ended.stdout)
  })

  it("writes its summary where a descriptor leads, and tells beforehand of one that is not open", async () => {
    const { env, folder } = place()
    const { spawnSync } = await import("node:child_process")
    const line = `'${process.execPath}' '${program}' exec --json fd:3 -- sh -c 'echo out; exit 4'`
    const ended = spawnSync("sh", ["-c", `${line} 3>summary.json`], { cwd: folder, env: { ...process.env, ...env } })
    deepStrictEqual([ended.status, String(ended.stdout)], [4, "out\n"])
    const told = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"))
    deepStrictEqual([told.exit_code, told.command_exit_code, told.requests.all, told.log], [4, 4, 0, null])
    const closed = await ringback(["exec", "--json", "fd:99", "--", "touch", "ran"], { cwd: folder, env })
    strictEqual(closed.code, 2)
    assertTrue(closed.stderr.includes("--json: fd:99 cannot be written: it is not open (EBADF)"), closed.stderr)
    assertFalse(existsSync(join(folder, "ran")))
  })

  for (const [what, args, code, said] of [
    ["no command", ["exec"], 2, "expected a command behind --"],
    [
      "a command that is not there",
      ["exec", "--", "no-such-command-at-all"],
      127,
      "the command was not run: there is no command no-such-command-at-all (ENOENT)",
    ],
    ["a pace that is none", ["exec", "--pace", "quick", "--", "true"], 2, "--pace"],
    ["a scenario that is not there", ["exec", "--scenario", "none.yaml", "--", "true"], 2, "none.yaml"],
    ["a log that is there", ["exec", "--db", ".", "--", "true"], 2, "every exec has a run of its own"],
    ["a place for JSON that is none", ["exec", "--json", "no/such/folder", "--", "true"], 2, "--json"],
  ] as const)
    it(`tells of ${what}`, async () => {
      const { env, folder } = place()
      const ended = await ringback(args, { cwd: folder, env })
      strictEqual(ended.code, code, ended.stderr)
      assertTrue(ended.stderr.includes(said), ended.stderr)
    })
})
