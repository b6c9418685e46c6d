import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { parse } from "yaml"
import { newFolder } from "../support/folder.ts"
import { ringback, serve, start } from "../support/ringback.ts"
import { alterLog } from "../support/tamper.ts"
import { until } from "../support/until.ts"

const source = readFileSync(join(import.meta.dirname, "../../src/cli/commandLine.ts"), "utf8")
const verbs = [...source.matchAll(/^ {2}(\w+): async \(\) =>/gm)].map(([, verb = ""]) => verb)
const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ya?ml)$/.test(name))
    .sort()

describe("ringback init", () => {
  it("writes settings, a scenario and a workflow that work as they are, and says what next", async () => {
    const folder = newFolder()
    const made = await ringback(["init", "app"], { cwd: folder })
    strictEqual(made.code, 0, made.stderr)
    const cwd = join(folder, "app")
    deepStrictEqual(filesBelow(cwd), [
      ".github/workflows/ringback.yml",
      "ringback.yaml",
      "scenarios/first-message.yaml",
    ])
    const next = [...made.stdout.matchAll(/^ {2}cd app && ringback ([^\n]*?)(?: {2,}.*)?$/gm)].map(
      ([, args = ""]) => args,
    )
    strictEqual(next.length, 3, made.stdout)
    for (const args of next.filter((args) => !args.startsWith("serve"))) {
      const done = await ringback(args === "doctor" ? ["doctor", "--port", "0"] : args.split(" "), { cwd })
      strictEqual(done.code, 0, done.stdout + done.stderr)
    }
    const server = await serve({ cwd, config: "ringback.yaml" })
    strictEqual((await server.send()).status, 201)
    await server.kill("SIGTERM")
  })

  it("the workflow plays the scenarios and keeps what its next step uploads", async () => {
    const folder = newFolder()
    await ringback(["init"], { cwd: folder })
    const workflow = parse(readFileSync(join(folder, ".github/workflows/ringback.yml"), "utf8"))
    deepStrictEqual(Object.keys(workflow.jobs), ["scenarios"])
    deepStrictEqual(workflow.permissions, { contents: "read" })
    const steps: ReadonlyArray<{ run?: string; uses?: string; if?: string; with?: Record<string, unknown> }> =
      workflow.jobs.scenarios.steps
    const run = steps.map(({ run = "" }) => run).find((text) => text.includes("ringback")) ?? ""
    const [, , , ...args] = run.split(" ").slice(0)
    strictEqual(run.startsWith("npx --no-install ringback run "), true, run)
    const played = await ringback(args, { cwd: folder })
    strictEqual(played.code, 0, played.stdout + played.stderr)
    const upload = steps.find(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"))
    strictEqual(upload?.if, "always()")
    const kept = readdirSync(join(folder, String(upload?.with?.path)))
    assertTrue(kept.includes("report.xml") && kept.some((name) => name.endsWith(".jsonl")), kept.join())

    const scenario = join(folder, "scenarios/first-message.yaml")
    writeFileSync(scenario, readFileSync(scenario, "utf8").replace("status: delivered }", "status: failed }"))
    const failed = await ringback(args, { cwd: folder })
    strictEqual(failed.code, 1)
    assertTrue(/^::error file=scenarios\/first-message\.yaml,line=\d+/m.test(failed.stdout), failed.stdout)
    assertTrue(readdirSync(join(folder, "ringback")).some((name) => name.endsWith(".html")))
  })

  it("never writes over a file", async () => {
    const folder = newFolder()
    writeFileSync(join(folder, "ringback.yaml"), "mine")
    const made = await ringback(["init", "--json"], { cwd: folder })
    strictEqual(made.code, 0, made.stderr)
    deepStrictEqual(
      JSON.parse(made.stdout).files.map(({ file, written }: { file: string; written: boolean }) => [file, written]),
      [
        ["ringback.yaml", false],
        ["scenarios/first-message.yaml", true],
        [".github/workflows/ringback.yml", true],
      ],
    )
    strictEqual(readFileSync(join(folder, "ringback.yaml"), "utf8"), "mine")
    writeFileSync(join(folder, "file"), "")
    const refused = await ringback(["init", "file/below"], { cwd: folder })
    deepStrictEqual([refused.code, refused.stderr.includes("name another folder")], [2, true])
  })
})

interface Told {
  readonly about: string
  readonly state: string
  readonly found: string
  readonly fix?: string
}

describe("ringback doctor", () => {
  const examined = async (cwd: string, args: ReadonlyArray<string> = [], env: Record<string, string> = {}) => {
    const port = args.includes("--port") ? [] : ["--port", "0"]
    const { code, stderr, stdout } = await ringback(["doctor", ...port, "--json", ...args], { cwd, env })
    strictEqual(stderr, "")
    const { checks, healthy } = JSON.parse(stdout) as { checks: ReadonlyArray<Told>; healthy: boolean }
    strictEqual(code, healthy ? 0 : 1)
    for (const { about, fix, found, state } of checks) {
      assertTrue(["ok", "warn", "fail"].includes(state) && found.length > 0, about)
      strictEqual(state === "ok", fix === undefined, about)
    }
    return { code, of: (about: string) => checks.find((check) => check.about === about), checks }
  }

  const folder = newFolder()
  const sound = join(folder, "sound.db")
  beforeAll(async () => {
    const server = await serve({ cwd: folder, db: sound })
    await server.send()
    await server.kill("SIGTERM")
  })

  it("finds nothing wrong in an empty folder, and leaves it empty", async () => {
    const cwd = newFolder()
    const { checks, code } = await examined(cwd)
    deepStrictEqual(
      checks.filter(({ state }) => state !== "ok").map(({ about, found }) => `${about}: ${found}`),
      [],
    )
    strictEqual(code, 0)
    deepStrictEqual(readdirSync(cwd), [])
  })

  it("tells a person the same, with what to do", async () => {
    const { code, stdout } = await ringback(["doctor", "--port", "0", "--callback", "http://127.0.0.1:1"], {
      cwd: newFolder(),
    })
    strictEqual(code, 0)
    assertTrue(/^ok {4}Node: \d+/m.test(stdout), stdout)
    assertTrue(
      /^warn {2}callbacks to http:\/\/127\.0\.0\.1:1: nothing listens there\n {6}start your application/m.test(stdout),
      stdout,
    )
    assertTrue(/\d+ ok, 1 to look at, 0 to mend/.test(stdout), stdout)
  })

  it("tells a port that is free, one that a Ringback has, and one that another program has", async () => {
    const cwd = newFolder()
    const server = await serve({ cwd })
    const taken = createServer().listen(0, "127.0.0.1")
    const { port } = await until("it listens", () => (taken.address() ?? undefined) as { port: number } | undefined)
    try {
      strictEqual((await examined(cwd, ["--port", String(server.port)])).of(`port ${server.port}`)?.state, "ok")
      const { of } = await examined(cwd, ["--port", String(port)])
      deepStrictEqual([of(`port ${port}`)?.state, of(`port ${port}`)?.fix?.includes("--port")], ["fail", true])
    } finally {
      taken.close()
    }
    const open = await examined(cwd, ["--host", "0.0.0.0"])
    strictEqual(open.of("access")?.state, "warn")
  })

  it("tells a log that is sound at its end, in use, damaged, none, without its keys", async () => {
    const cwd = folder
    const good = await examined(cwd, ["--db", sound])
    assertTrue(/\d+ entries, the last \d+ match their hashes$/.test(good.of("log")?.found ?? ""), good.of("log")?.found)
    const files = readdirSync(folder)
    await examined(cwd, ["--db", sound])
    deepStrictEqual(readdirSync(folder), files)

    const server = await serve({ cwd, db: sound })
    assertTrue((await examined(cwd, ["--db", sound])).of("log")?.found.endsWith("a server is writing it") === true)
    await server.kill("SIGTERM")

    chmodSync(`${sound}.keys`, 0o644)
    deepStrictEqual((await examined(cwd, ["--db", sound])).of("keys")?.fix, `chmod 600 ${sound}.keys`)
    chmodSync(`${sound}.keys`, 0o600)

    const altered = join(folder, "altered.db")
    writeFileSync(altered, readFileSync(sound))
    alterLog(altered, "UPDATE entries SET at = at + 1 WHERE seq = 3")
    const found = await examined(cwd, ["--db", altered])
    strictEqual(found.code, 1)
    assertTrue(/^entry [34] of .* does not match its hash$/.test(found.of("log")?.found ?? ""), found.of("log")?.found)
    strictEqual(found.of("keys")?.state, "warn")

    const below = await examined(cwd, ["--db", join(sound, "below.db")])
    deepStrictEqual([below.code, below.of("disk")?.state], [1, "fail"])

    writeFileSync(join(folder, "text.db"), "no log at all, but a text of some length".repeat(50))
    strictEqual((await examined(cwd, ["--db", "text.db"])).of("log")?.state, "fail")
    strictEqual(existsSync(join(folder, "text.db.lock")), false)
  })

  it("explains to whoever has a client that goes round proxies why nothing comes", async () => {
    const cwd = newFolder()
    const env = { XDG_STATE_HOME: newFolder() }
    const server = await serve({ cwd, env })
    const at = ["--port", String(server.port)]
    const unused = await examined(cwd, at, env)
    strictEqual(unused.of("local CA")?.state, "ok")
    strictEqual(existsSync(join(env.XDG_STATE_HOME, "ringback/ca.key")), false)

    const variables = await ringback(["env", "--shell", "json", ...at], { cwd, env })
    const set = { ...env, ...JSON.parse(variables.stdout) }
    const application = join(import.meta.dirname, "fixtures/goesAround.mjs")
    strictEqual(spawnSync(process.execPath, [application], { env: { ...set, NODE_USE_ENV_PROXY: "" } }).status, 0)
    const { code, of } = await examined(cwd, at, set)
    strictEqual(code, 0)
    strictEqual(of("api.twilio.com through the proxy")?.state, "ok")
    const names = "requests for Twilio's names"
    deepStrictEqual([of(names)?.state, of(names)?.found], ["warn", "none came yet"])
    const { stdout } = await ringback(["doctor", ...at], { cwd, env: set })
    for (const told of [/^ {6}HTTP clients that take no notice of/m, /^ {8}got, node-fetch and undici/m, /serve --tls/])
      assertTrue(told.test(stdout), stdout)

    const around = await examined(cwd, at, { ...set, NO_PROXY: "localhost,127.0.0.1,.twilio.com" })
    deepStrictEqual([around.code, around.of("variables")?.state], [1, "fail"])
    await server.kill("SIGTERM")
    const alone = await examined(cwd, at, set)
    deepStrictEqual([alone.code, alone.of("Twilio's names")?.state], [0, "ok"])
  })

  it("tells settings, a proxy and certificates that will not do", async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, "bad.yaml"), "server: { prot: 1 }\n")
    const bad = await examined(cwd, ["--config", "bad.yaml"])
    strictEqual(bad.code, 1)
    assertTrue(bad.of("settings")?.found.startsWith("bad.yaml:1: ") === true, bad.of("settings")?.found)
    const proxied = await examined(cwd, [], {
      HTTPS_PROXY: "http://proxy.example:3128",
      SSL_CERT_FILE: join(cwd, "none.pem"),
    })
    deepStrictEqual(
      [proxied.of("proxy")?.state, proxied.of("proxy")?.fix],
      ["warn", "requests to Ringback may go to that proxy: export NO_PROXY=localhost,127.0.0.1"],
    )
    strictEqual(proxied.of("certificates")?.state, "fail")
    const spared = await examined(cwd, [], {
      HTTP_PROXY: "http://proxy.example:3128",
      NO_PROXY: "localhost, 127.0.0.1",
    })
    strictEqual(spared.of("proxy")?.state, "ok")
  })
})

