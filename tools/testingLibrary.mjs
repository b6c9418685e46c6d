// The library for tests, `ringback/testing`, as it lies in dist/: one implementation for `require` and `import`, so that
// there is one of everything whichever a test file and its setup use, and declarations that need no other types.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const entry = "src/testing/testing.ts"
const folder = dirname(entry)

/** What esbuild is told of the library; `shared` is what every bundle is told. */
export const testingLibrary = (shared, plugins) => ({
  ...shared,
  entryPoints: { testing: entry },
  entryNames: "[name]",
  outExtension: { ".js": ".cjs" },
  format: "cjs",
  supported: { "dynamic-import": false },
  inject: ["tools/hostGlobals.mjs"],
  banner: { js: `const __url = require("node:url").pathToFileURL(__filename).href;` },
  define: { ...shared.define, "import.meta.url": "__url" },
  plugins,
})

/** The other files of the library: what `import` finds, and the declarations. Throws an error whose message is for people. */
export const testingFiles = async (root) => {
  const names = exportedValues(readFileSync(join(root, entry), "utf8"))
  return [
    {
      name: "testing.mjs",
      bytes: `import library from "./testing.cjs"\nexport const { ${names.join(", ")} } = library\n`,
    },
    ...(await declarations(root)),
  ]
}

const exportedValues = (text) =>
  [...text.matchAll(/^export \{([^}]*)\} from/gm)].flatMap(([, names]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type ")),
  )

/** The declarations of the library's face, a file of TypeScript each; for `import` and, the same once more, for `require`. */
const declarations = async (root) => {
  const { default: ts } = await import("typescript")
  const texts = new Map()
  const open = [entry]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (texts.has(path)) continue
    if (dirname(path) !== folder || !existsSync(join(root, path)))
      throw new Error(
        `${path} would be needed by the declarations of ringback/testing, which are those of ${folder} alone`,
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
    for (const [, specifier] of outputText.matchAll(/from "(\.[^"]*)"/g))
      open.push(relative(root, join(root, dirname(path), specifier)).replaceAll("\\", "/"))
  }
  return [...texts].flatMap(([path, text]) =>
    ["mts", "cts"].map((kind) => ({
      name: declarationName(path, kind),
      bytes: text.replaceAll(/from "\.\/([^"]*)\.ts"/g, (_, name) => {
        const target = declarationName(`${folder}/${name}.ts`, kind).replace(/\.d\.(.)ts$/, ".$1js")
        return `from "./${target}"`
      }),
    })),
  )
}

/** In dist/ everything lies flat. */
const declarationName = (path, kind) => {
  const name = path.slice(folder.length + 1, -".ts".length)
  return `${path === entry ? name : `testing-${name}`}.d.${kind}`
}
