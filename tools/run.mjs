// Runs a TypeScript file: `node tools/run.mjs FILE.ts [args]`. Packages are not bundled; `import.meta.url` is the
// source's own place, so that files beside it are found.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { root, setUp } from "./setup.mjs"

const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write("usage: node tools/run.mjs FILE.ts [args]\n")
  process.exit(2)
}
await setUp({ dist: false })
const { common } = await import("./build.mjs")
const esbuild = await import("esbuild")
const entry = resolve(file)
const cache = join(root, "node_modules/.cache/ringback/run")

const ownPlace = {
  name: "own-place",
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8")
      const url = JSON.stringify(pathToFileURL(path).href)
      return { contents: text.replaceAll("import.meta.url", url), loader: "ts" }
    }),
}

const bundled = await esbuild
  .build({ ...common(root), entryPoints: [entry], packages: "external", plugins: [ownPlace], write: false })
  .catch(async (error) => {
    const lines = await esbuild.formatMessages(error.errors ?? [], { kind: "error", color: false })
    process.stderr.write(`${lines.join("") || error.message}\n`)
    process.exit(1)
  })
await esbuild.stop()

mkdirSync(cache, { recursive: true })
const made = join(cache, `${relative(root, entry).replaceAll(/[^\w.]+/g, "-")}.mjs`)
writeFileSync(`${made}.${process.pid}`, bundled.outputFiles[0].contents)
renameSync(`${made}.${process.pid}`, made)
process.argv = [process.argv[0], entry, ...args]
await import(pathToFileURL(made).href)
