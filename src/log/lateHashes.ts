import { Worker } from "node:worker_threads"
import { chained, genesis, hashedText, type OpenRow } from "../core/Entry.ts"

/** Rows that are handed to the thread together. */
const batchRows = 2_000

/** Bytes of their texts; the largest entry fits in several times. */
const batchBytes = 2 ** 20

/** Batches that lie in the thread's memory at once. */
const batches = 4

/** Rows after which the thread is started: a short run is over before it is up. */
const threadRowsBefore = 20_000

/** How long the thread is waited for when hashes are wanted; one that takes longer is not asked again. */
const waitMsMax = 200

/**
 * The hashes of a log in memory, made when somebody asks for them; of many rows, meanwhile, by a thread of its own.
 *
 * Nothing of what a run does depends on its hashes, and they take a quarter of the time of its rules.
 */
export class LateHashes {
  /** Rows without hash, from this place on, that the thread was not given. */
  #open: Array<OpenRow> = []
  #from = 0
  /** What the thread was given, oldest first. */
  readonly #handed: Array<ReadonlyArray<OpenRow>> = []
  /** Of the newest row that has one. */
  #hash = genesis
  #rows = 0
  #thread: HashThread | undefined

  /** Takes rows that follow those before; they get their hashes in place. */
  add(rows: ReadonlyArray<OpenRow>): void {
    for (let i = 0; i < rows.length; i++) this.#open.push(rows[i] as OpenRow)
    this.#rows += rows.length
    if (this.#rows < threadRowsBefore || this.#open.length - this.#from < batchRows) return
    this.#thread ??= new HashThread()
    while (this.#handed.length > 0 && this.#thread.done) this.#take()
    while (this.#thread.usable && this.#handed.length < batches && this.#open.length - this.#from >= batchRows)
      this.#handOver(this.#thread)
  }

  /** Gives every row its hash that has none yet. */
  readonly make = (): void => {
    while (this.#handed.length > 0) this.#take()
    for (; this.#from < this.#open.length; this.#from++)
      this.#hash = chained(this.#open[this.#from] as OpenRow, this.#hash).hash
    this.#open = []
    this.#from = 0
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    await this.#thread?.stop()
  }

  #handOver(thread: HashThread): void {
    // Behind what it was given before it goes on by itself.
    const given = thread.give(this.#open, this.#from, this.#handed.length === 0 ? this.#hash : "")
    this.#handed.push(this.#open.slice(this.#from, this.#from + given))
    this.#from += given
    if (this.#from * 2 < this.#open.length) return
    this.#open = this.#open.slice(this.#from)
    this.#from = 0
  }

  /** Takes the hashes of the oldest batch, or makes them. */
  #take(): void {
    const batch = this.#handed.shift() ?? []
    const hashes = this.#thread?.next()
    for (let i = 0; i < batch.length; i++) {
      const row = batch[i] as OpenRow
      this.#hash = hashes === undefined ? chained(row, this.#hash).hash : hashes.slice(i * 64, i * 64 + 64)
      row.hash = this.#hash
    }
  }
}

/**
 * Hashes batches one after the other, in memory that both threads see: copying texts into messages takes as long as hashing them.
 *
 * Each text stands behind room for the hash before it, which is put there when it is known.
 */
class HashThread {
  usable = true
  readonly #worker: Worker
  /** The number of the batch that was told last; 0 until the thread is up. */
  readonly #told = new Int32Array(new SharedArrayBuffer(4))
  readonly #bytes = Buffer.from(new SharedArrayBuffer(batches * batchBytes))
  /** How many bytes each text has. */
  readonly #lengths = new Int32Array(new SharedArrayBuffer(batches * batchRows * 4))
  readonly #hashes = Buffer.from(new SharedArrayBuffer(batches * batchRows * 64))
  /** How many rows each batch has. */
  readonly #counts: Array<number> = []
  /** Numbers of batches: the next one that is given, and that is taken. */
  #given = 2
  #taken = 2

  constructor() {
    this.#worker = new Worker(source, {
      eval: true,
      workerData: {
        told: this.#told,
        bytes: this.#bytes,
        lengths: this.#lengths,
        hashes: this.#hashes,
        batches,
        batchBytes,
        batchRows,
      },
    })
    this.#worker.unref()
    this.#worker.on("error", () => {
      this.usable = false
    })
  }

  /** Whether the oldest batch is done, or never will be. */
  get done(): boolean {
    return !this.usable || Atomics.load(this.#told, 0) >= this.#taken
  }

  /** Takes rows from a place on, as many as there is room for; tells how many. `previous`: the hash before them, unless it was given them. */
  give(rows: ReadonlyArray<OpenRow>, from: number, previous: string): number {
    const place = this.#given % batches
    let at = place * batchBytes
    const end = at + batchBytes
    let count = 0
    for (; count < batchRows && from + count < rows.length; count++) {
      const text = hashedText(rows[from + count] as OpenRow)
      if (at + 64 + 3 * text.length > end && at + 64 + Buffer.byteLength(text) > end) break
      const length = this.#bytes.write(text, at + 64)
      this.#lengths[place * batchRows + count] = length
      at += 64 + length
    }
    this.#counts[place] = count
    this.#worker.postMessage({ batch: this.#given++, count, previous })
    return count
  }

  /** The hashes of the oldest batch; undefined: it is not up, has failed or takes too long, and is not to be asked again. */
  next(): string | undefined {
    for (;;) {
      const told = Atomics.load(this.#told, 0)
      if (told === 0) this.usable = false
      if (!this.usable || told >= this.#taken) break
      if (Atomics.wait(this.#told, 0, told, waitMsMax) === "timed-out") this.usable = false
    }
    const place = this.#taken++ % batches
    const from = place * batchRows * 64
    return this.usable ? this.#hashes.toString("latin1", from, from + 64 * (this.#counts[place] ?? 0)) : undefined
  }

  async stop(): Promise<void> {
    this.usable = false
    await this.#worker.terminate()
  }
}

const source = `
const crypto = require("node:crypto")
const { parentPort, workerData } = require("node:worker_threads")
const { batchBytes, batchRows, batches, told } = workerData
const whole = (view) => Buffer.from(view.buffer)
const bytes = whole(workerData.bytes)
const hashes = whole(workerData.hashes)
const lengths = workerData.lengths
let hash = ""
parentPort.on("message", ({ batch, count, previous }) => {
  const place = batch % batches
  let at = place * batchBytes
  if (previous !== "") hash = previous
  for (let i = place * batchRows; i < place * batchRows + count; i++) {
    bytes.latin1Write(hash, at, 64)
    const end = at + 64 + lengths[i]
    hash = crypto.hash("sha256", bytes.subarray(at, end), "hex")
    hashes.latin1Write(hash, i * 64, 64)
    at = end
  }
  Atomics.store(told, 0, batch)
  Atomics.notify(told, 0)
})
Atomics.store(told, 0, 1)
`
