import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import { verbs } from "../../src/cli/commandLine.ts"
import { newFolder } from "../support/folder.ts"
import { ringback } from "../support/ringback.ts"

/*
 * What everybody does wrong once: each time one line that says what was found, where, and what to do; exit code 2, no trace of a stack,
 * and nothing written.
 */

const folder = newFolder()
const sample = (path: string) => join(import.meta.dirname, "../..", path)

beforeAll(async () => {
  mkdirSync(join(folder, "afolder"))
  copyFileSync(sample("recordings/opt-out-and-back.jsonl"), join(folder, "run.jsonl"))
  copyFileSync(sample("test/traffic/samples/traffic@0.1.0.jsonl"), join(folder, "traffic.jsonl"))
  copyFileSync(sample("test/traffic/samples/har.json"), join(folder, "session.har"))
  const recording = readFileSync(join(folder, "run.jsonl"), "utf8")
  writeFileSync(join(folder, "newer.jsonl"), recording.replace('"format":1', '"format":9'))
  writeFileSync(join(folder, "notes.txt"), "I am a shopping list\n")
  writeFileSync(join(folder, "bad.yaml"), "server: { prot: 1 }\n")
  writeFileSync(
    join(folder, "ok.yaml"),
    'steps:\n  - send: { to: "+15551234567", from: "+15550000001", body: Hello }\n',
  )
  writeFileSync(join(folder, "typo.yaml"), "steps:\n  - sned: { body: Hello }\n")
  const made = await ringback(["import", "run.jsonl", "--db", "log.db"], { cwd: folder })
  strictEqual(made.code, 0, made.stderr)
  const other = new Database(join(folder, "other.db"))
  other.exec("CREATE TABLE customers (name TEXT)")
  other.close()
  copyFileSync(join(folder, "log.db"), join(folder, "later.db"))
  const later = new Database(join(folder, "later.db"))
  later.pragma("user_version = 9")
  later.close()
})

