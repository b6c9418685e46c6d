import { createRequire } from "node:module"
import { Worker } from "node:worker_threads"

/** Pages of the write-ahead log after which the worker is asked to copy them into the file (64 MiB). */
export const checkpointPages = 16_384

/** Pages (256 MiB) beyond which the write-ahead log is started anew even if that makes the writer wait a moment. */
const restartPages = 65_536

/** Copies the write-ahead log into the file beside the writer, so that no append pays for it. */
export interface Checkpointer {
  /** Tells that a group of rows was committed. */
  readonly wrote: (rows: number) => void
  readonly stop: () => Promise<void>
}

/**
 * Starts a worker thread at the first checkpoint that is due; a run that writes little never pays for one.
 *
 * Asks      by message; hears through shared memory, because a writer in a tight loop never gets to its own messages
 * Fails     by calling `fallBack` once; the writer then checkpoints itself
 * Alive     the worker never keeps the process up; `stop` waits until its connection is closed
 */
export const makeCheckpointer = (file: string, pagesNow: number, fallBack: () => void): Checkpointer => {
  let pages = pagesNow
  let worker: Worker | undefined
  const busy = new Int32Array(new SharedArrayBuffer(4))
  const start = (): Worker => {
    const started = new Worker(source, { eval: true, workerData: { file, driver: driverFile(), busy, restartPages } })
    started.on("error", fallBack)
    started.unref()
    return started
  }
  return {
    wrote: (rows) => {
      // A commit writes about one page a row (its subject's place in the index) and a few more; only the order matters.
      pages += rows + 3
      if (pages < checkpointPages || Atomics.load(busy, 0) === 1) return
      pages = 0
      Atomics.store(busy, 0, 1)
      worker ??= start()
      worker.postMessage("checkpoint")
    },
    stop: async () => {
      const running = worker
      if (running === undefined || running.threadId === -1) return
      running.ref()
      await new Promise<void>((resolve) => {
        running.once("exit", () => resolve())
        running.postMessage("stop")
      })
    },
  }
}

/** Resolved here: a worker made from text has no place of its own to resolve from, in the sources or in a bundle. */
const driverFile = (): string => createRequire(import.meta.url).resolve("better-sqlite3")

const source = `
const { parentPort, workerData } = require("node:worker_threads")
const Database = require(workerData.driver)
const db = new Database(workerData.file, { fileMustExist: true, timeout: 100 })
db.pragma("synchronous = NORMAL")
parentPort.on("message", (order) => {
  if (order === "stop") {
    db.close()
    parentPort.close()
    return
  }
  try {
    const [{ log }] = db.pragma("wal_checkpoint(PASSIVE)")
    if (log > workerData.restartPages) db.pragma("wal_checkpoint(RESTART)")
  } catch (error) {
    if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) throw error
  } finally {
    Atomics.store(workerData.busy, 0, 0)
  }
})
`
