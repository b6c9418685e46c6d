import * as fs from "node:fs"
import * as path from "node:path"
import { fileFailure } from "../core/fileFailure.ts"
import { makeFolders } from "../log/folders.ts"
import { isTrace } from "./trace.ts"

/* Traces as files. Only a trace is ever replaced or removed: a path may be mistyped. */

/** Writes beside the file and then puts it there. Throws an error for people when the file is something else, or cannot be written. */
export const writeTrace = (file: string, html: string): void => {
  try {
    if (fs.existsSync(file) && !isTrace(beginningOf(file)))
      throw new NoTrace(`${file} exists and is no trace; name another file`)
    makeFolders(path.dirname(path.resolve(file)))
    try {
      fs.writeFileSync(`${file}.part`, html)
      fs.renameSync(`${file}.part`, file)
    } finally {
      fs.rmSync(`${file}.part`, { force: true })
    }
  } catch (cause) {
    throw new Error(cause instanceof NoTrace ? cause.message : fileFailure({ doing: "written", file }, cause))
  }
}

class NoTrace extends Error {}

/** Removes an older trace, where there is one. Throws the file system's error. */
export const removeTrace = (file: string): void => {
  if (fs.existsSync(file) && isTrace(beginningOf(file))) fs.rmSync(file)
}

/** Bytes that tell what a file is. */
const beginningBytes = 1_000

const beginningOf = (file: string): string => {
  const fd = fs.openSync(file, "r")
  try {
    const bytes = Buffer.alloc(beginningBytes)
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, beginningBytes, 0)).toString()
  } finally {
    fs.closeSync(fd)
  }
}
