import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { newFolder } from "./folder.ts"

/** Writes a settings file into a folder of its own and gives its path. JSON is YAML too. */
export const configFile = (settings: object | string): string => {
  const file = join(newFolder(), "config.yaml")
  writeFileSync(file, typeof settings === "string" ? settings : JSON.stringify(settings, null, 2))
  return file
}
