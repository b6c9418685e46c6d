// Bundles src/main.ts and every src/**/*.worker.ts into dist/, with the carrier's templates beside them.
// Everything lies flat in dist/: `new URL("./templates/", import.meta.url)` holds in every chunk, and next to the
// source of the carrier as well.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { buildInputs, contentPrint } from "./stamps.mjs"

const templates = "src/carriers/twilio/templates"
const staleMsMax = 24 * 60 * 60 * 1000
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

/** What esbuild is told in every use: bundle, run script. */
export const common = (root) => ({
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  define: { __RINGBACK_VERSION__: JSON.stringify(versionOf(root)) },
})

/** The version that package.json states. */
export const versionOf = (root) => JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version

/**
 * Builds `dist/` below `root`. Same sources, same bytes.
 *
 * `keepStale` leaves chunks of earlier builds for a day, so that an exchange that is running finds the parts it loads
 * on first use. Throws an error whose message is for people.
 */
export const build = async (root, { keepStale = false } = {}) => {
  if (!existsSync(join(root, "src/main.ts"))) throw new Error("src/main.ts is missing: there is nothing to build.")
  const esbuild = await import("esbuild")
  const dist = join(root, "dist")
  const outcome = await esbuild
    .build({
      ...common(root),
      entryPoints: ["src/main.ts", ...workers(root)],
      entryNames: "[name]",
      chunkNames: "[name]-[hash]",
      assetNames: "[name]-[hash]",
      outdir: "dist",
      splitting: true,
      minifySyntax: true,
      sourcemap: false,
      banner: { js: requireBanner },
      external: ["better-sqlite3"],
      define: { ...common(root).define, __RINGBACK_BUILD__: JSON.stringify(contentPrint(root, buildInputs(root))) },
      loader: { ".html": "text", ".css": "text", ".svg": "text", ".txt": "text" },
      write: false,
    })
    .catch(async (error) => {
      const lines = await esbuild.formatMessages(error.errors ?? [], { kind: "error", color: false })
      throw new Error(lines.length === 0 ? String(error.message) : lines.join("").trim())
    })
    .finally(() => esbuild.stop())

  mkdirSync(dist, { recursive: true })
  const files = outcome.outputFiles.map((file) => ({ name: basename(file.path), bytes: file.contents }))
  // The entry goes last: whoever reads it finds every chunk it names.
  for (const { name, bytes } of files.filter((file) => file.name !== "main.js")) write(join(dist, name), bytes)
  copyTemplates(root, dist)
  const main = files.find((file) => file.name === "main.js")
  write(join(dist, "main.js"), Buffer.concat([Buffer.from("#!/usr/bin/env node\n"), withoutShebang(main.bytes)]), 0o755)
  sweep(dist, new Set(files.map((file) => file.name)), keepStale)
}

const workers = (root) =>
  readdirSync(join(root, "src"), { recursive: true })
    .map((path) => `src/${String(path).replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".worker.ts"))
    .sort()

const withoutShebang = (bytes) => {
  const text = Buffer.from(bytes)
  return text.subarray(0, 2).toString() === "#!" ? text.subarray(text.indexOf("\n") + 1) : text
}

/** A reader sees the old file or the new one, never half of one. */
const write = (path, bytes, mode = 0o644) => {
  const half = `${path}.${process.pid}.part`
  writeFileSync(half, bytes, { mode })
  chmodSync(half, mode)
  renameSync(half, path)
}

const copyTemplates = (root, dist) => {
  const half = join(dist, `templates.${process.pid}.part`)
  const from = join(root, templates)
  rmSync(half, { recursive: true, force: true })
  if (existsSync(from)) cpSync(from, half, { recursive: true })
  rmSync(join(dist, "templates"), { recursive: true, force: true })
  if (existsSync(half)) renameSync(half, join(dist, "templates"))
}

const sweep = (dist, made, keepStale) => {
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const path = join(dist, entry.name)
    if (!entry.isFile() || made.has(entry.name)) continue
    if (!keepStale || Date.now() - statSync(path).mtimeMs > staleMsMax) rmSync(path, { force: true })
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(fileURLToPath(import.meta.url), "../..")
  await build(root).catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
