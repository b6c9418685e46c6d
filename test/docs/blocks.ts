import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/* The blocks of code of the project's documents, and what their pages say of them. */

export const root = join(import.meta.dirname, "../..")

/** A block of code of a page. */
export interface Block {
  /** Of its first line of code, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  /** The name its first line gives it, as `// NAME` or `# NAME`: a file of the page's folder, or, with folders in it, of the repository. */
  readonly name: string | undefined
  /** What comments right above it say: `<!-- WORD: TEXT -->`. */
  readonly said: Readonly<Record<string, string>>
}

const fence = /^( *)```([^\n`]*)\n(.*?)^\1```$/gms
const comments = /(?:<!-- [a-z ]+:(?:(?!-->).)*-->\s*)+$/s
const nameLine = /^(?:\/\/|#) (?:file: )?([\w./-]+\.[a-z]+)\n/

/** The blocks of a page's text, in their order. */
export const blocksOf = (page: string): ReadonlyArray<Block> =>
  [...page.matchAll(fence)].map(({ 1: indent = "", 2: language = "", 3: indented = "", index }) => {
    const text = indented.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    const above = comments.exec(page.slice(0, index))?.[0] ?? ""
    const said = [...above.matchAll(/<!-- ([a-z ]+):((?:(?!-->).)*)-->/gs)].map(([, word = "", what = ""]) => [
      word,
      what.trim(),
    ])
    return {
      line: page.slice(0, index).split("\n").length + 1,
      language: language.trim(),
      text,
      name: nameLine.exec(text)?.[1],
      said: Object.fromEntries(said) as Readonly<Record<string, string>>,
    }
  })

/** Commands that a page shows without a fence, so that nothing runs them. */
export const unfenced = (page: string): ReadonlyArray<string> =>
  page.replaceAll(fence, "").match(/^(?: {4}|\t)(?:\$ |ringback |npx |npm |curl |node ).*$/gm) ?? []

/** Every document whose blocks are looked at. What lies in docs/reference is made, and holds none that could be run. */
export const documents: ReadonlyArray<string> = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "scenarios/README.md", "recordings/README.md"],
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("reference"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort(),
]

export const read = (document: string): string => readFileSync(join(root, document), "utf8")
