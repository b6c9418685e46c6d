// Builds dist/: the program (src/main.ts) as a few scripts, its launcher as main.js, every src/**/*.worker.ts and what is rarely
// loaded in files of their own, the libraries with their declarations, and the carrier's templates.
// Everything lies flat in dist/: `new URL("./templates/", import.meta.url)` holds in every file, and next to the
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
import { countriesLate } from "./countries.mjs"
import { driver } from "./driver.mjs"
import { libraryBundles, libraryFiles } from "./libraries.mjs"
import { licensesOf } from "./licenses.mjs"
import { builtinsOf, moduleOf, packsOf } from "./packs.mjs"
import { buildInputs, contentPrint } from "./stamps.mjs"
import { warm } from "./warm.mjs"

/** Folders that lie beside the program as they lie beside their source; files of packages that pages hand to browsers. */
const folders = {
  templates: "src/carriers/twilio/templates",
  starter: "src/app/starter",
  views: "src/dashboard/views",
  assets: "src/dashboard/assets",
}
const packaged = { assets: ["node_modules/htmx.org/dist/htmx.min.js"] }
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

/** The oldest Node that package.json allows: `>=20.12` is 20.12. */
const nodeNeeded = (root) => {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const found = /^>=(\d+\.\d+)$/.exec(engines?.node ?? "")
  if (found === null) throw new Error(`package.json: engines.node is ${engines?.node}, not >=MAJOR.MINOR.`)
  return found[1]
}

/**
 * Builds `dist/` below `root`. Same sources, same bytes, but for the cache of compiled code, which is V8's.
 *
 * `keepStale` leaves files of earlier builds for a day, so that an exchange that is running finds the parts it loads
 * on first use. Throws an error whose message is for people.
 */
export const build = async (root, { keepStale = false } = {}) => {
  if (!existsSync(join(root, "src/main.ts"))) throw new Error("src/main.ts is missing: there is nothing to build.")
  const esbuild = await import("esbuild")
  const dist = join(root, "dist")
  const shared = {
    ...common(root),
    outdir: "dist",
    minifySyntax: true,
    sourcemap: false,
    external: ["better-sqlite3"],
    define: { ...common(root).define, __RINGBACK_BUILD__: JSON.stringify(contentPrint(root, buildInputs(root))) },
    loader: { ".html": "text", ".css": "text", ".svg": "text", ".txt": "text" },
    write: false,
    metafile: true,
  }
  const outcomes = await Promise.all([
    esbuild.build(program(root, shared)).then(packed),
    esbuild.build(apart(shared)),
    esbuild.build(workerModules(root, shared)),
    ...libraryBundles(shared, [apartIsOutside]).map((library) => esbuild.build(library)),
  ])
    .catch(async (error) => {
      const lines = await esbuild.formatMessages(error.errors ?? [], { kind: "error", color: false })
      throw new Error(lines.length === 0 ? String(error.message) : lines.join("").trim())
    })
    .finally(() => esbuild.stop())

  mkdirSync(dist, { recursive: true })
  const files = outcomes.flatMap(
    ({ scripts, outputFiles }) =>
      scripts ?? outputFiles.map((file) => ({ name: basename(file.path), bytes: file.contents })),
  )
  const [{ builtins, entry, packs }] = outcomes
  const launcher = readFileSync(join(root, launcherSource), "utf8")
    .replace('"@packs@"', JSON.stringify(packs))
    .replace('"@entry@"', JSON.stringify(entry))
    .replace('"@builtins@"', JSON.stringify(builtins))
    .replace('"@node@"', JSON.stringify(nodeNeeded(root)))
  // The entry goes last: whoever reads it finds every file it names.
  files.push(
    ...(await libraryFiles(root)),
    {
      name: "THIRD-PARTY-LICENSES.txt",
      bytes: licensesOf(
        root,
        outcomes.map(({ metafile }) => metafile),
      ),
    },
    { name: "package.json", bytes: `${JSON.stringify({ type: "commonjs" })}\n` },
    { name: "main.js", bytes: launcher, mode: 0o755 },
  )
  for (const [name, from] of Object.entries(folders)) copyFolder(root, dist, name, from)
  for (const { name, bytes, mode } of files) write(join(dist, name), bytes, mode)
  sweep(dist, { made: new Set(files.map((file) => file.name)), scripts: packs.map(({ file }) => file), keepStale })
  await warm(join(dist, "main.js")).catch(tellNotWarm)
}

