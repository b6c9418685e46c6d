// The libraries as they lie in dist/: `ringback/testing` and `ringback/client`, each for `require` and for `import`, with
// declarations that are made file by file.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

/** Above it in dist/ lies nothing of theirs; a declaration that would need a file outside its folders fails the build. */
const entries = { testing: "src/testing/testing.ts", client: "src/client/client.ts" }

/** Where declarations of a library lie: the client's types are in part those of the core, whose files have none of others. */
const folders = { testing: ["src/testing"], client: ["src/client", "src/core"] }

/** What esbuild is told of each bundle; `shared` is what every bundle is told. */
export const libraryBundles = (shared, plugins) => [
  testing(shared, plugins),
  client(shared, "esm", ".mjs"),
  client(shared, "cjs", ".cjs"),
]

/**
 * The library for tests has all it needs in itself, and one implementation for both kinds of modules, so that there is one of
 * everything whichever a test file and its setup use.
 */
const testing = (shared, plugins) => ({
  ...shared,
  entryPoints: { testing: entries.testing },
  entryNames: "[name]",
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  supported: { "dynamic-import": false },
  inject: ["tools/hostGlobals.mjs"],
  banner: { js: `const __url = require("node:url").pathToFileURL(__filename).href;` },
  define: { ...shared.define, "import.meta.url": "__url" },
  plugins,
})

/** The client leaves Effect to the application, whose effects and routes its own are part of. */
const client = (shared, format, extension) => ({
  ...shared,
  entryPoints: { client: entries.client },
  entryNames: "[name]",
  outExtension: { ".js": extension },
  format,
  external: ["effect", "@effect/platform", "libphonenumber-js"],
})

/** The other files of the libraries: what `import` of the one finds, and the declarations. Throws an error whose message is for people. */
export const libraryFiles = async (root) => {
  const names = exportedValues(readFileSync(join(root, entries.testing), "utf8"))
  const face = `import library from "./testing.cjs"\nexport const { ${names.join(", ")} } = library\n`
  const declared = await Promise.all(Object.entries(entries).map((library) => declarations(root, ...library)))
  return [{ name: "testing.mjs", bytes: face }, ...declared.flat()]
}

const exportedValues = (text) =>
  [...text.matchAll(/^export \{([^}]*)\} from/gm)].flatMap(([, names]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type ")),
  )

/** The declarations of a library's face, a file of TypeScript each; for `import` and, the same once more, for `require`. */
const declarations = async (root, library, entry) => {
  const { default: ts } = await import("typescript")
  const folder = dirname(entry)
  const texts = new Map()
  const open = [entry]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (texts.has(path)) continue
    const known = folders[library]
    if (!known.some((each) => path.startsWith(`${each}/`)) || !existsSync(join(root, path)))
      throw new Error(
        `${path} would be needed by the declarations of ringback/${library}, which are those of ${known.join(" and ")} alone`,
      )
    const { diagnostics = [], outputText } = ts.transpileDeclaration(readFileSync(join(root, path), "utf8"), {
      fileName: path,
      reportDiagnostics: true,
      compilerOptions: { isolatedDeclarations: true, stripInternal: true, target: ts.ScriptTarget.ES2022 },
    })
    if (diagnostics.length > 0)
      throw new Error(
        ts.formatDiagnostics(diagnostics, {
          getCanonicalFileName: (name) => name,
          getCurrentDirectory: () => root,
          getNewLine: () => "\n",
        }),
      )
    texts.set(path, outputText)
    for (const [, specifier] of outputText.matchAll(relativeImport)) open.push(targetOf(root, path, specifier))
  }
  const nameOf = (path, kind) => {
    const below = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path.slice("src/".length)
    const name = below.slice(0, -".ts".length).replaceAll("/", "-")
    return `${path === entry ? library : `${library}-${name}`}.d.${kind}`
  }
  return [...texts].flatMap(([path, text]) =>
    ["mts", "cts"].map((kind) => ({
      name: nameOf(path, kind),
      bytes: text.replaceAll(relativeImport, (_, specifier) => {
        const target = nameOf(targetOf(root, path, specifier), kind).replace(/\.d\.(.)ts$/, ".$1js")
        return `from "./${target}"`
      }),
    })),
  )
}

const relativeImport = /from "(\.[^"]*)"/g

const targetOf = (root, path, specifier) => relative(root, join(root, dirname(path), specifier)).replaceAll("\\", "/")
