import * as fs from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { limits } from "../core/limits.ts"
import { LogOpenError } from "../log/EventLog.ts"

/**
 * Bytes of fetched media by their SHA-256, outside of the log: a cache. A log without them verifies and runs again; what is
 * lost is only that the bytes can be looked at.
 */
export interface MediaStore {
  /** Keeps bytes; those past the store's limit, or that cannot be written, are not kept. Never throws. */
  readonly keep: (sha256: string, bytes: Uint8Array) => void
  /** The bytes, or `undefined` when they are not kept. */
  readonly bytes: (sha256: string) => Uint8Array | undefined
}

/** A store that lasts as long as its process, up to `limits.mediaInMemoryBytesMax`. */
export const mediaInMemory = (): MediaStore => {
  const kept = new Map<string, Uint8Array>()
  let total = 0
  return {
    keep: (sha256, bytes) => {
      if (kept.has(sha256) || total + bytes.length > limits.mediaInMemoryBytesMax) return
      kept.set(sha256, bytes)
      total += bytes.length
    },
    bytes: (sha256) => kept.get(sha256),
  }
}

/** The folder beside a log that holds its media. */
export const mediaFolderOf = (logFile: string): string => `${logFile}.media`

/**
 * The store in the folder beside a log, up to `limits.mediaKeptBytesMax`. The folder is made when something is kept.
 *
 * The first medium that cannot be written is told on the process's log: the run needs none of them.
 */
export const openMediaFolder = (logFile: string): Effect.Effect<MediaStore, LogOpenError> =>
  Effect.gen(function* () {
    const run = Runtime.runFork(yield* Effect.runtime<never>())
    const folder = mediaFolderOf(logFile)
    const total = yield* Effect.try({
      try: () => bytesIn(folder),
      catch: (cause) => new LogOpenError({ reason: "unwritable", file: folder, message: String(cause) }),
    })
    return folderStore(folder, total, (why) =>
      run(Effect.logWarning(`${folder} takes no media, their bytes will not be there to be looked at: ${why}`)),
    )
  })

const bytesIn = (folder: string): number =>
  fs.existsSync(folder)
    ? fs.readdirSync(folder).reduce((total, name) => total + fs.statSync(join(folder, name)).size, 0)
    : 0

const folderStore = (folder: string, before: number, unwritable: (why: string) => void): MediaStore => {
  let total = before
  let told = false
  const write = (file: string, bytes: Uint8Array) => {
    const part = `${file}.part`
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      fs.writeFileSync(part, bytes, { mode: 0o600 })
      fs.renameSync(part, file)
      total += bytes.length
    } catch (cause) {
      if (!told) unwritable(String(cause))
      told = true
      discard(part)
    }
  }
  return {
    keep: (sha256, bytes) => {
      const file = join(folder, sha256)
      if (total + bytes.length <= limits.mediaKeptBytesMax && !fs.existsSync(file)) write(file, bytes)
    },
    bytes: (sha256) => {
      try {
        return fs.readFileSync(join(folder, sha256))
      } catch {
        return undefined // A file that cannot be read is as good as gone.
      }
    },
  }
}

/** Takes away what was written of a medium; where even that fails the next opening counts it. */
const discard = (part: string): void => {
  try {
    fs.rmSync(part, { force: true })
  } catch {
    // It is already told that the folder cannot be written.
  }
}