describe("--json", () => {
  /** What these print is JSON, or a script, by itself; env has --shell json. */
  const byThemselves = ["at", "completions", "env", "schema", "traffic"]

  it("is an option of every verb", async () => {
    const { stdout } = await ringback(["--help"])
    const usage = stdout.split("\n").filter((line) => /^ *- /.test(line))
    const lacking = verbs.filter(
      (verb) =>
        !byThemselves.includes(verb) && !usage.some((line) => line.includes(`- ${verb} `) && line.includes("--json")),
    )
    deepStrictEqual(lacking, [])
  })

  it("is one line a program can read, of a server and of what makes files", async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, "data"))
    const server = start(["serve", "--port", "0", "--db", "log.db", "--json"], { cwd })
    const line = await until("it listens", () => (server.stdout().includes("\n") ? server.stdout() : undefined))
    const { account_sid, address, auth_token, event } = JSON.parse(line)
    strictEqual(event, "listening")
    const sent = await fetch(`${address}/2010-04-01/Accounts/${account_sid}/Messages.json`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString("base64")}` },
      body: new URLSearchParams({ To: "+15551234567", From: "+15550000001", Body: "Hello" }),
    })
    strictEqual(sent.status, 201)
    const json = async (...args: ReadonlyArray<string>) => {
      const { code, stderr, stdout } = await ringback([...args, "--json"], { cwd })
      strictEqual(code, 0, stderr)
      strictEqual(stdout.trim().split("\n").length, 1, stdout)
      return JSON.parse(stdout)
    }
    const inbound = await json(
      "inbound",
      "--url",
      address,
      "--from",
      "+15551234567",
      "--to",
      "+15550000001",
      "--body",
      "Hi",
    )
    assertTrue(/^SM/.test(inbound.sid))
    assertTrue(/^CA/.test((await json("call", "--url", address, "--from", "+15551234567", "--to", "+15550000001")).sid))
    await server.kill("SIGTERM")
    const { digest } = await json("export", "log.db", "--out", "log.jsonl")
    strictEqual((await json("import", "log.jsonl", "--db", "copy.db")).digest, digest)
    strictEqual((await json("verify", "copy.db")).digest, digest)
    assertTrue((await json("trace", "log.db", "--out", "trace.html")).entries > 3)
    strictEqual(
      (await json("fork", "log.db", "--at", "3", "--set", "twilio.default_behavior=failure", "--out", "fork.db")).log,
      "log.db",
    )
  })
})