const launcherSource = "tools/launch.cjs"

/**
 * The program, as modules that tools/packs.mjs makes scripts of. ASCII, which V8 holds at one byte a character. What is imported
 * dynamically is evaluated when it is asked for.
 */
const program = (root, shared) => ({
  ...shared,
  external: [],
  entryPoints: { ringback: "src/main.ts" },
  splitting: true,
  charset: "ascii",
  supported: { "top-level-await": false },
  define: { ...shared.define, "import.meta.url": "__url" },
  plugins: [apartIsOutside, countriesLate, driver(root)],
})

/**
 * The packs of the program: what a server needs until its first answer, what reads a log, what a server loads later, and what only
 * other verbs load. The compiled code of each is kept by the verb that knows best what of it is needed.
 */
const plan = [
  { name: "ringback", keptBy: "serve", from: ["src/main.ts", "src/cli/serving.ts"] },
  { name: "reading", keptBy: "serve", from: ["src/log/reader.ts"] },
  {
    name: "control",
    keptBy: "serve",
    from: ["src/server/controlHandler.ts", "src/dashboard/pagesHandler.ts", "src/metrics/metricsHandler.ts"],
  },
  { name: "verbs", keptBy: "run" },
]

const packed = async (built) => {
  const scripts = await packsOf(built, plan)
  return {
    metafile: built.metafile,
    scripts: scripts.map(({ bytes, name }) => ({ bytes, name })),
    entry: moduleOf(built, "src/main.ts"),
    builtins: builtinsOf(built, scripts[0].modules),
    packs: scripts.map(({ name, modules }, i) => ({ file: name, keptBy: plan[i].keptBy, modules })),
  }
}

/** What is loaded rarely and weighs much, in files of their own: `NAME.ts` is imported dynamically and gives plain values. */
const apartFiles = ["src/proxy/certificates.ts", "src/server/docsPage.ts"]

const apart = (shared) => ({ ...shared, entryPoints: apartFiles, format: "cjs" })

const apartIsOutside = {
  name: "apart-is-outside",
  setup: (build) =>
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) =>
      kind === "dynamic-import" &&
      apartFiles.some((file) => resolve(resolveDir, path).replaceAll("\\", "/").endsWith(`/${file}`))
        ? { path: `./${basename(path, ".ts")}.js`, external: true }
        : undefined,
    ),
}

/** Workers: modules that share what they have in common. */
const workerModules = (root, shared) => ({
  ...shared,
  entryPoints: workers(root),
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  outExtension: { ".js": ".mjs" },
  splitting: true,
  banner: { js: requireBanner },
})

/** A program that is built but not warm serves all the same. */
const tellNotWarm = (error) =>
  process.stderr.write(`ringback: no compiled code was kept, so starts take longer (${error.message})\n`)

const workers = (root) =>
  readdirSync(join(root, "src"), { recursive: true })
    .map((path) => `src/${String(path).replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".worker.ts"))
    .sort()

/** A reader sees the old file or the new one, never half of one. */
const write = (path, bytes, mode = 0o644) => {
  const half = `${path}.${process.pid}.part`
  writeFileSync(half, bytes, { mode })
  chmodSync(half, mode)
  renameSync(half, path)
}

const copyFolder = (root, dist, name, from) => {
  const half = join(dist, `${name}.${process.pid}.part`)
  rmSync(half, { recursive: true, force: true })
  if (existsSync(join(root, from))) cpSync(join(root, from), half, { recursive: true })
  for (const file of packaged[name] ?? [])
    if (existsSync(join(root, file))) cpSync(join(root, file), join(half, basename(file)))
  rmSync(join(dist, name), { recursive: true, force: true })
  if (existsSync(half)) renameSync(half, join(dist, name))
}

const sweep = (dist, { made, scripts, keepStale }) => {
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    const path = join(dist, entry.name)
    // Of the same program the cache is good still.
    if (!entry.isFile() || made.has(entry.name) || scripts.some((script) => entry.name.startsWith(`${script}.`)))
      continue
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
