import { Worker } from "node:worker_threads"

/** Texts in memory that two threads see, each behind room for the hash before it, 64 digits. */
export interface Batch {
  /** Memory that the thread does not know yet, by its number. */
  readonly chunks: ReadonlyArray<readonly [chunk: number, bytes: SharedArrayBuffer]>
  /** For each text: the number of its chunk, where its room begins, and how many bytes it has. */
  readonly texts: Int32Array<ArrayBuffer>
  /** The hash before the first; empty behind a batch that the thread has, too. */
  readonly previous: string
}

/** How long it is waited for when hashes are wanted; one that takes longer is not asked again. */
const waitMsMax = 200

/** A thread that hashes texts where they lie: copying them into messages takes as long as hashing them. */
export class HashThread {
  readonly #worker: Worker
  /** How many batches are done, one more than that; 0 until it is up. */
  readonly #done = new Int32Array(new SharedArrayBuffer(4))
  readonly #last = Buffer.from(new SharedArrayBuffer(64))
  #given = 1
  #usable = true

  constructor() {
    this.#worker = new Worker(source, { eval: true, workerData: { done: this.#done, last: this.#last.buffer } })
    this.#worker.unref()
    this.#worker.on("error", () => {
      this.#usable = false
    })
  }

  /** Whether it takes more. */
  get usable(): boolean {
    return this.#usable
  }

  /** Puts into the room before each text the hash before it. The last text's hash is what `last` tells. */
  give(batch: Batch): void {
    this.#given++
    this.#worker.postMessage(batch, [batch.texts.buffer])
  }

  /** Waits until all is done; gives the last hash, or undefined: it is not up, has failed or takes too long, and takes no more. */
  last(): string | undefined {
    for (;;) {
      const done = Atomics.load(this.#done, 0)
      if (done === this.#given) return this.#last.toString("latin1")
      if (done === 0) this.#usable = false
      if (!this.#usable) return undefined
      if (Atomics.wait(this.#done, 0, done, waitMsMax) === "timed-out") this.#usable = false
    }
  }

  async stop(): Promise<void> {
    this.#usable = false
    await this.#worker.terminate()
  }
}

const source = `
const crypto = require("node:crypto")
const { parentPort, workerData } = require("node:worker_threads")
const { done } = workerData
const last = Buffer.from(workerData.last)
const memory = []
let hash = ""
parentPort.on("message", ({ chunks, previous, texts }) => {
  for (const [chunk, bytes] of chunks) memory[chunk] = Buffer.from(bytes)
  if (previous !== "") hash = previous
  for (let i = 0; i < texts.length; i += 3) {
    const bytes = memory[texts[i]]
    const from = texts[i + 1]
    bytes.latin1Write(hash, from, 64)
    hash = crypto.hash("sha256", bytes.subarray(from, from + 64 + texts[i + 2]), "hex")
  }
  last.latin1Write(hash, 0, 64)
  Atomics.add(done, 0, 1)
  Atomics.notify(done, 0)
})
Atomics.store(done, 0, 1)
`
