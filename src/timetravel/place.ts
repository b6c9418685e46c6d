import * as Effect from "effect/Effect"
import type { Row } from "../core/Entry.ts"
import { iso, parseInstant } from "../core/Instant.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { NotThere } from "./reading.ts"

/**
 * The entry that a seq or an instant (ISO 8601) names: of an instant the newest one that is not later.
 *
 * Fails for a seq that is none or past the end, and for an instant before the first entry; the line says what there is.
 */
export const placeOf = (reader: LogReader, text: string): Effect.Effect<Row, NotThere | LogUnavailable> =>
  Effect.gen(function* () {
    const { at: end, seq: last } = yield* reader.head
    if (last === 0) return yield* new NotThere({ message: "the log has no entries yet" })
    const there = `the log has entries 1 to ${last}, the newest at ${instant(end)}`
    const asked = JSON.stringify(text.slice(0, 60))
    if (/^\d+$/.test(text)) {
      const seq = Number(text)
      const [row] = seq < 1 || seq > last ? [] : yield* reader.read(seq - 1, 1)
      if (row?.seq === seq) return row
      return yield* new NotThere({
        message:
          seq > last || seq < 1
            ? `there is no entry ${text.slice(0, 20)}: ${there}`
            : `entry ${seq} is missing; run ringback verify on this log`,
      })
    }
    const ms = parseInstant(text)
    if (ms === undefined)
      return yield* new NotThere({
        message: `expected an entry's seq or an instant such as 2026-01-01T00:00:05Z, found ${asked}: ${there}`,
      })
    const row = yield* newestUpTo(reader, ms, last)
    if (row !== undefined) return row
    const [first] = yield* reader.read(0, 1)
    return yield* new NotThere({ message: `the log begins at ${instant(first?.at ?? 0)}, after ${asked}` })
  })

/** The newest entry that is not later than an instant. `at` never decreases, so it is found by halving. */
const newestUpTo = (reader: LogReader, ms: number, last: number): Effect.Effect<Row | undefined, LogUnavailable> =>
  Effect.gen(function* () {
    let found: Row | undefined
    let [low, high] = [1, last]
    while (low <= high) {
      const middle = Math.floor((low + high) / 2)
      const [row] = yield* reader.read(middle - 1, 1)
      if (row !== undefined && row.at <= ms) {
        found = row
        low = Math.max(middle, row.seq) + 1
      } else high = middle - 1
    }
    return found
  })

/** An instant as ISO 8601; of a log that was altered, a number that is none. */
export const instant = (at: number): string => (Math.abs(at) <= 8.64e15 ? iso(at) : String(at))
