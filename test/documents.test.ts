import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"

/* What documents say of each other and of the program's surface: what two changes can break that fit one by one. */

const root = join(import.meta.dirname, "..")
const read = (path: string): string => readFileSync(join(root, path), "utf8")
const names = (folder: string): ReadonlyArray<string> => readdirSync(join(root, folder)).sort()
const readme = read("README.md")
const twice = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.filter((text, index) => texts.indexOf(text) < index)

const pages = names("docs").filter((name) => name.endsWith(".md"))
const decisions = names("docs/decisions").filter((name) => /^\d/.test(name))
const documents = [
  "README.md",
  "scenarios/README.md",
  ...pages.map((name) => `docs/${name}`),
  ...names("docs/decisions").map((name) => `docs/decisions/${name}`),
]

/** The anchor that a heading gets on a forge. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-")

const anchors = (path: string): ReadonlyArray<string> =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchor(heading))

/** Links of a document that lead nowhere in the repository. */
const broken = (path: string): ReadonlyArray<string> =>
  [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    .filter(([, to = "", heading]) => {
      const target = to === "" ? path : join(dirname(path), to)
      return !existsSync(join(root, target)) || (heading !== undefined && !anchors(target).includes(heading))
    })
    .map(([link]) => `${path}: ${link}`)

describe("documents", () => {
  it("lead to files and headings that there are", () => deepStrictEqual(documents.flatMap(broken), []))
})

describe("README.md", () => {
  it("names every verb of the command line", () => {
    const verbs = [...read("src/cli/commandLine.ts").matchAll(/^ {2}(\w+): async \(\) =>/gm)].map(
      ([, verb = ""]) => verb,
    )
    assertTrue(verbs.length > 15, `only ${verbs.length} verbs are found in the source`)
    const named = (verb: string) =>
      new RegExp(`ringback ${verb}\\b|\`${verb}\``).test(readme) || (verb === "serve" && readme.includes("npm start"))
    deepStrictEqual(
      verbs.filter((verb) => !named(verb)),
      [],
    )
  })

  it("names every page of docs/", () =>
    deepStrictEqual(
      pages.filter((name) => !readme.includes(`(docs/${name})`)),
      [],
    ))
})

describe("docs/dashboard.md", () => {
  it("names every page", () => {
    const paths = [...read("src/dashboard/pagesHandler.ts").matchAll(/^ {2}\["(\/ui\/[a-z]+)"/gm)].map(
      ([, path = ""]) => path,
    )
    assertTrue(paths.length > 5, `only ${paths.length} paths of pages are found in the source`)
    const page = read("docs/dashboard.md")
    deepStrictEqual(
      paths.filter((path) => !page.includes(`\`${path}`)),
      [],
    )
  })
})

describe("docs/decisions", () => {
  it("have a number of their own, which the title tells, and are listed in its order", () => {
    deepStrictEqual(twice(decisions.map((name) => name.slice(0, 4))), [])
    const rows = decisions.map((name) => {
      const [, number = "", title = ""] = /^# (\d+)\. (.+)\n/.exec(read(`docs/decisions/${name}`)) ?? []
      deepStrictEqual(number.padStart(4, "0"), name.slice(0, 4), name)
      return `| ${number} | [${title}](${name}) |`
    })
    deepStrictEqual(read("docs/decisions/README.md").match(/^\| \d.*$/gm), rows)
  })
})

describe("docs/words.md", () => {
  it("has each word once", () => {
    const rows = [...read("docs/words.md").matchAll(/^\| ([^|]+) \|/gm)].map(([, words = ""]) => words)
    assertTrue(rows.length > 50, `only ${rows.length} rows are found`)
    // What stands in brackets tells a word from another, and is part of it.
    deepStrictEqual(twice(rows.flatMap((words) => words.split(", "))), [])
  })
})

describe("CHANGELOG.md", () => {
  it("says nothing twice", () => deepStrictEqual(twice(read("CHANGELOG.md").match(/^\s*\S.*$/gm) ?? []), []))
})
