import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { scan, tell } from "../architecture/scan.ts"
import { newFolder } from "../support/folder.ts"
import { run, succeeds } from "../support/packed.ts"
import { blocksOf, read, root } from "./blocks.ts"

/* docs/adding-a-carrier.md: its carrier is added to a copy of the repository, as the page says. */

const blocks = blocksOf(read("docs/adding-a-carrier.md"))
const files = blocks.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text] as const]))
const edits = blocks.flatMap(({ said, text }) => (said.into === undefined ? [] : [[said.into, text] as const]))

/** A list with a further import at its top and a further item at its end. */
const edited = (text: string, edit: string): string => {
  const [imported = "", item = ""] = edit.split("\n\n")
  const end = Math.max(text.lastIndexOf("\n  ]"), text.lastIndexOf("\n]"))
  return `${imported}\n${text.slice(0, end + 1)}${item}${text.slice(end + 1)}`
}

/** What the page needs of the repository, with the page's carrier in it. */
const copy = (): string => {
  const folder = newFolder()
  for (const path of ["src", "tools", "test/support", "package.json", "vitest.config.ts", "tsconfig.json"])
    cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const [name, text] of edits)
    writeFileSync(join(folder, name), edited(readFileSync(join(folder, name), "utf8"), text))
  return folder
}

const sources = (folder: string) =>
  readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({
      path: `src/${name.replaceAll("\\", "/")}`,
      text: readFileSync(join(folder, "src", name), "utf8"),
    }))

describe("docs/adding-a-carrier.md", () => {
  it("adds a carrier whose tests pass and that keeps the rules of architecture", async () => {
    deepStrictEqual([files.length, edits.length], [3, 2])
    const folder = copy()
    const vitest = join(root, "node_modules/vitest/vitest.mjs")
    const output = await succeeds(run(process.execPath, [vitest, "run", "src/carriers/acme", "src/app/rules"], folder))
    assertTrue(/4 passed/.test(output), output)
    const breaches = scan(sources(folder)).filter(({ path }) => path.startsWith("src/carriers/acme/"))
    deepStrictEqual(breaches.map(tell), [])
  })
})
