// `npm run nodes`: packs the package, and installs and runs it from the tarball in an empty folder on each Node that is supported.
// Takes minutes: better-sqlite3 is compiled where no built one can be fetched. Binaries of other Nodes come from the registry.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { root } from "./setup.mjs"

const majors = process.argv.slice(2).length > 0 ? process.argv.slice(2).map(Number) : [20, 22, 24]
const place = mkdtempSync(join(tmpdir(), "ringback-nodes-"))
const { npm_config_nodedir: _, NODE_OPTIONS: __, ...environment } = process.env

/** Runs a program to its end; throws with all it said when it fails. */
const run = (command, args, options = {}) => {
  const began = performance.now()
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`)
  return { stdout, ms: performance.now() - began }
}

/** The folder of a Node of this major version: `bin/node` and the headers to compile against. */
const nodeOf = (major) => {
  const here = dirname(dirname(process.execPath))
  if (process.versions.node.startsWith(`${major}.`) && existsSync(join(here, "include/node/node.h"))) return here
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
  const folder = join(place, `node${major}`)
  mkdirSync(folder)
  writeFileSync(join(folder, "package.json"), "{}")
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${major}`], { cwd: folder })
  return join(folder, "node_modules", name)
}

/** Starts a server and gives the ms until it says where it listens; then ends it. */
const startsIn = (command, args, options) =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true })
    let said = ""
    let complaint = ""
    child.stderr.on("data", (text) => {
      complaint += text
    })
    child.stdout.on("data", (text) => {
      said += text
      if (!said.includes('"listening"')) return
      resolve(performance.now() - began)
      process.kill(-child.pid, "SIGTERM")
    })
    child.on("close", (code) => reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${complaint}`)))
  })

const libraries = `
import { start } from "ringback/testing"
import { createClient } from "ringback/client"
const { accountSid, authToken, url, clock, stop } = await start()
const client = createClient({ accountSid, authToken, baseUrl: url })
const { sid } = await client.messages.send({ to: "+15551234567", from: "+15550000001", body: "Hello" })
await clock.advance("1m")
console.log((await client.messages.get(sid)).status)
await stop()
`

const tryOn = async (major, tarball) => {
  const home = nodeOf(major)
  const folder = join(place, `empty${major}`)
  mkdirSync(folder)
  const bin = join(home, "bin")
  const env = { ...environment, PATH: `${bin}${delimiter}${environment.PATH}`, npm_config_nodedir: home }
  const inside = { cwd: folder, env }
  const version = run(join(bin, "node"), ["--version"], inside).stdout.trim()
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  const installed = run("npm", ["install", "--no-audit", "--no-fund", tarball], inside)
  const told = run("npx", ["--no-install", "ringback", "--version"], inside).stdout.trim()
  const { version: packed } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  if (told !== packed) throw new Error(`Node ${major}: ringback --version says ${told}, not ${packed}`)
  run("npx", ["--no-install", "ringback", "init"], inside)
  run("npx", ["--no-install", "ringback", "run", "scenarios"], inside)
  run("npx", ["--no-install", "ringback", "doctor", "--port", "0"], inside)
  writeFileSync(join(folder, "libraries.mjs"), libraries)
  const status = run(join(bin, "node"), ["libraries.mjs"], inside).stdout.trim()
  if (status !== "delivered") throw new Error(`Node ${major}: a message of the libraries is ${status}, not delivered`)
  const serve = ["--no-install", "ringback", "serve", "--port", "0", "--db", ":memory:", "--json"]
  await startsIn("npx", serve, inside)
  const byNpx = await startsIn("npx", serve, inside)
  const byNode = await startsIn(join(bin, "node"), ["node_modules/ringback/dist/main.js", ...serve.slice(2)], inside)
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
  console.log(
    `Node ${version}: installed in ${seconds(installed.ms)}; listens ${seconds(byNpx)} after npx, ${seconds(byNode)} after node`,
  )
}

try {
  run("npm", ["pack", "--ignore-scripts", "--pack-destination", place], { cwd: root })
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  for (const major of majors) await tryOn(major, join(place, `${name}-${version}.tgz`))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(place, { recursive: true, force: true })
}
