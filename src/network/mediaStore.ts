import * as fs from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import { LogOpenError } from "../log/EventLog.ts"

/**
 * Bytes of fetched media by their SHA-256, outside of the log: a cache. A log without them verifies and runs again; what is
 * lost is only that the bytes can be looked at.
 */
export interface MediaStore {
  /** Keeps bytes; those past the store's limit are not kept. */
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

/** The store in the folder beside a log, up to `limits.mediaKeptBytesMax`. The folder is made when something is kept. */
export const openMediaFolder = (logFile: string): Effect.Effect<MediaStore, LogOpenError> =>
  Effect.try({
    try: () => {
      const folder = mediaFolderOf(logFile)
      let total = 0
      if (fs.existsSync(folder))
        for (const name of fs.readdirSync(folder)) total += fs.statSync(join(folder, name)).size
      return folderStore(folder, total)
    },
    catch: (cause) => new LogOpenError({ reason: "unwritable", file: mediaFolderOf(logFile), message: String(cause) }),
  })

const folderStore = (folder: string, before: number): MediaStore => {
  let total = before
  return {
    keep: (sha256, bytes) => {
      const file = join(folder, sha256)
      if (total + bytes.length > limits.mediaKeptBytesMax || fs.existsSync(file)) return
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      const part = `${file}.part`
      fs.writeFileSync(part, bytes, { mode: 0o600 })
      fs.renameSync(part, file)
      total += bytes.length
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
