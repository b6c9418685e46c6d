import { type ChildProcess, fork, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as esbuild from "esbuild"
import { common } from "../../tools/build.mjs"

export const root = fileURLToPath(new URL("../../", import.meta.url))
const bundles = join(root, "node_modules/.cache/ringback/bench")
const built = new Map<string, Promise<string>>()
const running = new Set<ChildProcess>()
const folders: Array<string> = []

/** `import.meta.url` is the source's own place, so that files beside it are found. */
const ownPlace: esbuild.Plugin = {
  name: "own-place",
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        /\bimport\.meta\.url\b/g,
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: "ts",
    })),
}

/** The bundle of a program below bench/, made once a run. Packages stay outside, as in the shipped bundle's native part. */
export const programFile = (path: string): Promise<string> => {
  const known = built.get(path)
  if (known !== undefined) return known
  const outfile = join(bundles, `${path.replaceAll(/\W+/g, "-")}.mjs`)
  const made = esbuild
    .build({
      ...common(root),
      entryPoints: [join("bench", path)],
      outfile,
      packages: "external",
      plugins: [ownPlace],
    })
    .then(() => outfile)
  built.set(path, made)
  return made
}

/** A folder of this run alone; gone at its end. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-bench-"))
  folders.push(folder)
  return folder
}

/** Ends what is left and removes what was written. */
export const cleanUp = async (): Promise<void> => {
  for (const child of running) child.kill("SIGKILL")
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  await esbuild.stop()
}

/** What the shipped launcher tells V8: pieces of ringback run under it here as they do there. Floors are programs of nobody's launcher. */
const shippedFlags: ReadonlyArray<string> = [
  ...readFileSync(join(root, "tools/launch.cjs"), "utf8").matchAll(/\bsetFlagsFromString\("(--[^"]+)"\)/g),
].map(([, flag]) => flag as string)

/** A program of bench/ in a process of its own, spoken to by messages. */
export interface Program {
  /** The next message it sends. */
  readonly next: <A>() => Promise<A>
  readonly ask: <A>(message: object) => Promise<A>
  readonly end: () => void
}

export const startProgram = async (path: string, args: ReadonlyArray<string> = []): Promise<Program> => {
  const flags = path.startsWith("floors/") ? [] : shippedFlags
  const child = fork(await programFile(path), args, { execArgv: ["--max-old-space-size=4096", ...flags] })
  const messages: Array<unknown> = []
  const waiting: Array<{ readonly take: (message: unknown) => void; readonly fail: (why: Error) => void }> = []
  keep(child)
  child.on("message", (message) => {
    const first = waiting.shift()
    if (first === undefined) messages.push(message)
    else first.take(message)
  })
  child.on("exit", (code) => {
    for (const { fail } of waiting.splice(0)) fail(new Error(`${path} ended with ${code} before it answered`))
  })
  const next = <A>() =>
    new Promise<A>((resolve, reject) => {
      if (messages.length > 0) resolve(messages.shift() as A)
      else waiting.push({ take: (message) => resolve(message as A), fail: reject })
    })
  return {
    next,
    ask: <A>(message: object) => {
      child.send(message)
      return next<A>()
    },
    end: () => {
      child.kill()
    },
  }
}

/** Runs a program that measures something and says it in one message. */
export const runProgram = async <A>(path: string, ...args: ReadonlyArray<string>): Promise<A> => {
  const program = await startProgram(path, args)
  try {
    return await program.next<A>()
  } finally {
    program.end()
  }
}

/** A server in a process of its own. */
export interface Server {
  readonly port: number
  readonly pid: number
  /** Process time of all its threads, and of processes it had started that are over, in µs; undefined where the system does not tell. */
  readonly cpuUs: () => number | undefined
  /** Begins to count: gives what is spent since then. */
  readonly stopwatch: () => () => number | undefined
  /**
   * Lets it go on for as long as something is asked of it; from then on it stands still in between, so that what it still has to do (a
   * snapshot, a checkpoint) meets its own rounds and not the other's.
   */
  readonly during: <A>(work: () => Promise<A>) => Promise<A>
  /** Tells it to end, and waits until it has. */
  readonly end: () => Promise<void>
}

/** Starts any command and waits until its output shows the port it listens on. */
export const startServer = async (
  command: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
): Promise<Server> => {
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    // A group of its own: what it starts stands still when it does.
    detached: true,
  })
  keep(child)
  const signalAll = (signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal)
  const cpuUs = () => cpuUsOf(child.pid as number)
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const found = /http:\/\/[^:/\s]+:(\d+)/.exec(said)
      if (found !== null) resolve(Number(found[1]))
    })
    child.once("exit", (code) => reject(new Error(`${command.join(" ")} ended with ${code}: ${said}`)))
  })
  return {
    port,
    pid: child.pid as number,
    cpuUs,
    stopwatch: () => {
      const before = cpuUs()
      return () => {
        const after = cpuUs()
        return before === undefined || after === undefined ? undefined : after - before
      }
    },
    during: async (work) => {
      signalAll("SIGCONT")
      try {
        return await work()
      } finally {
        signalAll("SIGSTOP")
      }
    },
    end: async () => {
      signalAll("SIGCONT")
      child.kill("SIGTERM")
      await ended
    },
  }
}

/**
 * Linux counts in hundredths of a second, for user and system, then of processes it has started and that are over: fields 14 to 17, after a
 * name that may hold anything.
 */
const cpuUsOf = (pid: number): number | undefined => {
  if (process.platform !== "linux") return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ")
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * 10_000
}

const keep = (child: ChildProcess) => {
  running.add(child)
  child.once("exit", () => running.delete(child))
}
