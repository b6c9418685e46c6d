import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { entriesOf, type LoggedEntry } from "../support/logEntries.ts"
import { ringback, type Server, serve, start } from "../support/ringback.ts"
import { alterLog } from "../support/tamper.ts"
import { until } from "../support/until.ts"

describe.concurrent("The command line", () => {
  const oneLine = (text: string) => assertTrue(/^[^\n]+\n$/.test(text))

  it("--help names every command and the exit codes", async () => {
    const { code, stderr, stdout } = await ringback(["--help"])
    deepStrictEqual([code, stderr], [0, ""])
    for (const word of [
      "serve",
      "inbound",
      "verify",
      "log",
      "export",
      "import",
      "show",
      "at",
      "diff",
      "fork",
      "trace",
      "--pace",
      "Exit codes: 0 fine, 1 ",
      "2 wrong use",
    ])
      assertTrue(stdout.includes(word))
  })
  it("without arguments it is --help", async () => {
    const [bare, help] = await Promise.all([ringback([]), ringback(["--help"])])
    deepStrictEqual(bare, help)
  })
  it("each command has its --help", async () => {
    for (const command of "serve inbound verify log export import show at diff fork trace".split(" ")) {
      const { code, stdout } = await ringback([command, "--help"])
      strictEqual(code, 0)
      assertTrue(stdout.includes(`Example: ringback ${command} `))
    }
  })
  it("--version is the package's version and nothing else", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"))
    const { code, stderr, stdout } = await ringback(["--version"])
    deepStrictEqual([code, stderr, stdout.trim()], [0, "", version])
  })
  it("log --json gives programs what the log holds, whatever it would do to a terminal", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db })
    const Body = "\u001b[31mred\u009b31m\u202e"
    await server.send({ Body })
    await server.kill("SIGTERM")
    const [message] = await entriesOf(db, ["--type", "message.created"])
    strictEqual(message?.data.body, Body)
    const { stdout } = await ringback(["log", db])
    strictEqual(
      [..."\u001b\u009b\u202e"].some((char) => stdout.includes(char)),
      false,
    )
  })
  for (const [args, word] of [
    [["frobnicate"], "serve"],
    [["serve", "--frobnicate"], "--frobnicate"],
    [["verify", "--jsn", "x.db"], "--jsn"],
    [["verify"], "LOG"],
    [["inbound", "--to", "+15550000001"], "--from"],
    [["inbound", "--from", "+15551234567", "--to", "+15550000001", "--url", "x"], "--url"],
    [["serve", "--port", "http"], "http"],
    [["export", "x.db"], "--out"],
    [["import", "x.jsonl"], "--db"],
    [["log", "x.db", "--after", "-1"], "--after"],
  ] as const)
    it(`${args.join(" ")} is wrong use: one line, exit 2`, async () => {
      const { code, stderr, stdout } = await ringback(args)
      strictEqual(code, 2)
      strictEqual(stdout, "")
      oneLine(stderr)
      assertTrue(stderr.includes(word))
    })
  for (const command of ["verify", "log"])
    it(`${command} of a log there is none of is exit 2`, async () => {
      const { code, stderr } = await ringback([command, "nowhere.db"])
      strictEqual(code, 2)
      oneLine(stderr)
      assertTrue(stderr.includes("there is no log at nowhere.db"))
    })
  it("prints no colours where it is not a terminal", async () => {
    for (const env of [{}, { NO_COLOR: "1" }, { FORCE_COLOR: "0" }])
      assertFalse((await ringback(["--help"], { env })).stdout.includes("\u001b"))
  })
})

