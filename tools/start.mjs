// `npm start -- <flags>` is `ringback serve <flags>` on a clone where nothing was set up yet.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root, setUp } from "./setup.mjs"

await setUp()
const main = join(root, "dist/main.js")
process.argv = [process.argv[0], main, "serve", ...process.argv.slice(2)]
await import(pathToFileURL(main).href)
