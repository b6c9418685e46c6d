import * as CliConfig from "@effect/cli/CliConfig"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import * as HashMap from "effect/HashMap"
import { verbs } from "../../src/cli/commandLine.ts"
import { code, page, table } from "./markdown.ts"

/* The page of the command line: what `--help` says, of every verb. */

/** What the library says of every value, which the column of values says already. */
const idle = [
  /^A user-defined piece of text\.$/,
  /^An? (?:integer|true or false|user-defined)\b.*$/,
  /^This setting is optional\.$/,
]

interface Section {
  readonly header: string
  readonly paragraphs: Array<string>
  readonly terms: Array<readonly [term: string, text: string]>
}

export const commandsPage = async (): Promise<string> => {
  const all = await Promise.all(
    Object.entries(verbs).map(async ([name, load]) => {
      const { descriptor } = (await load()) as unknown as { readonly descriptor: Descriptor.Command<unknown> }
      return described(`ringback ${name}`, descriptor)
    }),
  )
  return page(
    "Commands",
    "Called as `npx ringback`, then a verb; with `--help` behind it each says the same. Exit codes: 0 fine, 1 the thing checked does not hold, 2 wrong use.",
    ...all.flat(),
  )
}

const described = (name: string, descriptor: Descriptor.Command<unknown>): ReadonlyArray<string> => {
  const sections = sectionsOf(Descriptor.getHelp(descriptor, CliConfig.make({ showBuiltIns: false })))
  const inner = [...HashMap.toEntries(Descriptor.getSubcommands(descriptor))]
    .filter(([sub]) => !name.endsWith(` ${sub}`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `## ${name}`,
    ...sections.filter(({ header }) => header === "DESCRIPTION").map(({ paragraphs }) => paragraphs.join(" ")),
    ...sections
      .filter(({ header }) => header === "ARGUMENTS" || header === "OPTIONS")
      .map(({ terms }) =>
        table(
          ["", ""],
          terms.map(([term, text]) => [code(term), text]),
        ),
      ),
    ...inner.flatMap(([sub, each]) => described(`${name} ${sub}`, each as Descriptor.Command<unknown>)),
  ]
}

/** The help's parts under their headers. */
const sectionsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<Section> => {
  const sections: Array<Section> = []
  const walk = (each: HelpDoc.HelpDoc): void => {
    const last = sections.at(-1)
    if (each._tag === "Sequence") {
      walk(each.left)
      walk(each.right)
    } else if (each._tag === "Header") sections.push({ header: plain(each.value), paragraphs: [], terms: [] })
    else if (each._tag === "Paragraph") last?.paragraphs.push(plain(each.value))
    else if (each._tag === "DescriptionList")
      last?.terms.push(...each.definitions.map(([term, text]) => [plain(term), said(text)] as const))
  }
  walk(doc)
  return sections
}

const said = (doc: HelpDoc.HelpDoc): string => {
  if (doc._tag === "Sequence") return [said(doc.left), said(doc.right)].filter((text) => text !== "").join(" ")
  if (doc._tag !== "Paragraph") return ""
  const text = plain(doc.value)
  return idle.some((pattern) => pattern.test(text)) ? "" : ended(text)
}

const ended = (text: string): string => (/[.:!?]$/.test(text) ? text : `${text}.`)

const plain = (span: Span.Span): string => {
  if (span._tag === "Sequence") return `${plain(span.left)}${plain(span.right)}`
  return typeof span.value === "string" ? span.value : plain(span.value)
}
