import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const made: Array<string> = []

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder of this test file's own; it is gone when the file has run. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-e2e-"))
  made.push(folder)
  return folder
}
