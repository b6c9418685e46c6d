import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { until } from "./until.ts"

/* The built program as users run it; imports nothing of the test library, so that long forms outside it use it too. */

/** The built program. */
export const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

const running = new Set<ChildProcess>()

/** Ends every process that is left. */
export const endAll = (): void => {
  for (const child of running) child.kill("SIGKILL")
}

/** How a process ended, and all it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface SpawnOptions {
  /** Where relative paths begin. */
  readonly cwd: string
  /** Besides what every process needs; nothing else of the test's own environment is handed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Another copy of the built program. */
  readonly program?: string
}

/** A process of the program that goes on. */
export interface Process {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Ended>
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>
}

/** Starts the program. */
export const start = (args: ReadonlyArray<string>, options: SpawnOptions): Process => {
  const { program: file = program } = options
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build`)
  const { HOME = "", PATH = "", TMPDIR } = process.env
  const child = spawn(process.execPath, [file, ...args], {
    cwd: options.cwd,
    env: { HOME, PATH, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  running.add(child)
  let stdout = ""
  let stderr = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) => {
      running.delete(child)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs the program to its end. */
export const ringback = (args: ReadonlyArray<string>, options: SpawnOptions): Promise<Ended> =>
  start(args, options).ended

export interface ServeOptions extends SpawnOptions {
  /** A file or `:memory:`, which is the default. */
  readonly db?: string
  readonly config?: string
  readonly args?: ReadonlyArray<string>
}

/** A server that listens. */
export interface Server extends Process {
  /** `http://127.0.0.1:PORT` */
  readonly address: string
  readonly port: number
  readonly accountSid: string
  readonly authToken: string
  /** The value of an Authorization header with its credentials. */
  readonly authorization: string
  readonly messages: string
  /** Asks for a path of this server; with `form` it is a POST with these parameters. */
  readonly ask: (path: string, init?: RequestInit & { readonly form?: Form }) => Promise<Reply>
  /** Sends a message through the carrier's API. */
  readonly send: (form?: Form) => Promise<Reply>
  /** Gives the clock an order. */
  readonly clock: (order: unknown) => Promise<Reply>
}

export type Form = Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]> | string

/** An answer; `json` is its body parsed, undefined when it is no JSON. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect to be there
  readonly json: any
}

/** Starts a server on a free port and waits until it listens. */
export const serve = async (options: ServeOptions): Promise<Server> => {
  const { args = [], config, db = ":memory:" } = options
  const process = start(
    ["serve", "--port", "0", "--db", db, ...(config === undefined ? [] : ["--config", config]), ...args],
    options,
  )
  let over: Ended | undefined
  void process.ended.then((ended) => {
    over = ended
  })
  const said = await until("the server listens", () => {
    if (over !== undefined) return [] as const
    const greeting = process.stdout()
    return greeting.includes("Ctrl-C stops") ? [greeting] : undefined
  })
  const greeting = said[0]
  if (greeting === undefined) throw new Error(`the server ended with ${over?.code ?? over?.signal}: ${over?.stderr}`)
  const part = (pattern: RegExp): string => pattern.exec(greeting)?.[1] ?? ""
  const address = part(/listens on (http:\/\/\S+)/).replace("0.0.0.0", "127.0.0.1")
  const accountSid = part(/account SID +(\S+)/)
  const authToken = part(/auth token +(\S+)/)
  return connected(process, { address, accountSid, authToken })
}

const connected = (
  process: Process,
  { accountSid, address, authToken }: { accountSid: string; address: string; authToken: string },
): Server => {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`
  const messages = `/2010-04-01/Accounts/${accountSid}/Messages.json`
  const ask: Server["ask"] = async (path, { form, ...init } = {}) => {
    const carrier = path.startsWith("/2010-04-01/")
    const response = await fetch(`${address}${path}`, {
      ...(form === undefined ? {} : { method: "POST", body: formText(form) }),
      ...init,
      headers: {
        ...(carrier ? { authorization } : {}),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        ...(init.headers as Record<string, string> | undefined),
      },
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parsed(text) }
  }
  return {
    ...process,
    address,
    port: Number(new URL(address).port),
    accountSid,
    authToken,
    authorization,
    messages,
    ask,
    send: (form = {}) =>
      ask(messages, {
        form:
          typeof form === "string" || Array.isArray(form)
            ? form
            : { To: "+15551234567", From: "+15550000001", Body: "Hello", ...form },
      }),
    clock: (order) =>
      ask("/admin/clock", {
        method: "POST",
        body: JSON.stringify(order),
        headers: { "content-type": "application/json" },
      }),
  }
}

const formText = (form: Form): string =>
  typeof form === "string" ? form : new URLSearchParams(form as Record<string, string>).toString()

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
