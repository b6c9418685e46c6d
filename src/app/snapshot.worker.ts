import { parentPort, workerData } from "node:worker_threads"
import type { SnapshotKey } from "../engine/snapshot.ts"
import { yieldToCallers } from "./backgroundThread.ts"

/* Writes the next snapshot of a log of a running server. */

const { file, key } = workerData as { readonly file: string; readonly key: SnapshotKey }

// Before the rules are loaded, which takes a fifth of a second of a processor.
yieldToCallers()

const { writeNextSnapshot } = await import("./nextSnapshot.ts")
parentPort?.postMessage(await writeNextSnapshot(file, key))
