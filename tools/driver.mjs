// better-sqlite3's JavaScript in the program's own scripts: from its package a start looks for, reads and compiles a dozen files more.
//
// The package is taken as it is where this process loaded it already (what was preloaded may have changed it: the crash tests put their
// faults there), where another version is installed, and where its native part is not at its usual place.
import { readFileSync } from "node:fs"
import { join } from "node:path"

const native = "better-sqlite3/build/Release/better_sqlite3.node"
const seeking = "require('bindings')('better_sqlite3.node')"

const choosing = (version) => `
import own from "better-sqlite3/lib/index.js"
const loaded = Object.values(require.cache).find(({ filename }) => /[\\\\/]better-sqlite3[\\\\/]lib[\\\\/]index\\.js$/.test(filename))
const isOwn = () => {
  try {
    return require("better-sqlite3/package.json").version === ${JSON.stringify(version)} && require.resolve(${JSON.stringify(native)}) !== ""
  } catch {
    return false
  }
}
export default loaded?.exports ?? (isOwn() ? own : require("better-sqlite3"))
`

/** For esbuild: `import Database from "better-sqlite3"` in a program that is given a \`require\`. */
export const driver = (root) => {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/better-sqlite3/package.json"), "utf8"))
  return {
    name: "driver",
    setup: (build) => {
      build.onResolve({ filter: /^better-sqlite3$/ }, ({ kind }) =>
        kind === "import-statement" ? { path: "better-sqlite3", namespace: "driver" } : { external: true },
      )
      build.onResolve({ filter: /^better-sqlite3\/(?:build|package)/ }, () => ({ external: true }))
      build.onLoad({ filter: /.*/, namespace: "driver" }, () => ({ contents: choosing(version), resolveDir: root }))
      build.onLoad({ filter: /[\\/]better-sqlite3[\\/]lib[\\/]database\.js$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8")
        if (!text.includes(seeking))
          throw new Error(`better-sqlite3 ${version} does not load its native part by ${seeking}.`)
        return { contents: text.replace(seeking, `require(${JSON.stringify(native)})`) }
      })
    },
  }
}