/** A command line and what is said of it. */
const mistakes: ReadonlyArray<readonly [line: string, said: string]> = [
  // Verbs, options and their values.
  ["verifi log.db", 'unknown verb "verifi": did you mean verify?; ringback --help tells more'],
  [
    "frobnicate",
    `unknown verb "frobnicate": expected a verb: ${Object.keys(verbs).join(", ")}; ringback --help tells more`,
  ],
  [
    "traffic frobnicate",
    'unknown verb "frobnicate": expected a verb: import, replay, to-scenario; ringback traffic --help tells more',
  ],
  ["serve --prot 1", 'unknown option "--prot": did you mean --port?; ringback serve --help tells more'],
  [
    "schema --frobnicate",
    'unknown option "--frobnicate": expected one of --fragment; ringback schema --help tells more',
  ],
  ["serve 8080", 'unexpected "8080": expected options alone; ringback serve --help tells more'],
  ["verify log.db run.jsonl", 'unexpected "run.jsonl": expected no more than <LOG>; ringback verify --help tells more'],
  [
    "verify",
    "<LOG> is missing: a log, also of a running server, or a recording (.jsonl); ringback verify --help tells more",
  ],
  [
    "project log.db",
    "--out FILE is missing: the SQLite file to make, or to bring up to the log's end; ringback project --help tells more",
  ],
  ["serve --port", "--port: expected a value (integer), found none; ringback serve --help tells more"],
  ["serve --port http", '--port: expected a whole number, found "http"; ringback serve --help tells more'],
  ["serve --port 99999", "--port: expected 0 to 65535, found 99999"],
  [
    "compare traffic.jsonl --threshold all",
    '--threshold: expected a number, found "all"; ringback compare --help tells more',
  ],
  ["compare traffic.jsonl --threshold 101", "--threshold: expected 0 to 100, found 101"],
  [
    "playback traffic.jsonl --mode any",
    '--mode: expected order, key, repeat-last, found "any"; ringback playback --help tells more',
  ],
  ["completions tcsh", 'SHELL: expected bash, fish, zsh, found "tcsh"; ringback completions --help tells more'],
  ["serve --pace quick", '--pace: expected real, paused, fast or <n>x with n from 1 to 1000000, found "quick"'],
  ["serve --start today", '--start: expected an instant from 1970 on such as 2026-01-01T00:00:00Z, found "today"'],
  ["playback traffic.jsonl --expire soon", '--expire: expected a duration such as 90d, found "soon"'],
  ["explore ok.yaml --seeds 0", "--seeds: expected 1 to 1000000, found 0"],
  ["doctor --port 65536", "--port: expected 0 to 65535, found 65536"],
  // Two that exclude each other, or need each other.
  ["project log.db --out p.db --check --follow", "--check looks at an end, and --follow has none; give one of them"],
  ["serve --providers-port 9000", "--providers-port needs --providers"],
  ["playback traffic.jsonl --upstream http://a.example", "--upstream: only --on-miss passthrough asks it"],
  ["run ok.yaml --reporter json --reporter tap", "--reporter: expected one on standard output, others as NAME=FILE"],
  ["erase log.db --out e.db", "nothing was named: give --number +15551234567 or --subject SM…"],
  ["exec", "expected a command behind --: ringback exec -- npm test"],
  // Files that are not there, are folders, or of another kind.
  ["verify none.db", "there is no log at none.db; check the path"],
  ["verify afolder", "afolder is a folder; name a file in it"],
  ["verify notes.txt", "notes.txt is no ringback log: file is not a database; name another file"],
  ["verify other.db", "other.db is no ringback log: it is a SQLite database of another program; name another file"],
  [
    "verify traffic.jsonl",
    "traffic.jsonl:1: expected a recording of a run, found one of traffic; ringback playback, compare and traffic read it",
  ],
  [
    "log traffic.jsonl",
    "traffic.jsonl:1: expected a recording of a run, found one of traffic; ringback playback, compare and traffic read it",
  ],
  [
    "export run.jsonl --out x.jsonl",
    "run.jsonl is no ringback log, though it may be a recording; ringback import makes a log of one",
  ],
  [
    "playback run.jsonl",
    'run.jsonl:1: expected "traffic" (the recording of a run is read by ringback verify, log and diff) in kind, found "run"',
  ],
  [
    "compare session.har",
    'session.har:1: expected the header of a traffic recording, found "{", which is no JSON object; ringback traffic import makes a recording of a HAR, a cassette or another format',
  ],
  ["playback none.jsonl", "there is no recording at none.jsonl; check the path"],
  ["import none.jsonl --db x.db", "there is no recording at none.jsonl; check the path"],
  ["serve --config none.yaml", "there is no settings file at none.yaml; check the path"],
  ["serve --config afolder", "afolder is a folder; name a file"],
  ["serve --config bad.yaml", "bad.yaml:1: server.prot: expected a known key (is port meant?), found 1"],
  ["gateway what-if log.db --policy none.yaml", "there is no policy file at none.yaml; check the path"],
  ["run", "scenarios: no such file or folder; name scenarios, or let ringback init write one to begin with"],
  ["run afolder", "afolder: no scenario is there; name files that end in .yaml, or their folder"],
  ["run ok.yaml --filter other", '--filter: no scenario holds "other"'],
  ["explore none.yaml", "there is no file at none.yaml; check the path"],
  ["exec --scenario none.yaml -- true", "there is no file at none.yaml; check the path"],
  [
    "exec --expect ok.yaml -- true",
    "ok.yaml: expected only what is expected: steps: [] and a list under expect (steps go into --scenario)",
  ],
  [
    "traffic import notes.txt --out x.jsonl",
    'notes.txt: expected JSON, YAML or the CSV of a message log, found "I am a shopping list"',
  ],
  ["traffic import traffic.jsonl --out x.jsonl", "traffic.jsonl: the file is a recording already"],
  // Logs of a later version, and without their keys.
  [
    "verify newer.jsonl",
    "newer.jsonl:1: expected a format up to 1, the newest this ringback reads, found format 9; use the version that wrote it, or a newer one",
  ],
  [
    "verify later.db",
    "later.db has format 9 and this ringback reads formats up to 1; use the version that wrote it, or a newer one",
  ],
  [
    "serve --port 0 --db log.db",
    "log.db has no keys file log.db.keys, and its secrets are nowhere else; put it back beside the log, or use another --db to start a new one",
  ],
  // Places to write to.
  ["export log.db --out notes.txt", "notes.txt exists and is no recording; name another file"],
  ["export log.db --out afolder", "afolder is a folder; name a file"],
  [
    "export log.db --out notes.txt/x.jsonl",
    "notes.txt/x.jsonl cannot be written: a file is where its folder would be (EEXIST); name a file elsewhere",
  ],
  ["import run.jsonl --db log.db", "log.db exists already; name a log that does not"],
  ["fork log.db --at 3 --out log.db", "log.db exists already; name a log that does not"],
  ["trace log.db --out notes.txt", "notes.txt exists and is no trace; name another file"],
  ["project log.db --out afolder", "afolder is a folder; name a file"],
  ["project log.db --out other.db", "other.db is a SQLite file of something else; name another file"],
  ["record --out traffic.jsonl", "traffic.jsonl exists; a recording is never written over, name another file"],
  ["compare traffic.jsonl --html afolder", "--html: afolder is a folder; name a file"],
  ["run ok.yaml --keep notes.txt", "--keep: notes.txt is a file; name a folder"],
  ["run ok.yaml --reporter junit=afolder", "--reporter junit=afolder: afolder is a folder; name a file"],
  ["exec --json afolder -- true", "--json: afolder is a folder; name a file"],
  ["exec --db log.db -- true", "--db: log.db exists, and every exec has a run of its own; name another file"],
  ["init notes.txt", "notes.txt cannot be written: a file is where its folder would be (EEXIST); name another folder"],
  // Places in a log, and out of it.
  ["at log.db 9999", "there is no entry 9999: the log has entries 1 to 52, the newest at 2026-03-02T10:01:04.000Z"],
  ["trace log.db --from 9 --to 3 --out t.html", "--from is entry 9 and --to is entry 3: nothing lies between them"],
  [
    "erase log.db --number 12 --out e.db",
    '--number: expected a phone number such as +15551234567 or a short code, found "12"',
  ],
  ["erase log.db --subject SM1 --out e.db", "nothing in log.db is about SM1; nothing was written"],
  [
    "trust beos",
    'expected one of debian, fedora, alpine, macos, windows, node, python, java, go, ruby, php, dotnet, firefox, found "beos"',
  ],
  ["doctor --callback here", '--callback: expected a URL such as http://localhost:3000, found "here"'],
  [
    "serve --port 0 --db :memory: --host 203.0.113.7",
    "203.0.113.7 is no address of this machine; choose another with --host",
  ],
  ["record --out x.jsonl --host 203.0.113.7", "203.0.113.7 is no address of this machine; choose another with --host"],
]

