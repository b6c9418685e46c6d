import * as CliConfig from "@effect/cli/CliConfig"
import * as Descriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import * as HashMap from "effect/HashMap"

/* Verbs with their options and arguments as plain data, out of what `--help` says of them. */

/** A verb; `words` are those that lead to it: `["traffic", "import"]`. */
export interface DescribedVerb {
  readonly words: ReadonlyArray<string>
  readonly about: string
  readonly args: ReadonlyArray<Term>
  readonly options: ReadonlyArray<Term>
  readonly verbs: ReadonlyArray<DescribedVerb>
}

/** An option or an argument. */
export interface Term {
  /** As the help shows it: `--from har | vcr`, `<LOG>`, `--set text...`. */
  readonly shown: string
  /** `--from`, `LOG`. */
  readonly name: string
  /** What its value is called (`FILE`, `text`); undefined of an option that has none. */
  readonly value: string | undefined
  /** All values it may have, where these are a closed list. */
  readonly choices: ReadonlyArray<string>
  readonly repeated: boolean
  readonly about: string
}

/** What the library says by itself, which the way a term is shown says already. */
const idle = [
  /^A user-defined piece of text\.$/,
  /^An? (?:integer|true or false|user-defined|floating point)\b.*$/,
  /^This (?:setting is optional|(?:option|argument) may be repeated .*)\.$/,
]
const choicesSaid = /^One of the following: (.*)$/

/** Describes a verb and those below it. */
export const describedVerb = (
  words: ReadonlyArray<string>,
  { descriptor }: { readonly descriptor: Descriptor.Command<unknown> },
): DescribedVerb => {
  const sections = sectionsOf(Descriptor.getHelp(descriptor, CliConfig.make({ showBuiltIns: false })))
  const terms = (wanted: string) => sections.flatMap(({ header, terms }) => (header === wanted ? terms : []))
  // A verb without others below it is told as the only one below itself.
  const below = [...HashMap.toEntries(Descriptor.getSubcommands(descriptor))]
    .filter(([name]) => name !== words.at(-1))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    words,
    about: sections.flatMap(({ header, paragraphs }) => (header === "DESCRIPTION" ? paragraphs : [])).join(" "),
    args: terms("ARGUMENTS"),
    options: terms("OPTIONS"),
    verbs: below.map(([name, descriptor]) => describedVerb([...words, name], { descriptor })),
  }
}

interface Section {
  readonly header: string
  readonly paragraphs: Array<string>
  readonly terms: Array<Term>
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
      last?.terms.push(...each.definitions.map(([term, text]) => termOf(plain(term), paragraphsOf(text))))
  }
  walk(doc)
  return sections
}

const termOf = (shown: string, paragraphs: ReadonlyArray<string>): Term => {
  const [, arg, option = "", value] = /^(?:<(.*)>|(--\S+?)(?: (.*?))?)(?:\.\.\.)?$/.exec(shown) ?? []
  const choices = paragraphs.flatMap((text) => choicesSaid.exec(text)?.[1]?.split(", ") ?? [])
  return {
    shown,
    name: arg ?? option,
    value: arg ?? value,
    choices,
    repeated: shown.endsWith("..."),
    about: paragraphs
      .filter((text) => !choicesSaid.test(text))
      .map(ended)
      .join(" "),
  }
}

const paragraphsOf = (doc: HelpDoc.HelpDoc): ReadonlyArray<string> => {
  if (doc._tag === "Sequence") return [...paragraphsOf(doc.left), ...paragraphsOf(doc.right)]
  if (doc._tag !== "Paragraph") return []
  const text = plain(doc.value)
  return text === "" || idle.some((pattern) => pattern.test(text)) ? [] : [text]
}

const ended = (text: string): string => (/[.:!?]$/.test(text) ? text : `${text}.`)

const plain = (span: Span.Span): string => {
  if (span._tag === "Sequence") return `${plain(span.left)}${plain(span.right)}`
  return typeof span.value === "string" ? span.value : plain(span.value)
}
