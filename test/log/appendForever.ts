/*
 * A process that appends to the log named by its first argument until it is killed, and says each seq that was committed.
 * Bundled by the test that runs it, so that what works only from the sources is seen.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Row } from "../../src/core/Entry.ts"
import { encode } from "../../src/core/Entry.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"

const groupRows = 100

const program = Effect.gen(function* () {
  const log = yield* openSqlite(process.argv[2] ?? "")
  let { seq, hash } = yield* log.head
  for (;;) {
    const group: Array<Row> = []
    while (group.length < groupRows) {
      seq += 1
      const data = { text: "x".repeat(300), seq }
      const row = encode({ seq, at: seq, cause: 0, kind: "input", type: "t", subject: `SM${seq % 5_000}`, data }, hash)
      hash = row.hash
      group.push(row)
    }
    const done = log.append(group)
    if (Either.isLeft(done)) return yield* done.left
    process.stdout.write(`${seq}\n`)
    yield* Effect.yieldNow()
  }
})

await Effect.runPromise(Effect.scoped(program))
