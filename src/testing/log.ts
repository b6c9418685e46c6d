import * as Effect from "effect/Effect"
import { decode, type Entry } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { exportRecording } from "../log/recording.ts"
import { calledFrom } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { promised } from "./promised.ts"
import type { Log, LogEntry } from "./types.ts"

/** An entry with its hash. */
type Hashed = Entry & { readonly hash: string }

/** Entries behind a place, to the log's end. */
export type LogReading = (after: number, subject?: string) => Generator<Hashed>

/** Reads a log in memory, which never waits for anything. */
export const readLog = ({ log }: Run): LogReading =>
  function* (after, subject) {
    for (let from = after; ; ) {
      const page =
        subject === undefined
          ? log.read(from, limits.readEntriesMax)
          : log.readSubject(subject, from, limits.readEntriesMax)
      const rows = Effect.runSync(page)
      const last = rows.at(-1)
      if (last === undefined) return
      for (const row of rows) yield { ...decode(row), hash: row.hash }
      from = last.seq
    }
  }

export const logOf = (run: Run): Log => {
  const read = readLog(run)
  return {
    length: () => run.engine.head.seq,
    digest: () => run.engine.head.hash,
    entries: (filter = {}) => {
      const { after = 0, subject, type } = onlyKnown(filter, keys.log)
      const fits = typeMatcher(type)
      const found: Array<LogEntry> = []
      for (const entry of read(after, subject)) if (fits(entry.type)) found.push({ ...entry, at: new Date(entry.at) })
      return found
    },
    export: function exportLog(file) {
      return promised(calledFrom(exportLog), Effect.asVoid(exportRecording(run.log, file)))
    },
  }
}

const typeMatcher = (type: string | undefined) => (found: string) =>
  type === undefined || (type.endsWith("*") ? found.startsWith(type.slice(0, -1)) : found === type)
