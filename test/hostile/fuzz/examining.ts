import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { sha256 } from "../../../src/core/canonical.ts"
import type { Row } from "../../../src/core/Entry.ts"
import { writeAnew } from "../../../src/log/rewrite.ts"
import { type Ended, ringback } from "../../support/program.ts"
import { mutated, nasty, type Random } from "./random.ts"
import { forged, recorded, textOf } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

/* Only places on this machine are named: doctor knocks at what it is told. */
const hosts = ["127.0.0.1", "::1", "0.0.0.0", "localhost", "256.1.1.1", "not a host", "-1", "127.0.0.1:80"]
const ports = ["0", "1", "80", "65535", "65536", "-5", "8080x", "1e3", ""]
const callbacks = [
  "http://127.0.0.1:1",
  "http://localhost:0/",
  "http://[::1]:1/x",
  "ftp://127.0.0.1",
  "127.0.0.1",
  "http://",
]
const variables = [
  "HTTPS_PROXY",
  "http_proxy",
  "NO_PROXY",
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "XDG_STATE_HOME",
  "TWILIO_AUTH_TOKEN",
  "TWILIO_ACCOUNT_SID",
  "LOG_LEVEL",
  "CONFIG_PATH",
  "DATABASE_URL",
  "RINGBACK_URL",
  "TWILIO_API_BASE_URL",
]
const config = "callbacks:\n  rewrite: [{ from: https://a.example, to: http://127.0.0.1:1 }]\n"
/** Without addresses: a mutated one could be elsewhere. */
const mutable = "server: { port: 0 }\ntwilio:\n  default_behavior: failure\ntemplates: { path: here }\n"
const values = [...nasty.filter((text) => !/\0|https?:|undefined|\[object/.test(text)), ...callbacks]

/** What lies where the log should be. */
const layLog = async (random: Random, db: string, rows: ReadonlyArray<Row>): Promise<void> => {
  const pick = random.below(9)
  if (pick === 0) mkdirSync(db)
  else if (pick === 1) writeFileSync(db, random.pick(nasty))
  else if (pick === 2) symlinkSync(db, db)
  else if (pick === 3) writeFileSync(db, textOf(forged(random, rows)))
  else if (pick <= 7) {
    await Effect.runPromise(writeAnew("log", db, Stream.fromIterable(pick === 4 ? forged(random, rows) : rows)))
    if (pick >= 6) {
      const bytes = readFileSync(db)
      for (let n = random.below(20) + 1; n > 0; n--) bytes[random.below(bytes.length)] = random.below(256)
      writeFileSync(db, bytes.subarray(0, random.chance(30) ? random.below(bytes.length) : bytes.length))
    }
  }
  for (const end of [".keys", ".lock", "-wal", "-shm", ".snapshot"])
    if (random.chance(20)) writeFileSync(db + end, mutated(random, '{"format":1,"kind":"keys"}\n'))
  if (existsSync(`${db}.keys`)) chmodSync(`${db}.keys`, random.pick([0o600, 0o644, 0o400]))
}

/** Everything below a folder with its bytes and modes. SQLite keeps an index beside a log that it reads, and no facts in it. */
const seen = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.endsWith("-shm") && !name.endsWith("-wal"))
    .sort()
    .map((name) => {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false })
      return `${name} ${stat?.mode} ${stat?.isFile() === true ? sha256(readFileSync(join(folder, name)).toString("base64")) : ""}`
    })
    .join("\n")

/** What is wrong with how it ended, if anything is. */
const faultOf = ({ code, signal, stderr, stdout }: Ended): string | undefined => {
  if (signal !== null || code === null) return `ends by ${signal}: ${stderr}`
  if (/\n\s+at |node:internal/.test(stderr + stdout)) return `shows a stack: ${stderr}${stdout}`
  if (code === 2)
    return stdout === "" && /^ringback: [^\n]+\n$/.test(stderr) ? undefined : `is refused by ${stderr}${stdout}`
  if (stderr !== "") return `says ${stderr}`
  const lines = stdout.trimEnd().split("\n")
  const { checks, healthy } = JSON.parse(lines[0] ?? "")
  if (lines.length !== 1 || code !== (healthy ? 0 : 1)) return `ends with ${code}: ${stdout}`
  const odd = (checks as ReadonlyArray<Record<string, unknown>>).find(
    ({ about, fix, found, state }) =>
      typeof about !== "string" ||
      typeof found !== "string" ||
      found === "" ||
      /\n|undefined|\[object/.test(found) ||
      (state === "ok") !== (fix === undefined) ||
      fix === "",
  )
  return odd === undefined ? undefined : `tells ${JSON.stringify(odd)}`
}

/** Odd machines: doctor tells what is amiss and what to do, or refuses its own options in a line; it changes nothing and ends. */
export const examiningSurface: Surface = {
  name: "doctor",
  atOnce: 2,
  open: async () => {
    const rows = await Effect.runPromise(recorded)
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    return {
      run: async (random): Promise<Outcome> => {
        const cwd = mkdtempSync(join(folder, "case-"))
        const db = join(cwd, "a.db")
        try {
          await layLog(random, db, rows)
        } catch {
          rmSync(cwd, { recursive: true, force: true })
          return { input: "" } // What has no canonical form cannot be forged.
        }
        const env: Record<string, string> = {}
        for (const name of random.some(4, () => random.pick(variables))) env[name] = random.pick([...values, cwd, db])
        const args = ["doctor", "--json", "--db", random.pick([db, db, db, ":memory:", join(db, "below"), "none/x.db"])]
        args.push("--port", random.pick(random.chance(60) ? ["0"] : ports))
        if (random.chance(30)) args.push("--host", random.pick(hosts))
        if (random.chance(50)) args.push("--callback", random.pick(callbacks))
        if (random.chance(50)) {
          writeFileSync(join(cwd, "c.yaml"), random.chance(50) ? config : mutated(random, mutable))
          args.push("--config", random.pick(["c.yaml", "c.yaml", ".", "none.yaml"]))
        }
        const before = seen(cwd)
        const input = JSON.stringify({ args: args.slice(1), env, before })
        const problem = faultOf(await ringback(args, { cwd, env }))
        const after = seen(cwd)
        rmSync(cwd, { recursive: true, force: true })
        return { input, problem: problem ?? (after === before ? undefined : `changes what is there: ${after}`) }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
