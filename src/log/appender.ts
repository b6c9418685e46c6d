import { createRequire } from "node:module"
import { Worker } from "node:worker_threads"
import { hashedText, type UnhashedRow } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"

/* Statements of whoever appends, on the writer's thread or beside it. */

/** OR FAIL spares SQLite a journal for each row; what fails closes the connection and so undoes the whole group. */
export const insertEntry =
  "INSERT OR FAIL INTO entries (seq, at, cause, kind, type, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

/** Adds a name to a table of names. */
export const insertName = (table: NamesTable): string => `INSERT OR FAIL INTO ${table} (id, name) VALUES (?, ?)`

export type NamesTable = "types" | "subjects"

/** How a connection that appends is set up. */
export const appendingPragmas: ReadonlyArray<string> = [
  "journal_mode = WAL",
  "synchronous = NORMAL",
  "wal_autocheckpoint = 0",
  "cache_size = -16384",
]

/**
 * A group of rows on its way to the appender: their columns, and names that are new. What each is hashed over is put together
 * there: the engine's thread is the one that is waited for.
 */
interface Order {
  /** The hash before the first of them; undefined: the last one that was made there. */
  readonly previous: string | undefined
  /** Their data, and their subjects, one behind the other. */
  readonly data: string
  readonly subjects: string
  /** Each of their types once. */
  readonly types: ReadonlyArray<string>
  readonly integers: Float64Array
  readonly names: ReadonlyArray<readonly [table: NamesTable, id: number, name: string]>
}

/** Writes one group after the other on a thread of its own. */
export interface Appender {
  /** Whether it can be given a group now: it has one at most. */
  readonly ready: () => boolean
  /** Tells the hashes, 64 digits each, once the group is committed, or why it is not; then it takes no more, and none that it has. */
  readonly append: (order: Order, done: (failure: unknown, hashes: string) => void) => void
  /** Lets the groups it has end, and closes the connection. */
  readonly stop: () => Promise<void>
}

/** Groups it has at once: when it is done with one, the next lies there already. */
const groupsMax = 2

/** Integers for each row: seq, at, cause, kind, type, subject; the lengths of its data and subject, and the place of its type. */
const columns = 9

/** Lays a group out for the appender. `numberOf` numbers a name and keeps the ones that are new. */
export const orderOf = (
  rows: ReadonlyArray<UnhashedRow>,
  previous: string | undefined,
  numberOf: (table: NamesTable, name: string, add: (id: number, stored: string) => void) => number,
): Order => {
  const integers = new Float64Array(rows.length * columns)
  const data: Array<string> = []
  const subjects: Array<string> = []
  const types = new Map<string, number>()
  const names: Array<readonly [NamesTable, number, string]> = []
  const addsType = (id: number, stored: string) => names.push(["types", id, stored])
  const addsSubject = (id: number, stored: string) => names.push(["subjects", id, stored])
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as UnhashedRow
    data.push(row.data)
    subjects.push(row.subject)
    const at = i * columns
    integers[at] = row.seq
    integers[at + 1] = row.at
    integers[at + 2] = row.cause
    integers[at + 3] = row.kind === "input" ? 0 : 1
    integers[at + 4] = numberOf("types", row.type, addsType)
    integers[at + 5] = numberOf("subjects", row.subject, addsSubject)
    integers[at + 6] = row.data.length
    integers[at + 7] = row.subject.length
    const place = types.get(row.type) ?? types.size
    if (place === types.size) types.set(row.type, place)
    integers[at + 8] = place
  }
  return { previous, data: data.join(""), subjects: subjects.join(""), types: [...types.keys()], integers, names }
}

/** Starts the thread; until it is up it is not ready, and its failing to come up only means that it never is. */
export const makeAppender = (file: string, waitMs: number): Appender => {
  const worker = new Worker(source, {
    eval: true,
    resourceLimits: { maxYoungGenerationSizeMb: limits.threadYoungMb },
    workerData: {
      file,
      driver: driverFile(),
      waitMs,
      appendingPragmas,
      insertEntry,
      types: insertName("types"),
      subjects: insertName("subjects"),
      columns,
    },
  })
  worker.unref()
  let up = false
  const pending: Array<Parameters<Appender["append"]>[1]> = []
  const end = (hashes: string) => {
    const done = pending.shift()
    if (pending.length === 0) worker.unref()
    done?.(undefined, hashes)
  }
  const fail = (failure: unknown) => {
    up = false
    worker.unref()
    for (const done of pending.splice(0)) done(failure, "")
  }
  worker.on(
    "message",
    (told: "up" | { readonly hashes: string } | { readonly message: string; readonly code: string }) => {
      if (told === "up") up = true
      else if ("hashes" in told) end(told.hashes)
      else fail(Object.assign(new Error(told.message), { code: told.code }))
    },
  )
  worker.on("error", fail)
  worker.on("exit", () => fail(new Error("the thread that writes the log ended")))
  return {
    ready: () => up && pending.length < groupsMax,
    append: (order, done) => {
      pending.push(done)
      worker.ref()
      worker.postMessage(order, [order.integers.buffer as ArrayBuffer])
    },
    stop: async () => {
      if (worker.threadId === -1) return
      worker.ref()
      await new Promise<void>((resolve) => {
        worker.once("exit", () => resolve())
        worker.postMessage("stop")
      })
    },
  }
}

/** Resolved here: a worker made from text has no place of its own to resolve from, in the sources or in a bundle. */
const driverFile = (): string => createRequire(import.meta.url).resolve("better-sqlite3")

const source = `
const hashedText = ${hashedText}
const crypto = require("node:crypto")
const { parentPort, workerData } = require("node:worker_threads")
const Database = require(workerData.driver)
const { appendingPragmas, columns, file, insertEntry, subjects, types, waitMs } = workerData
const db = new Database(file, { fileMustExist: true, timeout: waitMs })
for (const pragma of appendingPragmas) db.pragma(pragma)
const begin = db.prepare("BEGIN IMMEDIATE")
const commit = db.prepare("COMMIT")
const insert = db.prepare(insertEntry)
const insertName = { types: db.prepare(types), subjects: db.prepare(subjects) }
let hash = ""
parentPort.on("message", (order) => {
  if (order === "stop") {
    db.close()
    parentPort.close()
    return
  }
  if (!db.open) return // What came before has failed, and this with it.
  try {
    if (order.previous !== undefined) hash = order.previous
    begin.run()
    for (const [table, id, name] of order.names) insertName[table].run(id, name)
    const { integers } = order
    const hashes = []
    let dataFrom = 0
    let subjectFrom = 0
    for (let i = 0; i < integers.length; i += columns) {
      const data = order.data.slice(dataFrom, (dataFrom += integers[i + 6]))
      const subject = order.subjects.slice(subjectFrom, (subjectFrom += integers[i + 7]))
      const [seq, at, cause] = [integers[i], integers[i + 1], integers[i + 2]]
      const kind = integers[i + 3] === 0 ? "input" : "outcome"
      hash = crypto.hash("sha256", hash + hashedText({ seq, at, cause, kind, type: order.types[integers[i + 8]], subject, data }), "hex")
      insert.run(seq, at, cause, integers[i + 3], integers[i + 4], integers[i + 5], data, hash)
      hashes.push(hash)
    }
    commit.run()
    parentPort.postMessage({ hashes: hashes.join("") })
  } catch (error) {
    db.close()
    parentPort.postMessage({ message: error.message, code: error.code })
  }
})
parentPort.postMessage("up")
`
