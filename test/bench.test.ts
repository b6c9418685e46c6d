import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"

const floors = join(import.meta.dirname, "../bench/floors")

/** What a file imports, static, dynamic or required. */
const importsOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["'`]([^"'`]+)["'`]/g)].map(([, found]) => found!)

describe("a floor of the bench", () => {
  const files = readdirSync(floors).filter((name) => name.endsWith(".ts"))
  it("is there", () => assertTrue(files.length >= 5))
  it.each(files)("imports node and better-sqlite3 alone, nothing of src (%s)", (name) => {
    const imports = importsOf(readFileSync(join(floors, name), "utf8"))
    assertTrue(imports.length > 0)
    deepStrictEqual(
      imports.filter((specifier) => !specifier.startsWith("node:") && specifier !== "better-sqlite3"),
      [],
    )
  })
  it("would be caught importing something else", () =>
    deepStrictEqual(importsOf('import { a } from "../../src/a.ts"\nawait import("./b.ts")\nimport "c"'), [
      "../../src/a.ts",
      "./b.ts",
      "c",
    ]))
})
