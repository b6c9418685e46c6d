import { createRequire } from "node:module"
import { Worker } from "node:worker_threads"
import { hashedParts, type UnhashedRow } from "../core/Entry.ts"
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
  readonly rows: number
  /** The number of the memory that they lie in, and that memory where the thread has another by that number. */
  readonly place: number
  readonly memory: { readonly texts: SharedArrayBuffer; readonly integers: SharedArrayBuffer } | undefined
  /** Types that the thread was not told yet: their numbers, and their names as JSON. */
  readonly types: ReadonlyArray<readonly [id: number, quoted: string]>
  readonly names: ReadonlyArray<readonly [table: NamesTable, id: number, name: string]>
}

/** Numbers a name and keeps it if it is new. */
export type NumberOf = (table: NamesTable, name: string, add: (id: number, stored: string) => void) => number

/** Writes one group after the other on a thread of its own. */
export interface Appender {
  /** Whether it can be given a group now: it has so many at most. */
  readonly ready: () => boolean
  /**
   * Tells the hashes, 64 digits each, once the group is committed, or why it is not; then it takes no more, and none that it has.
   * Two that lie there together are committed together, or not at all.
   */
  readonly append: (
    rows: ReadonlyArray<UnhashedRow>,
    previous: string | undefined,
    numberOf: NumberOf,
    done: (failure: unknown, hashes: string) => void,
  ) => void
  /** Lets the groups it has end, and closes the connection. */
  readonly stop: () => Promise<void>
}

/** Groups it has at once: whichever of the two threads is held up for a moment, the other goes on meanwhile. */
const groupsMax = 4

/** Integers for each row: seq, at, cause, kind, type, subject; the bytes of its subject, 0 for that of the row before, and of its data. */
const columns = 8

/** Rows and bytes of texts that the memory of a group has room for; a larger one gets as much as it needs, for as long as it lies there. */
const groupRows = 600
const groupBytes = 2 ** 18

/**
 * Memory for groups, one after the other, that both threads see. In messages their texts would be copied three times, and to let go of an
 * array for each group would make every collection wait for a helper.
 */
class GroupMemory {
  integers = integersFor(groupRows)
  #texts = Buffer.from(new SharedArrayBuffer(groupBytes))
  #taken = 0
  /** Whether the thread has it. */
  #known = false

