import * as os from "node:os"

/**
 * Nice value of work that nobody waits for: under full load a third of what the callers' thread gets. With the lowest priority a machine
 * that is never idle would never get a snapshot (docs/decisions/0020-snapshots-by-a-process.md).
 */
const nice = 5

/**
 * Puts this thread behind those that callers wait for. On Linux the priority is the thread's alone; elsewhere it would be that of the
 * whole process, and stays what it is.
 */
export const yieldToCallers = (): void => {
  if (process.platform === "linux") os.setPriority(nice)
}
