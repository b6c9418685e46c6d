/*
 * A process that appends to the log named by its first argument until it is killed, and says each seq that was committed; groups
 * have as many rows as the second one says, and big ones go to the log's own thread.
 * Bundled by the test that runs it, so that what works only from the sources is seen.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../../src/core/Entry.ts"
import { encode } from "../../src/core/Entry.ts"
import type { EventLog, LogUnavailable } from "../../src/log/EventLog.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"

const groupRows = Number(process.argv[3])

/** Appends as the engine does: beside this thread where the log takes it, else here. */
const appended = (log: typeof EventLog.Service, rows: ReadonlyArray<Row>, previous: string) =>
  Effect.async<void, LogUnavailable>((resume) => {
    const behind = log.appendBehind?.(
      rows.map((row) => ({ ...row, hash: "" })),
      previous,
      resume,
    )
    if (behind !== true) resume(log.append(rows))
  })

/** What threads tell is heard between two groups. */
const turn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

const program = Effect.gen(function* () {
  const log = yield* openSqlite(process.argv[2] ?? "")
  let { seq, hash } = yield* log.head
  for (;;) {
    const group: Array<Row> = []
    const previous = hash
    while (group.length < groupRows) {
      seq += 1
      const data = { text: "x".repeat(300), seq }
      const row = encode({ seq, at: seq, cause: 0, kind: "input", type: "t", subject: `SM${seq % 5_000}`, data }, hash)
      hash = row.hash
      group.push(row)
    }
    yield* appended(log, group, previous)
    process.stdout.write(`${seq}\n`)
    yield* turn
  }
})

await Effect.runPromise(Effect.scoped(program))
