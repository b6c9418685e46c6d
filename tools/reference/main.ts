import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { referencePages } from "./pages.ts"

/* npm run reference: writes docs/reference. */

const folder = join(fileURLToPath(new URL(".", import.meta.url)), "../../docs/reference")
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(await referencePages())) {
  writeFileSync(join(folder, name), text)
  process.stdout.write(`docs/reference/${name}  ${text.split("\n").length} lines\n`)
}
