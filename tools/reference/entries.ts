import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { rules } from "../../src/app/rules.ts"
import { RowShape } from "../../src/core/Entry.ts"
import { limits } from "../../src/core/limits.ts"
import { headerLine, lineBytesMax } from "../../src/log/recordingLines.ts"
import { code, page, table } from "./markdown.ts"
import { type Row, rowsOf } from "./shape.ts"

/* The page of entries: their fields from the Schemas, what they mean from the comments above them in the source. */

const root = join(fileURLToPath(new URL(".", import.meta.url)), "../..")

/** What the source says of a type of entry: of itself, and of its fields by their names. */
interface Said {
  readonly itself: string
  readonly fields: ReadonlyMap<string, string>
  readonly room: string
}

export const entriesPage = (): string => {
  const said = saidInSource()
  const summary = summaries()
  const types = [...rules.entryTypes].sort((a, b) => (a.type < b.type ? -1 : 1))
  return page(
    "Entries and recordings",
    "Every type of entry and its data. Names and fields are a stored format: an optional field may come at any time, anything else comes with an upcast. `[]` stands for the items of a list, `*` for keys that are free. What entries are: [how Ringback works](../how-it-works.md).",
    "## An entry",
    table(
      ["field", "is", ""],
      rowsOf(RowShape).map((row) => [code(row.path), row.is, entryFields[row.path] ?? ""]),
    ),
    "## A recording",
    [
      "Lines of JSON, keys sorted and without spaces, each ended by a line feed. The first line says what it is:",
      "",
      "```json",
      headerLine,
      "```",
      "",
      `Then one entry a line, with the fields above. A line has at most ${lineBytesMax} bytes, an entry ${limits.entryBytesMax} without its hash.`,
      "The hash of an entry is SHA-256 of the hash before it (64 zeros before the first) and the line without its `hash`. The last hash is the digest of the run.",
    ].join("\n"),
    "## Types",
    ...types.flatMap(({ schema, type }) => {
      const own = said.get(type)
      return [
        `### ${type}`,
        own?.itself || summary.get(type) || "",
        table(
          ["field", "is", ""],
          rowsOf(schema).map((row) => fieldRow(row, own)),
        ) || "It has no data.",
      ]
    }),
  )
}

const entryFields: Readonly<Record<string, string>> = {
  seq: "its place in the log: 1, 2, 3 …",
  at: "virtual ms since the Unix epoch; never decreases",
  cause: "the seq of the entry it follows from; 0 for none",
  kind: "a fact from outside, or what the rules made of it",
  subject: "the SID or id it is about, or empty",
  hash: "64 hex digits",
}

const fieldRow = ({ is, path, required, says }: Row, own: Said | undefined): ReadonlyArray<string> => [
  code(path),
  `${is}${required ? "" : "; optional"}`,
  own?.fields.get(path.replaceAll("[]", "").split(".").at(-1) ?? "") ?? says,
]

/** What docs/how-it-works.md says of groups of types in a line. */
const summaries = (): ReadonlyMap<string, string> => {
  const text = readFileSync(join(root, "docs/how-it-works.md"), "utf8")
  return new Map(
    [...text.matchAll(/^\| (`[a-z-]+\.[a-z-]+`.*?) \| [^|]* \| (.*) \|$/gm)].flatMap(([, types = "", says = ""]) =>
      [...types.matchAll(/`([^`]+)`/g)].map(
        ([, type = ""]) => [type, `${says[0]?.toUpperCase()}${says.slice(1)}.`] as const,
      ),
    ),
  )
}

const saidInSource = (): ReadonlyMap<string, Said> => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts") && !/\.test\.ts$/.test(name))
    .sort()
  return new Map(files.flatMap((name) => saidIn(name)))
}

const saidIn = (name: string): ReadonlyArray<readonly [string, Said]> => {
  const text = readFileSync(join(root, "src", name), "utf8")
  if (!text.includes("entryType(")) return []
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) =>
    statement.declarationList.declarations.flatMap(({ initializer }) => {
      if (initializer === undefined || !ts.isCallExpression(initializer)) return []
      const [type, schema] = initializer.arguments
      if (initializer.expression.getText() !== "entryType" || type === undefined || !ts.isStringLiteral(type)) return []
      const fields = new Map<string, string>()
      if (schema !== undefined) collect(schema, text, fields)
      return [[type.text, { itself: above(statement, text), fields, room: name.split("/")[0] ?? "" }] as const]
    }),
  )
}

const collect = (node: ts.Node, text: string, fields: Map<string, string>): void => {
  if (ts.isPropertyAssignment(node)) {
    const comment = above(node, text)
    if (comment !== "") fields.set(node.name.getText().replaceAll('"', ""), comment)
  }
  ts.forEachChild(node, (child) => collect(child, text, fields))
}

/** The comment `/** … *\/` right above a node, in one paragraph. */
const above = (node: ts.Node, text: string): string => {
  const range = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1)
  const comment = range === undefined ? "" : text.slice(range.pos, range.end)
  if (!comment.startsWith("/**")) return ""
  return comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "$1")
    .trim()
}