describe("A log on the command line", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server
  let sid: string
  let entries: ReadonlyArray<LoggedEntry>

  beforeAll(async () => {
    server = await serve({ db, args: ["--pace", "fast", "--seed", "7"] })
    sid = (await server.send({ Body: "Hello \u001b[31m red" })).json.sid
    await server.send({ To: "banana" })
    await server.ask(server.messages)
    await server.clock({ settle: true })
    entries = await entriesOf(db)
  })

  it("verify says that it is sound, with its digest, while the server writes it", async () => {
    const { code, stderr, stdout } = await ringback(["verify", db])
    deepStrictEqual([code, stderr], [0, ""])
    const { json } = await server.ask("/health")
    assertTrue(stdout.includes(`sound: all ${json.entries} entries of ${db}`))
    assertTrue(stdout.includes(`digest ${json.digest}`))
  })
  it("verify goes right while messages come in", async () => {
    let stop = false
    const sending = (async () => {
      while (!stop) await server.send()
    })()
    for (let n = 0; n < 3; n++) strictEqual((await ringback(["verify", db])).code, 0)
    stop = true
    await sending
  })
  it("verify --json is one line for programs", async () => {
    const { code, stdout } = await ringback(["verify", db, "--json"])
    const { json } = await server.ask("/health")
    strictEqual(code, 0)
    deepStrictEqual(JSON.parse(stdout), {
      log: db,
      _tag: "Sound",
      entries: json.entries,
      digest: json.digest,
      at: Date.parse(json.virtual_time),
    })
  })
  it("log --json is the entries as canonical lines, seq from 1 without a gap", () => {
    deepStrictEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, i) => i + 1),
    )
    strictEqual(entries[0]?.type, "run.started")
    strictEqual(entries[0]?.data.seed, 7)
    deepStrictEqual(Object.keys(entries[0] ?? {}), ["at", "cause", "data", "hash", "kind", "seq", "subject", "type"])
  })
  it("log is a table with a line for each entry, and what the entries hold steers no terminal", async () => {
    const { code, stderr, stdout } = await ringback(["log", db])
    deepStrictEqual([code, stderr], [0, ""])
    const [head, ...lines] = stdout.trimEnd().split("\n")
    for (const name of ["virtual time", "seq", "cause", "type", "subject", "gist"])
      assertTrue(head?.includes(name) === true)
    assertTrue(lines.length >= entries.length)
    const created = lines.find((line) => line.includes("message.created")) ?? ""
    for (const part of ["2026-01-01T00:00:00.000Z", sid, "+15550000001 → +15551234567", "queued"])
      assertTrue(created.includes(part))
    assertFalse(stdout.includes("\u001b"))
    assertTrue(created.includes("u001b"))
  })
  it("log takes a type, a type's beginning, a subject, and a seq to begin after", async () => {
    const types = async (...args: ReadonlyArray<string>) => (await entriesOf(db, args)).map(({ type }) => type)
    deepStrictEqual(await types("--type", "run.started"), ["run.started"])
    deepStrictEqual(await types("--type", "message.*", "--subject", sid), [
      "message.created",
      "message.status-changed",
      "message.status-changed",
      "message.status-changed",
    ])
    deepStrictEqual(await types("--type", "message", "--subject", sid), [])
    strictEqual((await entriesOf(db, ["--after", "3"]))[0]?.seq, 4)
    deepStrictEqual(await types("--after", "1000000"), [])
  })
  it("log --follow shows what comes until it is stopped", async () => {
    const { entries: last } = (await server.ask("/health")).json
    const following = start(["log", db, "--follow", "--type", "message.created", "--after", String(last)])
    await until("the head is printed", () => following.stdout().includes("gist"))
    const { json } = await server.send({ Body: "followed" })
    await until("the message is shown", () => following.stdout().includes(json.sid))
    const ended = await following.kill("SIGINT")
    deepStrictEqual([ended.code, ended.stderr], [0, ""])
  })
})