describe.concurrent("A mistake", () => {
  for (const [line, said] of mistakes)
    it(`is told with the next step: ringback ${line}`, async () => {
      const { code, stderr, stdout } = await ringback(line.split(" "), { cwd: folder })
      strictEqual(stderr, `ringback: ${said}\n`)
      deepStrictEqual([code, stdout], [2, ""])
    })

  it("in a scenario names its line, what is expected, and how to play it again", async () => {
    const { code, stdout } = await ringback(["run", "typo.yaml"], { cwd: folder })
    strictEqual(code, 2)
    for (const part of ["typo.yaml:2", "expected a step: one of send,", "found sned", "again: ringback run typo.yaml"])
      strictEqual(stdout.includes(part), true, stdout)
  })

  it("in what exec runs is told by its exit code, as a shell has it", async () => {
    const { code, stderr } = await ringback(["exec", "--", "nosuchcommand"], { cwd: folder })
    strictEqual(code, 127)
    strictEqual(
      stderr.split("\n")[1],
      "ringback: the command was not run: there is no command nosuchcommand (ENOENT); check its spelling, and PATH",
    )
  })
})

describe("After all mistakes", () => {
  it("no file is there that was not", () => {
    // But for locks, which stay where they are: two could hold one that is taken away.
    const written = readdirSync(folder).filter((name) => /^[xepft]\.(?!db\.lock$)|\.part$|\.importing/.test(name))
    deepStrictEqual(written, [])
    assertFalse(existsSync(join(folder, "scenarios")))
  })
})
