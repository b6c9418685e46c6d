// Puts in place what a fresh clone lacks: the packages of the lock file, better-sqlite3's native part, dist/.
// Plain Node without packages: it runs before there are any. Says and costs next to nothing when all is there.
import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { takeLock } from "./lock.mjs"
import { buildInputs, contentPrint, nativeKey, quickPrint, sameTree, sha256 } from "./stamps.mjs"

export const root = resolve(fileURLToPath(import.meta.url), "../..")
const stampFile = join(root, "node_modules/.cache/ringback/setup.json")
const hiddenLockFile = join(root, "node_modules/.package-lock.json")
const main = join(root, "dist/main.js")
const npmLog = join(tmpdir(), `ringback-setup-${process.pid}.log`)
const nodeMin = [20, 12]
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** A step that failed, told in one line that says what to do; the process ends with exit code 2. */
class SetUpFailed extends Error {}

/**
 * Makes sure that packages, native part and (unless `dist: false`) the build are in place.
 *
 * Ends the process with exit code 2 and one line that says what to do when it cannot; with 130 on Ctrl-C.
 */
export const setUp = async ({ dist = true } = {}) => {
  try {
    checkNode()
    const lacking = whatLacks(dist)
    if (lacking === undefined) return
    await locked(() => supply(dist))
  } catch (error) {
    if (!(error instanceof SetUpFailed) && error?.code === undefined) throw error
    process.stderr.write(`ringback: ${error.message}\n`)
    process.exit(2)
  }
}

const supply = async (dist) => {
  if (["packages", "native"].includes(whatLacks(dist))) await supplyPackages()
  if (whatLacks(dist) === "dist") await supplyDist()
}

/** The first thing that is not in place, or undefined. */
const whatLacks = (dist) => {
  const stamp = readStamp()
  if (stamp.lock !== sha256(readFileSync(join(root, "package-lock.json")))) return "packages"
  if (stamp.native !== nativeKey()) return "native"
  if (!dist) return undefined
  const files = buildInputs(root)
  return stamp.dist?.quick === quickPrint(root, files) && existsSync(main) ? undefined : "dist"
}

const supplyPackages = async () => {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8")
  if (
    !existsSync(hiddenLockFile) ||
    !sameTree(JSON.parse(lockText), JSON.parse(readFileSync(hiddenLockFile, "utf8")))
  ) {
    say("installing packages (once) …")
    // Install scripts stay off: of all packages only better-sqlite3 needs one, and it is run by name below.
    await npm(["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"], {
      failed: "the packages could not be installed. Check the network connection, then run the same command again.",
    })
  }
  if (!(await nativeLoads())) {
    say("preparing better-sqlite3 (once, up to two minutes when it is compiled) …")
    // A script that is asked for by name runs whatever npm's version and settings think of install scripts.
    const failed =
      "better-sqlite3 could not be prepared. It needs Python 3, make and a C++ compiler (Debian: apt-get install python3 make g++); then run the same command again."
    await npm(["run", "native"], { failed })
    if (!(await nativeLoads())) throw new SetUpFailed(failed)
  }
  linkOwnCommand()
  writeStamp({ lock: sha256(lockText), native: nativeKey() })
}

const supplyDist = async () => {
  const files = buildInputs(root)
  const quick = quickPrint(root, files)
  const content = contentPrint(root, files)
  const stamp = readStamp()
  if (stamp.dist?.content !== content || !existsSync(main)) {
    say("building …")
    const { build } = await import("./build.mjs")
    await build(root, { keepStale: true }).catch((error) => {
      throw new SetUpFailed(`the build failed.\n${error.message}`)
    })
  }
  writeStamp({ ...stamp, dist: { quick, content } })
}

/** `npx ringback` and npm scripts find the command of the package itself only here. */
const linkOwnCommand = () => {
  const link = join(root, "node_modules/.bin/ringback")
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true })
  rmSync(link, { force: true })
  if (process.platform !== "win32") symlinkSync("../../dist/main.js", link)
  else writeFileSync(`${link}.cmd`, `@node "%~dp0\\..\\..\\dist\\main.js" %*\r\n`)
}

/** Asked in a process of its own: a load that failed cannot be tried again in the same one. */
const nativeLoads = async () => {
  const code = await finished(
    spawn(process.execPath, ["-e", "new (require('better-sqlite3'))(':memory:').close()"], {
      cwd: root,
      stdio: "ignore",
    }),
  )
  return code === 0
}

const npm = async (args, { failed }) => {
  const out = openSync(npmLog, "w", 0o600)
  const cli = process.env.npm_execpath
  const [command, first] = cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli]] : ["npm", []]
  const child = spawn(command, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", out, out],
    shell: command === "npm" && process.platform === "win32",
    detached: process.platform !== "win32",
  })
  const code = await finished(child)
  closeSync(out)
  if (code !== 0) throw new SetUpFailed(`${failed} (${complaint()}; all that npm said: ${npmLog})`)
  rmSync(npmLog, { force: true })
}

/** The first line of npm's output that is an error with words in it. */
const complaint = () => {
  const lines = readFileSync(npmLog, "utf8").split("\n")
  const told = lines
    .filter((line) => /^npm (ERR!|error) /.test(line))
    .map((line) => line.replace(/^npm \S+ /, "").trim())
  return told.find((line) => line !== "" && !/^(code|path|command|errno|syscall) /.test(line)) ?? "npm gave no reason"
}

const children = new Set()
/** Set by a signal: from then on no step goes on or fails, the process just ends. */
let stopping = false

const finished = (child) => {
  children.add(child)
  return new Promise((done, failed) => {
    child.on("error", (error) => failed(new SetUpFailed(`${child.spawnfile} could not be run (${error.message}).`)))
    child.on("close", (code) => stopping || done(code))
  }).finally(() => children.delete(child))
}

/** npm leaves its compiler running when it is ended alone; it leads a process group of its own where there are such. */
const endWithAllItStarted = (child) => {
  try {
    if (process.platform === "win32") child.kill()
    else process.kill(-child.pid, "SIGKILL")
  } catch {
    child.kill("SIGKILL")
  }
}

/** Runs `work` while holding the lock, so that of several set-ups at once one does the work and the others wait. */
const locked = async (work) => {
  // Inside dist/, which git ignores and `npm ci` leaves alone.
  const release = await takeLock(join(root, "dist/.setup-lock"), () =>
    say("waiting for another set-up of this folder …"),
  )
  const stop = async (signal) => {
    if (stopping) return
    stopping = true
    // The lock is let go only when nothing writes any more.
    const ends = [...children].map((child) => once(child, "close"))
    for (const child of children) endWithAllItStarted(child)
    await Promise.allSettled(ends)
    release()
    rmSync(npmLog, { force: true })
    process.exit(128 + signals[signal])
  }
  for (const signal of Object.keys(signals)) process.on(signal, stop)
  try {
    await work()
  } finally {
    for (const signal of Object.keys(signals)) process.off(signal, stop)
    release()
  }
}

const readStamp = () => {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"))
  } catch {
    return {}
  }
}

const writeStamp = (stamp) => {
  mkdirSync(join(stampFile, ".."), { recursive: true })
  const half = `${stampFile}.${process.pid}.part`
  writeFileSync(half, JSON.stringify(stamp))
  renameSync(half, stampFile)
}

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  if (major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1]))
    throw new SetUpFailed(`Node ${nodeMin.join(".")} or later is needed; this is ${process.versions.node}.`)
}

const say = (line) => process.stderr.write(`ringback: ${line}\n`)

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await setUp({ dist: !process.argv.includes("--no-dist") })
