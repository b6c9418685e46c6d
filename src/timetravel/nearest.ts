import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"

/** Subjects that are named when one is not known. */
const namedMax = 5

/** The subjects of a log that are most like a text, likest first. Reads the whole log: for when something was mistyped. */
export const nearestSubjects = (
  reader: LogReader,
  text: string,
  progress: (seq: number) => void = () => {},
): Effect.Effect<ReadonlyArray<string>, LogUnavailable> =>
  Effect.gen(function* () {
    let best: ReadonlyArray<readonly [likeness: number, subject: string]> = []
    for (let after = 0; ; ) {
      const rows = yield* reader.read(after, limits.readEntriesMax)
      const last = rows.at(-1)
      if (last === undefined) return best.map(([, subject]) => subject)
      for (const subject of new Set(rows.map((row) => row.subject))) {
        const likeness = likenessOf(subject, text)
        if (subject === "" || best.some(([, known]) => known === subject)) continue
        if (best.length === namedMax && likeness <= (best[namedMax - 1]?.[0] ?? 0)) continue
        best = [...best, [likeness, subject] as const].sort((a, b) => b[0] - a[0]).slice(0, namedMax)
      }
      after = last.seq
      progress(after)
      yield* Effect.yieldNow()
    }
  })

/** Characters two texts begin with alike, and those they end with alike: one that was mistyped leaves all others. */
const likenessOf = (a: string, b: string): number => {
  const most = Math.min(a.length, b.length)
  let begin = 0
  while (begin < most && a[begin] === b[begin]) begin++
  let end = 0
  while (end < most - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return begin + end
}
