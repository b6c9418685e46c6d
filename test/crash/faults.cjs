// Preloaded into a server (`node --require`): makes it die, or its disk fail, at one numbered point of points.ts. The product
// knows nothing of it; what is patched is better-sqlite3 and node's own modules. CommonJS, because a thread that is made from
// text preloads nothing else.
const fs = require("node:fs")
const net = require("node:net")
const { syncBuiltinESMExports } = require("node:module")
const { isMainThread, Worker } = require("node:worker_threads")
const Database = require("better-sqlite3")

/**
 * `kill`, `fail` or `fill`; where (`beside`: in the thread that writes big groups); at which occurrence; a seeded number of µs; and
 * the file that is told what was done.
 */
const order = JSON.parse(process.env.RINGBACK_FAULT ?? "{}")
const { appendFileSync } = fs

const tell = (what) => appendFileSync(order.told, `${what}\n`)

/** The server's own process, or the one that writes its snapshots: that dies with it. */
const server = /snapshot\.worker\.mjs$/.test(process.argv[1] ?? "") ? process.ppid : process.pid

const die = (what) => {
  tell(what)
  if (server !== process.pid && server === process.ppid) process.kill(server, "SIGKILL")
  process.kill(process.pid, "SIGKILL")
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) // Not one instruction more, in whichever thread this is.
}

let seen = 0
/** Dies at the occurrence ordered. */
const at = (point) => {
  if (order.do === "kill" && order.point === point && ++seen === order.nth) die(`point ${point}, occurrence ${seen}`)
}

/** Rows of the group that is being written. */
let rows = 0
/** Whether somebody waits for that group's answer. */
let awaited = false
/** HTTP answers given since the last commit. */
let answers = 0

/** What a callback begins with, and what an answer. */
const isRequest = /^[A-Z]+ \S+ HTTP\/1\.1\r\n/
const isAnswer = /^HTTP\/1\.1 \d{3} /

const around = {
  "BEGIN IMMEDIATE": (run) => {
    rows = 0
    awaited = false
    at(1)
    return run()
  },
  INSERT: (run, data) => {
    const done = run()
    awaited ||= data.includes('"status":201')
    if (++rows >= 2) at(2)
    return done
  },
  COMMIT: (run) => {
    at(3)
    if (order.do === "fail" && awaited && ++seen === order.nth) {
      tell("the COMMIT failed")
      throw new Database.SqliteError("disk I/O error", "SQLITE_IOERR_WRITE")
    }
    const done = run()
    at(4)
    answers = 0
    return done
  },
}

/** Connections that append; others prepare COMMIT as well. */
const writers = new WeakSet()
const { prepare, pragma } = Database.prototype

Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql)
  if (sql === "BEGIN IMMEDIATE" && isMainThread !== (order.beside === true)) {
    writers.add(this)
    if (order.do === "fill") this.pragma(`max_page_count = ${this.pragma("page_count", { simple: true }) + order.nth}`)
  }
  const hook = writers.has(this) ? around[sql.startsWith("INSERT OR FAIL INTO entries") ? "INSERT" : sql] : undefined
  if (hook !== undefined) {
    const { run } = statement
    statement.run = (...values) => hook(() => run.apply(statement, values), values[6])
  }
  return statement
}

/** Counts down beside the thread that calls, which is inside SQLite then. */
const killer = `
const { workerData: { cell, told, us } } = require("node:worker_threads")
const wait = new Int32Array(new SharedArrayBuffer(4))
Atomics.store(cell, 0, 1)
Atomics.notify(cell, 0)
Atomics.wait(cell, 0, 1)
Atomics.wait(wait, 0, 0, us / 1000)
require("node:fs").appendFileSync(told, "point 7, " + us + " µs into a checkpoint\\n")
process.kill(process.pid, "SIGKILL")
`

/** What a checkpoint has to do is gathered for so long first. */
const gatherMs = 300

Database.prototype.pragma = function (sql, options) {
  if (order.do !== "kill" || order.point !== 7 || !sql.startsWith("wal_checkpoint"))
    return pragma.call(this, sql, options)
  const cell = new Int32Array(new SharedArrayBuffer(4))
  new Worker(killer, { eval: true, execArgv: [], env: {}, workerData: { cell, told: order.told, us: order.us } })
  Atomics.wait(cell, 0, 0)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, gatherMs)
  Atomics.store(cell, 0, 2)
  Atomics.notify(cell, 0)
  const done = pragma.call(this, sql, options)
  tell("the checkpoint was over")
  return done
}

if (order.point === 5 && order.do === "kill") {
  const { write } = net.Socket.prototype
  net.Socket.prototype.write = function (data, ...rest) {
    if (isAnswer.test(data)) answers++
    if (answers > 0 && isRequest.test(data)) at(5)
    return write.call(this, data, ...rest)
  }
}

if (order.point === 6 || order.point === 9)
  fs.appendFileSync = (file, data, ...rest) => {
    if (typeof file !== "number" || !String(data).startsWith('{"name":')) return appendFileSync(file, data, ...rest)
    if (order.point === 9 && seen + 1 === order.nth) appendFileSync(file, String(data).slice(0, data.length / 2))
    at(9)
    appendFileSync(file, data, ...rest)
    at(6)
  }

if (order.point === 7) {
  // A write-ahead log that looks large makes the first commit ask for a checkpoint.
  const { statSync } = fs
  fs.statSync = (file, ...rest) => {
    const found = statSync(file, ...rest)
    if (found !== undefined && String(file).endsWith("-wal")) found.size = 2 ** 29
    return found
  }
}

if (order.point === 8 || order.point === 10) {
  const { openSync, renameSync, writeSync } = fs
  let part
  fs.openSync = (file, ...rest) => {
    const fd = openSync(file, ...rest)
    if (/\.snapshot\.\d+\.part$/.test(String(file))) part = fd
    return fd
  }
  fs.writeSync = (fd, data, offset, length, position) => {
    if (fd !== part || length < 1_000) return writeSync(fd, data, offset, length, position)
    if (order.point === 10) writeSync(fd, data, offset, Math.floor(length / 2), position)
    at(10)
    return writeSync(fd, data, offset, length, position)
  }
  fs.renameSync = (from, to) => {
    if (/\.snapshot\.\d+\.part$/.test(String(from))) at(8)
    return renameSync(from, to)
  }
}

syncBuiltinESMExports()
