import { yieldToCallers } from "./background.ts"
import type { SnapshotOrder } from "./snapshots.ts"

/* A process of its own: writes the next snapshot of a log of a running server, and tells it of which entry, or what went wrong. */

// Before the rules are loaded, which takes a fifth of a second of a processor (docs/performance.md).
yieldToCallers()

// A server that is gone has no use for it, and the next one may be writing at the same place.
process.once("disconnect", () => process.exit())

process.once("message", async ({ file, key }: SnapshotOrder) => {
  const { writeNextSnapshot } = await import("./nextSnapshot.ts")
  process.send?.(await writeNextSnapshot(file, key), () => process.disconnect())
})
