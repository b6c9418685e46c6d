import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { documents as allButReference } from "./docs/blocks.ts"

/* What documents say of each other and of the program's surface: what two changes can break that fit one by one. */

const root = join(import.meta.dirname, "..")
const read = (path: string): string => readFileSync(join(root, path), "utf8")
const names = (folder: string): ReadonlyArray<string> => readdirSync(join(root, folder)).sort()
const readme = read("README.md")
const twice = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.filter((text, index) => texts.indexOf(text) < index)

const pages = names("docs").filter((name) => name.endsWith(".md") && name !== "README.md")
const reference = names("docs/reference").map((name) => `reference/${name}`)
const decisions = names("docs/decisions").filter((name) => /^\d/.test(name))
const documents = [...allButReference, ...reference.map((name) => `docs/${name}`)]

/** The verbs of the command line, and what `ringback` is called with where it begins a line of a block or a text in code. */
const verbs = [...read("src/cli/commandLine.ts").matchAll(/^ {2}(\w+): async \(\) =>/gm)].map(([, verb = ""]) => verb)
const calledWith = (path: string): ReadonlyArray<string> =>
  [...read(path).matchAll(/(?:^ *|`)(?:\$ )?(?:npx )?ringback ([\w-][^\s`]*)/gm)].map(([, word = ""]) => word)

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

describe("commands in documents", () => {
  it("call ringback with verbs that there are", () => {
    assertTrue(documents.flatMap(calledWith).length > 80, "hardly any commands are found")
    const unknown = (path: string) =>
      calledWith(path)
        .filter((word) => !verbs.includes(word))
        .map((word) => `${path}: ringback ${word}`)
    deepStrictEqual(documents.flatMap(unknown), [])
  })

  it("give `npm start --`, which serves, nothing but flags", () => {
    const given = documents.flatMap((path) =>
      [...read(path).matchAll(/npm start -- (\S+)/g)].map(([, word = ""]) => word),
    )
    assertTrue(given.length > 0)
    deepStrictEqual(
      given.filter((word) => !/^--[a-z]/.test(word)),
      [],
    )
  })

  it("run scripts that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> }
    const run = documents.flatMap((path) => [...read(path).matchAll(/npm run ([a-z]+)/g)].map(([, name = ""]) => name))
    assertTrue(run.length > 20, `only ${run.length} are found`)
    deepStrictEqual(
      run.filter((name) => !(name in scripts)),
      [],
    )
  })
})

describe("README.md", () => {
  it("names every verb of the command line", () => {
    assertTrue(verbs.length > 15, `only ${verbs.length} verbs are found in the source`)
    const named = (verb: string) =>
      calledWith("README.md").includes(verb) ||
      readme.includes(`\`${verb}\``) ||
      (verb === "serve" && readme.includes("npm start"))
    deepStrictEqual(
      verbs.filter((verb) => !named(verb)),
      [],
    )
  })
})

describe("docs/README.md", () => {
  it("leads to every page", () =>
    deepStrictEqual(
      [...pages, ...reference].filter((name) => !read("docs/README.md").includes(`(${name})`)),
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