describe.concurrent("A recording", () => {
  const folder = newFolder()
  const db = join(folder, "ringback.db")
  const file = join(folder, "run.jsonl")
  const digestIn = (stdout: string) => /^digest ([0-9a-f]{64})$/m.exec(stdout)?.[1]

  beforeAll(async () => {
    const server = await serve({ db, args: ["--pace", "fast"] })
    await server.send({ Body: "\u0000\u2028 'quoted' \"too\" 🐧", StatusCallback: "http://user:secret@127.0.0.1:9/x" })
    await server.clock({ settle: true })
    const exported = await ringback(["export", db, "--out", file])
    deepStrictEqual([exported.code, exported.stderr], [0, ""])
    strictEqual(digestIn(exported.stdout), (await server.ask("/health")).json.digest)
    await server.kill("SIGTERM")
  })

  it("becomes a log with the same digest, which gives the same recording, byte for byte", async () => {
    const copy = join(folder, "copy.db")
    const again = join(folder, "again.jsonl")
    const imported = await ringback(["import", file, "--db", copy])
    deepStrictEqual([imported.code, imported.stderr], [0, ""])
    const exported = await ringback(["export", copy, "--out", again])
    strictEqual(digestIn(exported.stdout), digestIn(imported.stdout))
    assertTrue(readFileSync(again).equals(readFileSync(file)))
    strictEqual((await ringback(["verify", copy])).code, 0)
  })
  it("is verified and shown as it is", async () => {
    const { code, stdout } = await ringback(["verify", file])
    strictEqual(code, 0)
    assertTrue(stdout.startsWith("sound"))
    deepStrictEqual(await entriesOf(file), await entriesOf(db))
  })
  it("holds no secret", () => {
    const text = readFileSync(file, "utf8")
    for (const secret of ["user:secret", "dXNlcjpzZWNyZXQ"]) assertFalse(text.includes(secret))
  })
  it("is not imported over a log that exists, nor exported over a file that is no recording", async () => {
    const before = readFileSync(db)
    const imported = await ringback(["import", file, "--db", db])
    strictEqual(imported.code, 2)
    assertTrue(imported.stderr.includes("exists already"))
    assertTrue(readFileSync(db).equals(before))
    const notes = join(folder, "notes.txt")
    writeFileSync(notes, "keep me")
    const exported = await ringback(["export", db, "--out", notes])
    strictEqual(exported.code, 2)
    strictEqual(readFileSync(notes, "utf8"), "keep me")
  })
  it("with one byte altered is not imported, leaves nothing, and verify names line or entry: exit 1", async () => {
    const altered = join(folder, "altered.jsonl")
    writeFileSync(altered, readFileSync(file, "utf8").replace('"message.created"', '"message.creates"'))
    const target = join(folder, "never.db")
    const imported = await ringback(["import", altered, "--db", target])
    strictEqual(imported.code, 2)
    const { seq } = (await entriesOf(db, ["--type", "message.created"]))[0] as LoggedEntry
    assertTrue(imported.stderr.includes(`altered.jsonl:${seq + 1}:`))
    assertFalse(existsSync(target))
    const verified = await ringback(["verify", altered])
    strictEqual(verified.code, 1)
    assertTrue(verified.stderr.includes(`entry ${seq} does not match its hash`))
  })
})

describe.concurrent("verify of a log in which one byte was altered", () => {
  const folder = newFolder()
  const db = join(folder, "ringback.db")
  let entries: ReadonlyArray<LoggedEntry>

  beforeAll(async () => {
    const server = await serve({ db, args: ["--pace", "fast"] })
    await server.send()
    await server.clock({ settle: true })
    await server.kill("SIGTERM")
    entries = await entriesOf(db)
  })

  const verifyAltered = async (statement: string, json = false) => {
    const copy = join(newFolder(), "altered.db")
    copyFileSync(db, copy)
    alterLog(copy, statement)
    return ringback(["verify", copy, ...(json ? ["--json"] : [])])
  }
  const first = (type: string) => entries.find((entry) => entry.type === type) as LoggedEntry

  it("names an input, on one line, and exits 1", async () => {
    const { seq } = first("api.requested")
    const { code, stderr, stdout } = await verifyAltered(
      `UPDATE entries SET data = replace(data, 'Hello', 'Hallo') WHERE seq = ${seq}`,
    )
    deepStrictEqual([code, stdout], [1, ""])
    assertTrue(new RegExp(`^ringback: .*altered\\.db: entry ${seq} does not match its hash\n$`).test(stderr))
  })
  it("names an outcome with the field, what is recorded and what the rules make", async () => {
    const { seq } = first("message.created")
    const statement = `UPDATE entries SET data = replace(data, 'Hello', 'Hallo') WHERE seq = ${seq}`
    const { code, stderr } = await verifyAltered(statement)
    strictEqual(code, 1)
    assertTrue(stderr.includes(`entry ${seq} does not match its hash`))
    assertTrue(/^ {2}field {5}data\.body$/m.test(stderr))
    assertTrue(/^ {2}recorded {2}"Hallo"$/m.test(stderr))
    assertTrue(/^ {2}made {6}"Hello"$/m.test(stderr))
    const asJson = await verifyAltered(statement, true)
    deepStrictEqual([asJson.code, asJson.stderr], [1, ""])
    const { _tag, difference, seq: named } = JSON.parse(asJson.stdout)
    deepStrictEqual(
      { _tag, seq: named, difference },
      { _tag: "Unsound", seq, difference: { field: "data.body", recorded: '"Hallo"', made: '"Hello"' } },
    )
  })
  it("names the entry that is missing, in the middle and at the end of a turn", async () => {
    const { seq } = first("message.created")
    const gone = await verifyAltered(`DELETE FROM entries WHERE seq = ${seq}`)
    strictEqual(gone.code, 1)
    assertTrue(gone.stderr.includes(`entry ${seq} is missing`))
    const cut = await verifyAltered(`DELETE FROM entries WHERE seq > ${seq}`)
    strictEqual(cut.code, 1)
    assertTrue(cut.stderr.includes(`entry ${seq + 1}`))
  })
})
