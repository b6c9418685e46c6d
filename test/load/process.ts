import { execFileSync } from "node:child_process"
import * as fs from "node:fs"

const mebibyte = 2 ** 20

/** Resident memory of a process in MiB; 0 when it is gone. */
export const rssMib = (pid: number): number => {
  try {
    if (process.platform === "linux") {
      const pages = Number(fs.readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1])
      return (pages * 4096) / mebibyte
    }
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024
  } catch {
    return 0
  }
}

/** Open file descriptors of a process; undefined where that cannot be seen. */
export const openFiles = (pid: number): number | undefined => {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return undefined
  }
}

/** How many files this process, and so a child of it, may have open; Node has raised that to what is allowed already. */
export const openFilesMax = (): number => {
  const report = process.report?.getReport() as unknown as
    | { readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } } }
    | undefined
  const soft = report?.userLimits?.open_files?.soft
  return typeof soft === "number" ? soft : Number.POSITIVE_INFINITY
}

/** Samples the resident memory of a process until it is stopped. */
export const watchMemory = (
  pid: number,
  everyMs = 100,
): { readonly max: () => number; readonly stop: () => number } => {
  let max = rssMib(pid)
  const timer = setInterval(() => {
    max = Math.max(max, rssMib(pid))
  }, everyMs)
  return {
    max: () => max,
    stop: () => {
      clearInterval(timer)
      return max
    },
  }
}
