import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../../test/support/folder.ts"
import { chainOf } from "../../log/eventLog.contract.ts"
import { openSqlite } from "../../log/layerSqlite.ts"
import { lockFileOf } from "../../log/lock.ts"
import { logCheck } from "./log.ts"

/** A log of three entries, made otherwise perhaps, or held, and what is told of it. */
const looked = (before: (file: string) => void, opened = false) =>
  Effect.gen(function* () {
    const file = join(newFolder(), "run.db")
    yield* Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.append(chainOf(3))))
    before(file)
    if (opened) yield* openSqlite(file)
    return { file, finding: yield* logCheck(file).look }
  })

describe("what the doctor tells of a log", () => {
  it.scoped("is that it ends well, and whether a server is writing it", () =>
    Effect.gen(function* () {
      for (const [opened, held] of [
        [false, ""],
        [true, "; a server is writing it"],
      ] as const) {
        const { file, finding } = yield* looked(() => {}, opened)
        deepStrictEqual(finding, { state: "ok", found: `${file}: 3 entries, the last 3 match their hashes${held}` })
      }
    }),
  )

  it.scoped("is that its lock cannot be taken, where that is something else", () =>
    Effect.gen(function* () {
      const broken = (file: string) => {
        fs.rmSync(lockFileOf(file))
        fs.mkdirSync(lockFileOf(file))
      }
      const { file, finding } = yield* looked(broken)
      strictEqual(finding.state, "fail")
      assertInclude(finding.found, `cannot open ${file}`)
    }),
  )
})
