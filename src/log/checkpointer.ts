import { createRequire } from "node:module"
import { Worker } from "node:worker_threads"
import type { UnhashedRow } from "../core/Entry.ts"

/** Pages of the write-ahead log after which the worker is asked to copy them into the file (64 MiB). */
export const checkpointPages = 16_384

/**
 * Pages (256 MiB) after which it copies them whatever goes on; until then it waits for this many ms without a commit. Before it copies it
 * has the disk take what was written, and a commit that comes meanwhile may have to wait for the file system's journal: 6 to 18 ms here,
 * with every caller (docs/performance.md). Big groups come from nobody who waits, and one after the other: for them it begins at once.
 */
const latePages = 4 * checkpointPages
const quietMs = 100

/** Pages (256 MiB) beyond which the write-ahead log is started anew, if nothing was written while the last of it was copied. */
const restartPages = 65_536

/**
 * Pages (768 MiB) beyond which it is started anew even so. The writer waits meanwhile for what was written last to be on the disk, and
 * its own next commit for the beginning of the new log: 30 to 130 ms here (docs/performance.md).
 */
const restartPagesMax = 3 * restartPages

/**
 * The writer waits for as long as a log is started anew: what was written meanwhile is copied before, again and again until it is
 * little, and readers are not waited for unless they have been in the way for a long time (docs/performance.md).
 */
const nearPages = 128
const approachesMax = 8
const readersWaitMs = 5

/** Copies the write-ahead log into the file beside the writer, so that no append pays for it. */
export interface Checkpointer {
  /** Tells that a group was committed, and whether callers wait for what is committed next. */
  readonly wrote: (rows: ReadonlyArray<Pick<UnhashedRow, "data">>, awaited: boolean) => void
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
  const written = makeEstimate(pagesNow)
  let worker: Worker | undefined
  const shared = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT))
  /** What the worker had told when it was asked; undefined once it has begun. */
  let askedAt: number | undefined
  const hurry = () => {
    Atomics.store(shared, at.hurry, 1)
    Atomics.notify(shared, at.hurry)
  }
  const start = (): Worker => {
    const started = new Worker(source, {
      eval: true,
      workerData: {
        file,
        driver: driverFile(),
        shared,
        at,
        idle,
        copying,
        quietMs,
        restartPages,
        restartPagesMax,
        nearPages,
        approachesMax,
        readersWaitMs,
      },
    })
    started.on("error", fallBack)
    started.unref()
    return started
  }
  return {
    wrote: (rows, awaited) => {
      Atomics.add(shared, at.commits, 1)
      const state = Atomics.load(shared, at.state)
      if (askedAt !== undefined && state !== asked) {
        written.begin(askedAt)
        askedAt = undefined
      }
      written.add(rows.length, ownPages(rows))
      if (written.pages < checkpointPages || state === copying) return
      if (state === idle) {
        askedAt = Atomics.load(shared, at.pages)
        Atomics.store(shared, at.hurry, 0)
        Atomics.store(shared, at.state, asked)
        worker ??= start()
        worker.postMessage("checkpoint")
      }
      if (!awaited || written.pages >= latePages) hurry()
    },
    stop: async () => {
      const running = worker
      if (running === undefined || running.threadId === -1) return
      hurry()
      running.ref()
      await new Promise<void>((resolve) => {
        running.once("exit", () => resolve())
        running.postMessage("stop")
      })
    },
  }
}

/** What lies where in the memory that both threads see: the pages are those of the write-ahead log when the worker looked last. */
const at = { state: 0, pages: 1, commits: 2, hurry: 3 } as const

/** What the worker does: nothing, waiting for a moment without commits, or copying. */
const idle = 0
const asked = 1
const copying = 2

/**
 * How many pages commits have written since the last checkpoint. A commit writes a few, and for each row up to one, where its subject
 * stands in the index; rows of many messages one after the other share most of theirs. How many, the checkpoint before tells. Pages that a large row fills alone
 * count beside these.
 */
const makeEstimate = (pagesNow: number) => {
  let rows = pagesNow
  let own = 0
  let pagesPerRow = 1
  /** What the worker told last, and the rows since it was asked before. */
  let told = 0
  let asked = 0
  let ownAsked = 0
  return {
    add: (more: number, moreOwn: number) => {
      rows += more + rowsPerCommit
      own += moreOwn
    },
    get pages() {
      return rows * pagesPerRow + own
    },
    /** A checkpoint begins; at the end of the one before the write-ahead log had so many pages. */
    begin: (pages: number) => {
      if (asked > 0 && pages > told)
        pagesPerRow = Math.min(1, Math.max(pagesPerRowMin, (pages - told - ownAsked) / asked))
      told = pages
      asked = rows
      ownAsked = own
      rows = 0
      own = 0
    },
  }
}

/** Pages that rows fill alone. */
const ownPages = (rows: ReadonlyArray<Pick<UnhashedRow, "data">>): number => {
  let pages = 0
  for (const { data } of rows) pages += Math.floor(data.length / pageBytes)
  return pages
}

const pageBytes = 4_096

/** What a commit writes beside its rows, in their pages. */
const rowsPerCommit = 3

/** However few pages were written: what is written next may be of another kind. */
const pagesPerRowMin = 0.25

/** Resolved here: a worker made from text has no place of its own to resolve from, in the sources or in a bundle. */
const driverFile = (): string => createRequire(import.meta.url).resolve("better-sqlite3")

const source = `
const { parentPort, workerData } = require("node:worker_threads")
const Database = require(workerData.driver)
const { approachesMax, at, copying, file, idle, nearPages, quietMs, readersWaitMs, restartPages, restartPagesMax, shared } = workerData
const db = new Database(file, { fileMustExist: true, timeout: 100 })
db.pragma("synchronous = NORMAL")
const copied = () => {
  const { log } = db.pragma("wal_checkpoint(PASSIVE)")[0]
  Atomics.store(shared, at.pages, log)
  return log
}
const untilQuiet = () => {
  for (let seen; Atomics.load(shared, at.hurry) === 0 && seen !== Atomics.load(shared, at.commits); ) {
    seen = Atomics.load(shared, at.commits)
    Atomics.wait(shared, at.hurry, 0, quietMs)
  }
}
const restart = (pages) => {
  let before = 0
  for (let i = 0; i < approachesMax && pages - before > nearPages; i++) [before, pages] = [pages, copied()]
  db.pragma("busy_timeout = " + (pages > 2 * restartPagesMax ? 100 : readersWaitMs))
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
    untilQuiet()
    Atomics.store(shared, at.state, copying)
    const pages = copied()
    if (pages > restartPages) {
      const now = copied()
      if (now === pages || now > restartPagesMax) restart(now)
    }
  } catch (error) {
    if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) throw error
  } finally {
    Atomics.store(shared, at.state, idle)
  }
})
`
