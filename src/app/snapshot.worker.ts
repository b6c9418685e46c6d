import * as os from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import type { SnapshotKey } from "../engine/snapshot.ts"

/* Writes the next snapshot of a log of a running server. */

const { file, key } = workerData as { readonly file: string; readonly key: SnapshotKey }

// On Linux this is this thread's priority alone, elsewhere it would be the server's: folding may wait, callers may not. Before the rules
// are loaded, which takes a fifth of a second of a processor (docs/performance.md).
if (process.platform === "linux") os.setPriority(os.constants.priority.PRIORITY_LOW)

const { writeNextSnapshot } = await import("./nextSnapshot.ts")
parentPort?.postMessage(await writeNextSnapshot(file, key))
