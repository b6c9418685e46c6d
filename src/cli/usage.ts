import * as HelpDoc from "@effect/cli/HelpDoc"
import type * as ValidationError from "@effect/cli/ValidationError"
import { near } from "../core/near.ts"
import type { DescribedVerb, Term } from "./describedVerbs.ts"
import { printable } from "./terminal.ts"

/**
 * What is wrong with a command line that the library refused, as one line: what was found and where, what was expected, what to do.
 * `words` are those behind the program's name; `verbs` all there are.
 */
export const usageLine = (
  verbs: ReadonlyArray<DescribedVerb>,
  words: ReadonlyArray<string>,
  refusal: ValidationError.ValidationError,
): string => {
  const { rest, verb, unknown } = verbOf(verbs, words)
  const command = ["ringback", ...(verb?.words ?? [])].join(" ")
  const wrong = unknown ?? (verb === undefined ? undefined : faultIn(verb, rest)) ?? refusedFor(verb, refusal)
  return `${printable(wrong)}; ${command} --help tells more`
}

/** The verb that words name, the words behind it, and what is wrong with the word that should name one. */
const verbOf = (
  verbs: ReadonlyArray<DescribedVerb>,
  words: ReadonlyArray<string>,
  above?: DescribedVerb,
): { readonly verb: DescribedVerb | undefined; readonly rest: ReadonlyArray<string>; readonly unknown?: string } => {
  const [word, ...rest] = words
  if (verbs.length === 0 || word === undefined) return { verb: above, rest: words }
  const verb = verbs.find((each) => each.words.at(-1) === word)
  if (verb !== undefined) return verbOf(verb.verbs, rest, verb)
  const names = verbs.map((each) => each.words.at(-1) ?? "")
  const meant = near(word, names)
  const what = word.startsWith("-") ? "option" : "verb"
  const expected = meant === undefined ? `expected a verb: ${names.join(", ")}` : `did you mean ${meant}?`
  return { verb: above, rest, unknown: `unknown ${what} ${shown(word)}: ${expected}` }
}

/** What is wrong with the words behind a verb, as far as its options and arguments tell. */
const faultIn = (verb: DescribedVerb, words: ReadonlyArray<string>): string | undefined => {
  let given = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ""
    if (word === "--") return undefined
    if (!word.startsWith("--")) {
      const arg = verb.args[given++] ?? verb.args.find(({ repeated }) => repeated)
      const wrong = arg === undefined ? tooMany(verb, word) : faultOf(arg, word)
      if (wrong !== undefined) return wrong
      continue
    }
    const [name = "", inline] = word.split(/=(.*)/s)
    const option = verb.options.find((each) => each.name === name)
    if (option === undefined) return unknownOption(verb, name)
    if (option.value === undefined) continue
    const value = inline ?? words[++i]
    const wrong =
      value === undefined ? `${name}: expected a value (${option.value}), found none` : faultOf(option, value)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const tooMany = ({ args }: DescribedVerb, word: string): string =>
  `unexpected ${shown(word)}: expected ${args.length === 0 ? "options alone" : `no more than ${args.map((arg) => arg.shown).join(" ")}`}`

const unknownOption = ({ options }: DescribedVerb, name: string): string => {
  const names = options.map((option) => option.name)
  const meant = near(name, [...names, "--help"])
  if (meant !== undefined) return `unknown option ${shown(name)}: did you mean ${meant}?`
  return `unknown option ${shown(name)}: expected ${names.length === 0 ? "none" : `one of ${names.join(", ")}`}`
}

const numbers: ReadonlyMap<string, readonly [RegExp, string]> = new Map([
  ["integer", [/^-?\d+$/, "a whole number"]],
  ["float", [/^-?\d+(?:\.\d+)?$/, "a number"]],
])

/** What is wrong with an option's value, if anything is. */
const faultOf = ({ choices, name, value }: Term, given: string): string | undefined => {
  if (choices.length > 0)
    return choices.includes(given) ? undefined : `${name}: expected ${choices.join(", ")}, found ${shown(given)}`
  const [fits, expected] = numbers.get(value ?? "") ?? []
  return fits === undefined || fits.test(given) ? undefined : `${name}: expected ${expected}, found ${shown(given)}`
}

const shown = (word: string): string => JSON.stringify(word.slice(0, 80))

/** What the library says, of what is missing with what that is for. */
const refusedFor = (verb: DescribedVerb | undefined, { error }: ValidationError.ValidationError): string => {
  const said = HelpDoc.toAnsiText(error)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    .replace(/\u001b\[[\d;]*m/g, "")
    .replace(/\s+/g, " ")
    .trim()
  const names = [...said.matchAll(/(?:Missing argument <([^>]+)>|Expected to find option: '(--[\w-]+)')/g)].map(
    ([, arg, option]) => arg ?? option,
  )
  const missing = [...(verb?.args ?? []), ...(verb?.options ?? [])].filter(({ name }) => names.includes(name))
  if (missing.length === 0) return said
  return missing.map((term) => `${term.shown} is missing: ${lowered(term.about)}`).join("; ")
}

/** What is said of something, behind a colon. */
const lowered = (about: string): string =>
  `${/^[A-Z][a-z ]/.test(about) ? about.slice(0, 1).toLowerCase() : about.slice(0, 1)}${about.slice(1)}`.replace(
    /\.$/,
    "",
  )
