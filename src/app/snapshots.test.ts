import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { limits } from "../core/limits.ts"
import { isSnapshotDue } from "./snapshots.ts"

const enough = limits.snapshotEntriesMin

describe("a snapshot", () => {
  it("is due where nothing is going on once enough has come after the last", () => {
    strictEqual(isSnapshotDue(enough - 1, 0, true), false)
    strictEqual(isSnapshotDue(enough, 0, true), true)
    strictEqual(isSnapshotDue(2 * enough - 1, enough, true), false)
  })

  it("waits for a quiet moment until twice as much has come", () => {
    strictEqual(isSnapshotDue(2 * enough - 1, 0, false), false)
    strictEqual(isSnapshotDue(2 * enough, 0, false), true)
  })

  it("of a large log is due after a share of it", () => {
    const seq = limits.snapshotShare * 2 * enough
    strictEqual(isSnapshotDue(seq, seq - 2 * enough + 1, true), false)
    strictEqual(isSnapshotDue(seq, seq - 2 * enough, true), true)
    strictEqual(isSnapshotDue(seq, seq - 4 * enough + 1, false), false)
  })
})
