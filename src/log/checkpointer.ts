import { createRequire } from "node:module"
import { Worker } from "node:worker_threads"

/** Pages of the write-ahead log after which the worker is asked to copy them into the file (64 MiB). */
export const checkpointPages = 16_384

/** Pages (256 MiB) beyond which the write-ahead log is started anew even if that makes the writer wait a moment. */
const restartPages = 65_536

/**
 * The writer waits for as long as a log is started anew: what was written meanwhile is copied before, again and again until it is
 * little, and readers are not waited for unless they have been in the way for a long time (docs/performance.md).
 */
const nearPages = 128
const approachesMax = 8
const readersWaitMs = 5

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
    const started = new Worker(source, {
      eval: true,
      workerData: { file, driver: driverFile(), busy, restartPages, nearPages, approachesMax, readersWaitMs },
    })
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
const { approachesMax, busy, file, nearPages, readersWaitMs, restartPages } = workerData
const db = new Database(file, { fileMustExist: true, timeout: 100 })
db.pragma("synchronous = NORMAL")
const copied = () => db.pragma("wal_checkpoint(PASSIVE)")[0].log
const restart = (pages) => {
  let before = 0
  for (let i = 0; i < approachesMax && pages - before > nearPages; i++) [before, pages] = [pages, copied()]
  db.pragma("busy_timeout = " + (pages > 2 * restartPages ? 100 : readersWaitMs))
  db.pragma("wal_checkpoint(RESTART)")
  db.pragma("busy_timeout = 100")
}
parentPort.on("message", (order) => {
  if (order === "stop") {
    db.close()
    parentPort.close()
    return
  }
  try {
    const pages = copied()
    if (pages > restartPages) restart(pages)
  } catch (error) {
    if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) throw error
  } finally {
    Atomics.store(busy, 0, 0)
  }
})
`
