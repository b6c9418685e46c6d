import { writeFileSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import { messageCreated } from "../../src/carriers/delivery/entries.ts"
import { ringback, type Server, serve } from "../support/program.ts"
import type { Answer } from "./connection.ts"
import type { Checks } from "./report.ts"

const authToken = "load-run-token-0123456789abcdef01"

/** A server under load, and where its log is. */
export interface Served extends Server {
  readonly db: string
}

export interface ServedOptions {
  readonly pace?: string
  /** Virtual seconds before each reported transition. */
  readonly delaySeconds?: number
  readonly retryDelaySeconds?: number
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the built server over a log of its own. */
export const startServed = async (folder: string, name: string, options: ServedOptions = {}): Promise<Served> => {
  const { args = [], delaySeconds = 0.5, env = {}, pace = "real", retryDelaySeconds = 0.5 } = options
  const config = join(folder, `${name}.yaml`)
  const db = join(folder, `${name}.db`)
  const failing = ["+15559999999"]
  const callbacks = { delay_seconds: delaySeconds, retry_attempts: 3, retry_delay_seconds: retryDelaySeconds }
  writeFileSync(config, JSON.stringify({ twilio: { auth_token: authToken, callbacks, failure_numbers: failing } }))
  const server = await serve({ cwd: folder, config, db, args: ["--pace", pace, "--seed", "1", ...args], env })
  return { ...server, db }
}

/** Stops a server with SIGTERM and holds its log to what was promised. */
export const stopServed = async (server: Served, checks: Checks, acknowledged: ReadonlySet<string>): Promise<void> => {
  const { code, signal, stderr } = await server.kill("SIGTERM")
  checks.is("exit code at SIGTERM", code ?? String(signal), 0)
  const errors = stderr.split("\n").filter((line) => / (?:ERROR|FATAL) |^\s+at /.test(line))
  checks.is("errors it told", errors.length === 0 ? 0 : errors.slice(0, 3).join(" | "), 0)
  checks.is("acknowledged and not in the log", missingFrom(server.db, acknowledged), 0)
  const verified = await ringback(["verify", server.db], { cwd: join(server.db, "..") })
  checks.is("verify", verified.code === 0 ? "sound" : `${verified.stdout}${verified.stderr}`.trim(), "sound")
}

/** How many of these SIDs no message of a log was created under. */
const missingFrom = (db: string, acknowledged: ReadonlySet<string>): number => {
  const log = new Database(db, { readonly: true })
  try {
    const created = log
      .prepare<[string], string>(
        "SELECT s.name FROM entries e JOIN types t ON t.id = e.type JOIN subjects s ON s.id = e.subject WHERE t.name = ?",
      )
      .pluck()
      .iterate(messageCreated.type)
    const missing = new Set(acknowledged)
    for (const sid of created) missing.delete(sid)
    return missing.size
  } finally {
    log.close()
  }
}

/** Keeps the SID that an answer to a send acknowledges. */
export const acknowledgedBy = ({ body, status }: Answer, acknowledged: Set<string>): void => {
  if (status === 201) acknowledged.add(/"sid":"(SM[0-9a-f]{32})"/.exec(body)?.[1] ?? body)
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
