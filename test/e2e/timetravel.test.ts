import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { encode, genesis, toLine } from "../../src/core/Entry.ts"
import { limits } from "../../src/core/limits.ts"
import { headerLine } from "../../src/log/recordingLines.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { entriesOf, type LoggedEntry } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { alterLog } from "../support/tamper.ts"

const oneLine = (text: string) => assertTrue(/^ringback: [^\n]+\n$/.test(text), text)

describe("Looking back on the command line", () => {
  const folder = newFolder()
  const db = join(folder, "ringback.db")
  const recording = join(folder, "run.jsonl")
  let server: Server
  let sid = ""
  let entries: ReadonlyArray<LoggedEntry> = []

  beforeAll(async () => {
    const config = configFile({ endpoints: [{ url: "https://app.test", answers: [{ status: 500 }, {}] }] })
    server = await serve({ db, config, args: ["--pace", "fast", "--seed", "7"] })
    sid = (await server.send({ Body: "red \u001b[31m<script>", StatusCallback: "https://app.test/x" })).json.sid
    await server.clock({ settle: true })
    await server.send({ To: "+15559876543" })
    await server.clock({ settle: true })
    entries = await entriesOf(db)
    strictEqual((await ringback(["export", db, "--out", recording])).code, 0)
  })
  const first = (type: string) => entries.find((entry) => entry.type === type) as LoggedEntry

  it("show is a timeline, of a log that is being written and of a recording alike", async () => {
    const [live, recorded] = await Promise.all([ringback(["show", db, sid]), ringback(["show", recording, sid])])
    deepStrictEqual([live.code, live.stderr], [0, ""])
    strictEqual(recorded.stdout, live.stdout)
    for (const part of [
      "┌ Endpoint",
      "api.requested  POST ",
      "├───┼───○   │   │   message.created",
      "outbound.answered  500",
    ])
      assertTrue(live.stdout.includes(part), part)
    assertFalse(live.stdout.includes("\u001b"))
    assertTrue(live.stdout.includes("u001b"))
  })
  it("show --json is lanes, marks and arrows, --at as it was", async () => {
    const { stdout } = await ringback(["show", db, sid, "--json"])
    const { arrows, lanes, marks, subject } = JSON.parse(stdout)
    deepStrictEqual([subject, lanes[0], stdout.trimEnd().split("\n").length], [sid, "application", 1])
    assertTrue(arrows.length > 10 && marks.length > arrows.length)
    const { seq } = first("message.created")
    const then = JSON.parse((await ringback(["show", db, sid, "--json", "--at", String(seq)])).stdout)
    deepStrictEqual(
      then.marks.map((mark: { seq: number }) => mark.seq),
      [seq - 1, seq],
    )
  })
  it("at is the world as JSON at a seq and at an instant", async () => {
    const { seq } = first("message.created")
    const { code, stderr, stdout } = await ringback(["at", db, String(seq)])
    deepStrictEqual([code, stderr], [0, ""])
    const world = JSON.parse(stdout)
    deepStrictEqual([world.seq, world.machines.twilio.messages.bySid[sid].status], [seq, "queued"])
    const later = JSON.parse((await ringback(["at", recording, "2026-01-01T00:00:02Z"])).stdout)
    strictEqual(later.machines.twilio.messages.bySid[sid].status, "sent")
    strictEqual(later.timers.length, 2)
    assertTrue(later.timers.some(({ key }: { key: string }) => key.startsWith("retry ")))
  })
  it("fork changes one thing, and the log it is made of is as it was, byte for byte", async () => {
    const fork = join(newFolder(), "deeper/fork.db")
    const before = readFileSync(recording)
    const set = [
      "--set",
      "twilio.numbers[+15559876543].outcome=undelivered",
      "--set",
      "twilio.failure_error_code=30005",
    ]
    const at = entries.filter(({ type }) => type === "api.requested")[1]?.seq ?? 0
    const { code, stderr, stdout } = await ringback(["fork", recording, "--at", String(at - 1), ...set, "--out", fork])
    deepStrictEqual([code, stderr], [0, ""])
    assertTrue(stdout.includes(`${fork} is ${recording} up to entry ${at - 1}`))
    deepStrictEqual(readFileSync(recording), before)
    const made = await entriesOf(fork)
    deepStrictEqual(made.slice(0, at - 1), entries.slice(0, at - 1))
    strictEqual(made[at - 1]?.type, "settings.changed")
    const ended = made.findLast(({ type }) => type === "message.status-changed")
    deepStrictEqual(ended?.data, { error_code: 30005, status: "undelivered" })
    strictEqual((await ringback(["verify", fork])).code, 0)

    const compared = await ringback(["diff", recording, fork])
    deepStrictEqual([compared.code, compared.stderr], [1, ""])
    assertTrue(compared.stdout.includes(`are the same up to entry ${at - 1}`))
    assertTrue(compared.stdout.includes("First subject that fares differently: SM"))
    const {
      first: parting,
      leads_to,
      same_up_to,
    } = JSON.parse((await ringback(["diff", recording, fork, "--json"])).stdout)
    deepStrictEqual(
      [same_up_to, parting.b.entry.type, leads_to.difference.field],
      [at - 1, "settings.changed", "data.plan.outcome"],
    )
    strictEqual((await ringback(["diff", fork, fork])).code, 0)

    // It has no keys: going live is refused, and nothing else is.
    const served = await ringback(["serve", "--db", fork, "--port", "0"])
    strictEqual(served.code, 2)
    assertTrue(served.stderr.includes("has no keys file"))
    strictEqual((await ringback(["fork", fork, "--at", "3", "--out", join(newFolder(), "again.db")])).code, 0)
  })
  it("fork --swap changes the order of two callbacks that wait", async () => {
    const fork = join(newFolder(), "fork.db")
    const [one, other] = entries.filter(({ data, type }) => type === "timer.set" && data.key.startsWith("retry "))
    const swap = `${one?.seq},${other?.seq}`
    const { code, stderr } = await ringback([
      "fork",
      db,
      "--at",
      String(other?.seq),
      "--swap",
      swap,
      "--inputs",
      "drop",
      "--out",
      fork,
    ])
    deepStrictEqual([code, stderr], [0, ""])
    const retries = async (log: string) =>
      (await entriesOf(log)).filter(({ data }) => data.attempt === 2).map(({ data }) => data.token)
    deepStrictEqual(await retries(fork), (await retries(db)).slice(0, 2).reverse())
  })
  it("fork says where it is cut when a change cannot enter at the entry asked for", async () => {
    const { seq } = first("message.created")
    const { stderr } = await ringback(["fork", db, "--at", String(seq), "--out", join(newFolder(), "fork.db")])
    assertTrue(stderr.startsWith(`entry ${seq - 2} is the last one up to ${seq} after which a change can enter`))
  })
  it("trace writes one file, over an older trace and over nothing else", async () => {
    const out = join(newFolder(), "new/trace.html")
    for (let n = 0; n < 2; n++) strictEqual((await ringback(["trace", db, "--subject", sid, "--out", out])).code, 0)
    const html = readFileSync(out, "utf8")
    for (const leak of ['<script>"', "31m<script>", 'http-equiv="refresh"', 'src="http', "\u001b"])
      assertFalse(html.includes(leak), leak)
    assertTrue(html.includes("default-src &#39;none&#39;"))
    const some = await ringback(["trace", recording, "--from", "2", "--to", "5", "--out", out])
    assertTrue(some.stdout.startsWith("4 entries written"))
    const notes = join(newFolder(), "notes.txt")
    writeFileSync(notes, "keep me")
    const refused = await ringback(["trace", db, "--out", notes])
    strictEqual(refused.code, 2)
    oneLine(refused.stderr)
    strictEqual(readFileSync(notes, "utf8"), "keep me")
  })

  it("says what there is when a subject, a place or a target is not what it should be: one line, exit 2", async () => {
    const end = entries.length
    const there = `the log has entries 1 to ${end}`
    const out = join(newFolder(), "never.db")
    for (const [args, said] of [
      [["show", db, `${sid.slice(0, 12)}`], `nearest: ${sid}`],
      [["show", db, sid, "--at", "1"], "it begins at entry"],
      [["show", db, sid, "--at", "99999"], there],
      [["show", "nowhere.db", sid], "there is no log at nowhere.db"],
      [["at", db, String(end + 1)], there],
      [["at", db, "soon"], there],
      [["at", db, "1999-01-01"], "the log begins at"],
      [["at", db, "--frobnicate"], "--frobnicate"],
      [["diff", db], "B"],
      [["diff", db, "nowhere.db"], "nowhere.db"],
      [["fork", db, "--at", "0", "--out", out], there],
      [["fork", db, "--at", "5", "--out", db], "exists already"],
      [["fork", db, "--at", "5", "--out", "x.jsonl"], "ringback export"],
      [["fork", db, "--at", "5", "--out", out, "--set", "nonsense"], "PATH=VALUE"],
      [
        ["fork", db, "--at", "5", "--out", out, "--set", "twilio.default_behavior=maybe"],
        "expected success or failure",
      ],
      [["fork", db, "--at", "5", "--out", out, "--swap", "5"], "--swap"],
      [["fork", db, "--at", "5", "--out", out, "--swap", "1,2"], "pending are"],
      [["trace", db, "--out", out, "--subject", "SMx"], "nearest:"],
      [["trace", db, "--out", out, "--from", "5", "--to", "2"], "nothing lies between them"],
    ] as const) {
      const { code, stderr, stdout } = await ringback(args)
      deepStrictEqual([code, stdout], [2, ""], args.join(" "))
      assertTrue(stderr.includes(said), `${args.join(" ")}: ${stderr}`)
      assertTrue(stderr.trimEnd().split("\n").length === 1, stderr)
      assertFalse(existsSync(out))
    }
  })
  it("trace holds a stretch of a long log, and says so when it is asked for more", async () => {
    const long = join(newFolder(), "long.jsonl")
    let hash = genesis
    const lines = Array.from({ length: limits.timelineEntriesMax + 1 }, (_, i) => {
      const row = encode({ seq: i + 1, at: i, cause: 0, kind: "input", type: "x.y", subject: "", data: {} }, hash)
      hash = row.hash
      return toLine(row)
    })
    writeFileSync(long, [headerLine, ...lines, ""].join("\n"))
    const out = join(newFolder(), "trace.html")
    const refused = await ringback(["trace", long, "--out", out])
    strictEqual(refused.code, 2)
    assertTrue(refused.stderr.includes("a trace holds 5000; name a --subject, or entries with --from and --to"))
    strictEqual((await ringback(["trace", long, "--from", "2", "--out", out])).code, 0)
  })
  it("of a log that was altered shows what can be shown, and says to verify where it cannot", async () => {
    const copy = join(newFolder(), "altered.db")
    await server.kill("SIGTERM")
    copyFileSync(db, copy)
    const { seq } = first("message.status-changed")
    alterLog(copy, `UPDATE entries SET data = 'no JSON' WHERE seq = ${seq}`)
    const shown = await ringback(["show", copy, sid])
    strictEqual(shown.code, 0)
    assertTrue(shown.stdout.includes('{"unreadable":"no JSON"}'))
    const folded = await ringback(["at", copy, String(seq + 1)])
    strictEqual(folded.code, 2)
    assertTrue(folded.stderr.includes(`entry ${seq} (message.status-changed) cannot be folded`))
    assertTrue(folded.stderr.includes("ringback verify"))
  })
})
