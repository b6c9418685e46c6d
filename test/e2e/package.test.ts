import { readFileSync, statSync } from "node:fs"
import { builtinModules } from "node:module"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { run, succeeds } from "../support/packed.ts"

const root = join(import.meta.dirname, "../..")
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** Everything that may lie in the package. */
const wanted = [
  /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
  /^dist\/package\.json$/,
  /^dist\/main\.js$/,
  /^dist\/(?:ringback|reading|control|verbs)-[A-Z0-9]{8}\.script$/,
  /^dist\/[a-zA-Z]+\.worker\.mjs$/,
  /^dist\/(?:chunk|[a-zA-Z]+)-[A-Z0-9]{8}\.mjs$/,
  /^dist\/(?:certificates|docsPage)\.js$/,
  /^dist\/(?:testing|client)\.[cm]js$/,
  /^dist\/(?:testing|client)(?:-[\w.-]+)?\.d\.[cm]ts$/,
  /^dist\/(?:templates|views|assets|starter)\/[\w./-]+$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
]
const packedBytesMax = 8 * 1024 * 1024

describe("The package", () => {
  let files: ReadonlyArray<{ readonly path: string; readonly size: number; readonly mode: number }> = []
  let size = 0
  beforeAll(async () => {
    const told = await succeeds(
      run("npm", ["pack", "--dry-run", "--ignore-scripts", "--json", "--loglevel=error", "--cache", newFolder()], root),
    )
    ;[{ files, size }] = JSON.parse(told.slice(told.indexOf("[\n")))
  })

  it("holds what is needed and nothing else", () => {
    const paths = files.map(({ path }) => path)
    deepStrictEqual(
      paths.filter((path) => !wanted.some((pattern) => pattern.test(path))),
      [],
    )
    for (const pattern of wanted)
      assertTrue(
        paths.some((path) => pattern.test(path)),
        String(pattern),
      )
    assertTrue(size < packedBytesMax, `${size} bytes`)
  })

  it("holds what its manifest leads to: a program, and libraries with types for both kinds of modules", () => {
    const paths = new Set(files.map(({ path }) => `./${path}`))
    const targets = (value: unknown): ReadonlyArray<string> =>
      typeof value === "string" ? [value] : Object.values(value as object).flatMap(targets)
    deepStrictEqual(
      targets(manifest.exports).filter((target) => !paths.has(target)),
      [],
    )
    for (const [name, kinds] of Object.entries(manifest.exports))
      if (name !== "./package.json")
        for (const kind of ["import", "require"] as const) {
          const { default: code, types } = (kinds as Record<string, { default: string; types: string }>)[kind] ?? {}
          assertTrue(code !== undefined && types?.includes(".d.") === true, `${name}: ${kind}`)
        }
    const bin = `./${manifest.bin.ringback}`
    assertTrue(paths.has(bin))
    strictEqual((statSync(join(root, bin)).mode & 0o111) !== 0, true)
    assertTrue(readFileSync(join(root, bin), "utf8").startsWith("#!/usr/bin/env node\n"))
  })

  it("depends on what its files load, and on nothing else", () => {
    const loaded = new Set<string>()
    for (const { path } of files.filter(({ path }) => /^dist\/[^/]+\.(?:[cm]?js|script|d\.[cm]ts)$/.test(path))) {
      const text = readFileSync(join(root, path), "utf8")
      const names = text.matchAll(
        path.endsWith("ts") || path.endsWith(".mjs")
          ? /^(?:import|export|\} from|import type) ?(?:[^"'`\n]* from )?"([^".][^"]*)"/gm
          : /(?:^|[^\w.])require\("([^".][^"]*)"\)/gm,
      )
      for (const [, name = ""] of names) {
        const [scope = "", rest] = name.split("/")
        loaded.add(scope.startsWith("@") ? `${scope}/${rest}` : scope)
      }
    }
    const packages = [...loaded].filter(
      (name) => !name.startsWith("node:") && !builtinModules.includes(name) && name !== "ringback",
    )
    const known = Object.keys(manifest.dependencies)
    deepStrictEqual(
      known.filter((name) => !packages.includes(name)),
      [],
    )
    deepStrictEqual(
      packages.filter((name) => !known.includes(name) && !optional.has(name)),
      [],
    )
  })

  it("says nothing of the machine it was made on", () => {
    for (const { path } of files) assertTrue(!readFileSync(join(root, path), "latin1").includes(root), path)
  })
})

/** Named in bundles by libraries that ask for them where they are there, and do without otherwise. */
const optional = new Set(["bufferutil", "utf-8-validate"])