  /** Begins a group of so many rows; the one before is in the log. */
  begin(rows: number): void {
    this.#taken = 0
    if (this.#texts.length > groupBytes) this.#setTexts(groupBytes)
    const roomFor = Math.max(rows, groupRows)
    if (this.integers.length === roomFor * columns) return
    this.integers = integersFor(roomFor)
    this.#known = false
  }

  /** Puts a text behind those before; tells how many bytes it has. */
  add(text: string): number {
    // Most texts are seen to fit by their length.
    if (this.#taken + 3 * text.length > this.#texts.length) this.#makeRoom(Buffer.byteLength(text))
    const bytes = this.#texts.write(text, this.#taken)
    this.#taken += bytes
    return bytes
  }

  /** The memory, if the thread has another. */
  untold(): Order["memory"] {
    if (this.#known) return undefined
    this.#known = true
    return { texts: this.#texts.buffer, integers: this.integers.buffer }
  }

  #makeRoom(bytes: number): void {
    const needed = this.#taken + bytes
    if (needed <= this.#texts.length) return
    const before = this.#texts.subarray(0, this.#taken)
    this.#setTexts(2 * needed)
    this.#texts.set(before)
  }

  #setTexts(bytes: number): void {
    this.#texts = Buffer.from(new SharedArrayBuffer(bytes))
    this.#known = false
  }
}

const integersFor = (rows: number) => new Float64Array(new SharedArrayBuffer(rows * columns * 8))

/** Lays groups out for the appender. */
class Orders {
  readonly #memories = Array.from({ length: groupsMax }, () => new GroupMemory())
  #next = 0
  /** Whether the thread was told a type, by its number. */
  readonly #told: Array<boolean> = []

  make(rows: ReadonlyArray<UnhashedRow>, previous: string | undefined, numberOf: NumberOf): Order {
    const place = this.#next
    this.#next = (place + 1) % groupsMax
    const memory = this.#memories[place] as GroupMemory
    memory.begin(rows.length)
    const { integers } = memory
    const types: Array<readonly [number, string]> = []
    const names: Array<readonly [NamesTable, number, string]> = []
    const addsType = (id: number, stored: string) => names.push(["types", id, stored])
    const addsSubject = (id: number, stored: string) => names.push(["subjects", id, stored])
    let before: string | undefined
    let subject = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as UnhashedRow
      const type = numberOf("types", row.type, addsType)
      if (this.#told[type] !== true) {
        this.#told[type] = true
        types.push([type, JSON.stringify(row.type)])
      }
      let subjectBytes = 0
      if (row.subject !== before) {
        before = row.subject
        subject = numberOf("subjects", before, addsSubject)
        subjectBytes = memory.add(JSON.stringify(before))
      }
      const at = i * columns
      integers[at] = row.seq
      integers[at + 1] = row.at
      integers[at + 2] = row.cause
      integers[at + 3] = row.kind === "input" ? 0 : 1
      integers[at + 4] = type
      integers[at + 5] = subject
      integers[at + 6] = subjectBytes
      integers[at + 7] = memory.add(row.data)
    }
    return { previous, rows: rows.length, place, memory: memory.untold(), types, names }
  }
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
  const orders = new Orders()
  let up = false
  /** Whether somebody waits for its end, and with that the process. */
  let stopping = false
  const letGo = () => {
    if (!stopping) worker.unref()
  }
  const pending: Array<Parameters<Appender["append"]>[3]> = []
  const end = (hashes: string) => {
    const done = pending.shift()
    if (pending.length === 0) letGo()
    done?.(undefined, hashes)
  }
  const fail = (failure: unknown) => {
    up = false
    letGo()
    for (const done of pending.splice(0)) done(failure, "")
  }
  worker.on(
    "message",
    (told: "up" | { readonly hashes: ReadonlyArray<string> } | { readonly message: string; readonly code: string }) => {
      if (told === "up") up = true
      else if ("hashes" in told) for (const hashes of told.hashes) end(hashes)
      else fail(Object.assign(new Error(told.message), { code: told.code }))
    },
  )
  worker.on("error", fail)
  worker.on("exit", () => fail(new Error("the thread that writes the log ended")))
  return {
    ready: () => up && pending.length < groupsMax,
    append: (rows, previous, numberOf, done) => {
      const order = orders.make(rows, previous, numberOf)
      pending.push(done)
      worker.ref()
      worker.postMessage(order)
    },
    stop: async () => {
      if (worker.threadId === -1) return
      stopping = true
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
const hashedParts = ${hashedParts}
const crypto = require("node:crypto")
const { parentPort, receiveMessageOnPort, workerData } = require("node:worker_threads")
const Database = require(workerData.driver)
const { appendingPragmas, columns, file, insertEntry, subjects, types, waitMs } = workerData
const db = new Database(file, { fileMustExist: true, timeout: waitMs })
for (const pragma of appendingPragmas) db.pragma(pragma)
const begin = db.prepare("BEGIN IMMEDIATE")
const commit = db.prepare("COMMIT")
const insert = db.prepare(insertEntry)
const insertName = { types: db.prepare(types), subjects: db.prepare(subjects) }
const memories = []
const typeNames = []
let hash = ""
const write = (order) => {
  if (order.previous !== undefined) hash = order.previous
  if (order.memory !== undefined)
    memories[order.place] = { texts: Buffer.from(order.memory.texts), integers: new Float64Array(order.memory.integers) }
  for (const [id, quoted] of order.types) typeNames[id] = quoted
  for (const [table, id, name] of order.names) insertName[table].run(id, name)
  const { integers, texts } = memories[order.place]
  const hashes = []
  let from = 0
  let subject = ""
  for (let i = 0; i < order.rows * columns; i += columns) {
    const [seq, at, cause] = [integers[i], integers[i + 1], integers[i + 2]]
    const kind = integers[i + 3] === 0 ? "input" : "outcome"
    if (integers[i + 6] > 0) subject = texts.utf8Slice(from, (from += integers[i + 6]))
    const data = texts.utf8Slice(from, (from += integers[i + 7]))
    hash = crypto.hash("sha256", hash + hashedParts({ at, cause, data, kind, seq }, subject, typeNames[integers[i + 4]]), "hex")
    insert.run(seq, at, cause, integers[i + 3], integers[i + 4], integers[i + 5], data, hash)
    hashes.push(hash)
  }
  return hashes.join("")
}
const stop = () => {
  db.close()
  parentPort.close()
}
parentPort.on("message", (first) => {
  if (first === "stop") return stop()
  if (!db.open) return // What came before has failed, and this with it.
  let next
  try {
    begin.run()
    const hashes = [write(first)]
    // One that lies there already goes with it: a commit costs as much as 30 rows. All that lie there would leave nothing to do meanwhile.
    next = receiveMessageOnPort(parentPort)?.message
    if (next !== undefined && next !== "stop") hashes.push(write(next))
    commit.run()
    parentPort.postMessage({ hashes })
  } catch (error) {
    db.close()
    parentPort.postMessage({ message: error.message, code: error.code })
  }
  if (next === "stop") stop()
})
parentPort.postMessage("up")
`
