import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertMatch, deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../test/support/folder.ts"
import { simulate } from "../../test/support/simulate.ts"
import { snapshotFileOf } from "../engine/snapshot.ts"
import { openSqlite } from "../log/layerSqlite.ts"
import { writeNextSnapshot } from "./nextSnapshot.ts"
import { buildHash } from "./version.ts"

const key = { rules: buildHash as string, flags: [] }

describe("the next snapshot of a log", () => {
  it.scoped("is of its newest entry, or it is told in one line why there is none", () =>
    Effect.gen(function* () {
      const file = join(newFolder(), "run.db")
      const { run, send, settled } = yield* simulate({ log: yield* openSqlite(file) })
      yield* send({ To: "+15551234567" })
      yield* settled
      const write = (rules = key) => Effect.promise(() => writeNextSnapshot(file, rules))
      deepStrictEqual(yield* write({ ...key, rules: "others" }), { why: "another build has taken this one's place" })
      deepStrictEqual(yield* write(), { seq: run.engine.head.seq })
      fs.rmSync(snapshotFileOf(file))
      fs.mkdirSync(snapshotFileOf(file))
      const told = yield* write()
      assertMatch("why" in told ? told.why : "", /^EISDIR: [^\n]*$/)
    }),
  )
})
