import * as os from "node:os"
import type { SnapshotOrder } from "./snapshots.ts"

/* A process of its own: writes the next snapshot of a log of a running server, and tells it of which entry, or what went wrong. */

// Folding may wait, callers may not; yet it is to come about on a machine that is busy for long, which of the lowest priority it does not.
// Before the rules are loaded, which takes a fifth of a second of a processor (docs/performance.md).
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL)

// A server that is gone has no use for it, and the next one may be writing at the same place.
process.once("disconnect", () => process.exit())

process.once("message", async ({ file, key }: SnapshotOrder) => {
  const { writeNextSnapshot } = await import("./nextSnapshot.ts")
  process.send?.(await writeNextSnapshot(file, key), () => process.disconnect())
})
