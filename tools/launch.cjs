#!/usr/bin/env node
// Ships as dist/main.js: runs the program beside it, with the code that V8 made of it last time.
//
// The cache is a file beside the program: SHA-256 of what follows, then what V8 wrote. V8 refuses one of another version
// or other flags, but takes a damaged one as it is: hence the sum. What is missing or refused is made anew when a server
// ends, by when all that it needs was compiled; a folder that cannot be written to stays without.
"use strict"

/* From package.json. Nothing before this line may be newer than what it refuses. */
const needed = "@node@"
const isOlder = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
const numbersOf = (version) => version.split(".").map(Number)
if (isOlder(numbersOf(process.versions.node), numbersOf(needed))) {
  process.stderr.write(`ringback: Node ${needed} or later is needed; this is ${process.versions.node}\n`)
  process.exit(2)
}

const { createHash } = require("node:crypto")
const fs = require("node:fs")
const { createRequire } = require("node:module")
const path = require("node:path")
const { pathToFileURL } = require("node:url")
const v8 = require("node:v8")
const vm = require("node:vm")

/* The build puts in the names, which change with the program: no cache outlives what it was made of. */
const packs = "@packs@"
const entry = "@entry@"
const builtins = "@builtins@"
const sumBytes = 32
const sumOf = (data) => createHash("sha256").update(data).digest()

const readCache = (cacheFile) => {
  let bytes
  try {
    bytes = fs.readFileSync(cacheFile)
  } catch {
    return undefined
  }
  const data = bytes.subarray(sumBytes)
  return bytes.subarray(0, sumBytes).equals(sumOf(data)) ? data : undefined
}

const writeCache = (cacheFile, script) => {
  const half = `${cacheFile}.${process.pid}.part`
  try {
    fs.accessSync(__dirname, fs.constants.W_OK)
    const data = script.createCachedData()
    fs.writeFileSync(half, Buffer.concat([sumOf(data), data]))
    fs.renameSync(half, cacheFile)
  } catch {
    // A start without a cache takes longer, and that is all.
    fs.rmSync(half, { force: true })
  }
}

// Node keeps compiled code of its own modules, too, and V8 refuses that as well once flags have changed: what the first pack requires of
// Node, and what Node requires of itself to listen, comes before them. Else a start is longer by a twelfth.
for (const name of [...builtins, "node:cluster"]) require(name)

// Little of the young generation is alive when it is collected. Helpers on other threads make that no shorter and cost more to wake than they take
// over; one that has to wait for a processor keeps the whole program waiting (docs/performance.md). For the Nodes that the next one is for, too.
if (numbersOf(process.versions.node)[0] <= 24) v8.setFlagsFromString("--no-parallel-scavenge")

// The young generation begins small and doubles while the program comes up: a collection at every step, each copying what is
// there to stay. In one step it is as large as it gets (docs/performance.md). Before the script: V8 refuses code made under other
// flags. Only for Nodes that are known to have the flag: about one it has not V8 complains on standard error.
if (numbersOf(process.versions.node)[0] <= 24) v8.setFlagsFromString("--semi-space-growth-factor=16")

/** The functions of a pack, one for each of its modules. */
const load = ({ file: name, keptBy }) => {
  const file = path.join(__dirname, name)
  const cacheFile = `${file}.${process.version}-${process.platform}-${process.arch}.cache`
  const cachedData = readCache(cacheFile)
  const script = new vm.Script(fs.readFileSync(file, "latin1"), { filename: file, cachedData })
  if ((cachedData === undefined || script.cachedDataRejected) && process.argv[2] === keptBy)
    process.once("exit", () => writeCache(cacheFile, script))
  return script.runInThisContext()(createRequire(file), file, pathToFileURL(file).href, module_, import_)
}

const tables = new Map()
const packOf = new Map(packs.flatMap((pack) => pack.modules.map((name) => [name, pack])))
const evaluated = new Map()

/** What a module exports; it is evaluated when it is first asked for. */
const module_ = (name) => {
  const known = evaluated.get(name)
  if (known !== undefined) return known
  const pack = packOf.get(name)
  const table = tables.get(pack) ?? load(pack)
  tables.set(pack, table)
  const exported = table[name]()
  evaluated.set(name, exported)
  return exported
}
const import_ = (name) => Promise.resolve(name).then(module_)

// While the first modules are evaluated, two things are out of sight, each of which takes a fiftieth of a start. Effect looks, once, at
// which functions a stack names: to say at which lines they are V8 would read the whole script. And it asks `performance`, which node
// loads when it is asked, for a beginning of its clock that `Date` has, too.
const { prepareStackTrace } = Error
const performance = Object.getOwnPropertyDescriptor(globalThis, "performance")
Error.prepareStackTrace = (error, frames) =>
  [error, ...frames.map((frame) => `    at ${frame.getFunctionName() ?? "<anonymous>"}`)].join("\n")
Object.defineProperty(globalThis, "performance", { configurable: true, value: undefined })
try {
  module_(entry)
} finally {
  Error.prepareStackTrace = prepareStackTrace
  Object.defineProperty(globalThis, "performance", performance)
}
