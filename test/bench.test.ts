import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { measured, ordered } from "../bench/support/benches.ts"
import type { Figure } from "../bench/support/rounds.ts"
import { table } from "../bench/support/table.ts"

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

describe("what the bench is asked for", () => {
  const asked = (...args: ReadonlyArray<string>) => ordered(args, ["a", "b"], ["million"])
  const nothing = { quick: false, cpu: false, json: false }

  it("is the short figures unless all, or some by name", () => {
    deepStrictEqual(asked(), { ...nothing, names: ["a", "b"] })
    deepStrictEqual(asked("--all", "--cpu"), { ...nothing, cpu: true, names: ["a", "b", "million"] })
    deepStrictEqual(asked("--quick", "--only", "million,a", "--json"), {
      ...nothing,
      quick: true,
      json: true,
      names: ["million", "a"],
    })
  })
  it("is refused where it makes no sense", () => {
    for (const args of [["--only"], ["--only", "c"], ["--only", "a", "--all"], ["--fast"], ["a"]])
      strictEqual(String(asked(...args)).startsWith("usage: npm run bench"), true)
  })
})

describe("figures of a bench", () => {
  const found: Figure = { name: "one", unit: "/s", ours: 2, floor: 4, ratio: [0.5, 0.4, 0.6], reach: "", reached: true }
  const order = { names: ["a", "b"], quick: true, cpu: false, json: false }

  it("are shown also when a later one throws, and nothing is when the first one does", async () => {
    const shown: Array<ReadonlyArray<Figure>> = []
    const broken = () => Promise.reject(new Error("the floor did other work"))
    const good = () => Promise.resolve([found])
    const run = (a: typeof good, b: typeof good) =>
      measured(
        new Map([
          ["a", a],
          ["b", b],
        ]),
        order,
        () => {},
        (figures) => shown.push([...figures]),
      ).catch(({ message }: Error) => message)
    strictEqual(await run(good, broken), "the floor did other work")
    deepStrictEqual(shown, [[found]])
    strictEqual(await run(broken, good), "the floor did other work")
    deepStrictEqual(shown, [[found]])
    deepStrictEqual(await run(good, good), [found, found])
  })
  it("show process times where they are asked for and known", () => {
    const cells = (line: string | undefined) => line?.split(/ {2,}/)
    const timed = { ...found, cpuUs: [12.34, 5] as const }
    const [head, first, second] = table([timed, found], { cpu: true }).split("\n")
    deepStrictEqual(cells(head)?.slice(-2), ["process time", "floor's"])
    deepStrictEqual(cells(first)?.slice(-2), ["12 µs", "5.00 µs"])
    deepStrictEqual(cells(second?.trimEnd())?.slice(-2), ["–", "–"])
    strictEqual(table([timed]).includes("process time"), false)
  })
})
