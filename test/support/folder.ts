import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { atEndOfFile } from "./endOfFile.ts"

/** A new folder of this test file's own; it is gone when the file has run. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-e2e-"))
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
