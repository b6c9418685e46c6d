import * as fs from "node:fs"
import * as path from "node:path"

/**
 * Makes a folder and those above it; throws the file system's error.
 *
 * Not `mkdirSync` with `recursive`: where a file system answers ENOENT for what it will not make (`/proc`), Node 20 tries for ever.
 */
export const makeFolders = (folder: string): void => {
  const above = path.dirname(folder)
  if (above !== folder && !fs.existsSync(above)) makeFolders(above)
  try {
    fs.mkdirSync(folder)
  } catch (cause) {
    if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw cause
  }
}
