import type { DescribedVerb, Term } from "../describedVerbs.ts"

/** What a shell offers for a value: files, folders, one of some words, or nothing, because it is a person's own to say. */
export type Offered =
  | { readonly _tag: "Files" }
  | { readonly _tag: "Folders" }
  | { readonly _tag: "Words"; readonly words: ReadonlyArray<string> }
  | { readonly _tag: "Nothing" }

/** Names of values that are files. What stands behind exec's `--` may be one, too. */
const files = new Set(["A", "B", "COMMAND", "FILE", "LOG", "PATH", "SCENARIO"])

/** What is offered for an argument, or for the value of an option; undefined for an option without one. */
export const offeredFor = ({ choices, value }: Term): Offered | undefined => {
  if (choices.length > 0) return { _tag: "Words", words: choices }
  if (value === undefined) return undefined
  if (value === "FOLDER") return { _tag: "Folders" }
  return files.has(value) ? { _tag: "Files" } : { _tag: "Nothing" }
}

/** Every verb, those below others too. */
export const allOf = (verbs: ReadonlyArray<DescribedVerb>): ReadonlyArray<DescribedVerb> =>
  verbs.flatMap((verb) => [verb, ...allOf(verb.verbs)])

/** The first sentence of what is said of something, which is all that a list has room for. */
export const inShort = (about: string): string => /^(.*?)[.:](?: (?=[A-Z])|$)/.exec(about)?.[1] ?? about

/** A text in single quotes of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
