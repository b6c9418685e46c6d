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

/* The build puts in the name, which changes with the program: no cache outlives what it was made of. */
const file = path.join(__dirname, "@program@")
const cacheFile = `${file}.${process.version}-${process.platform}-${process.arch}.cache`
const sumBytes = 32
const sumOf = (data) => createHash("sha256").update(data).digest()

const readCache = () => {
  let bytes
  try {
    bytes = fs.readFileSync(cacheFile)
  } catch {
    return undefined
  }
  const data = bytes.subarray(sumBytes)
  return bytes.subarray(0, sumBytes).equals(sumOf(data)) ? data : undefined
}

const writeCache = (script) => {
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

// Little of the young generation is alive when it is collected. Helpers on other threads make that no shorter and cost more to wake than they take
// over; one that has to wait for a processor keeps the whole program waiting (docs/performance.md). For the Nodes that the next one is for, too.
if (numbersOf(process.versions.node)[0] <= 24) v8.setFlagsFromString("--no-parallel-scavenge")

// The young generation begins small and doubles while the program comes up: a collection at every step, each copying what is
// there to stay. In one step it is as large as it gets (docs/performance.md). Before the script: V8 refuses code made under other
// flags. Only for Nodes that are known to have the flag: about one it has not V8 complains on standard error.
if (numbersOf(process.versions.node)[0] <= 24) v8.setFlagsFromString("--semi-space-growth-factor=16")

const cachedData = readCache()
const script = new vm.Script(fs.readFileSync(file, "latin1"), { filename: file, cachedData })
if ((cachedData === undefined || script.cachedDataRejected) && process.argv[2] === "serve")
  process.once("exit", () => writeCache(script))

// While modules are evaluated a stack reaches down into the one function that holds all of them, and V8 would have to read
// its two megabytes to say at which line. Effect looks at one such stack.
const { stackTraceLimit } = Error
Error.stackTraceLimit = 2
try {
  script.runInThisContext()(createRequire(file), file, pathToFileURL(file).href)
} finally {
  Error.stackTraceLimit = stackTraceLimit
}
