import type { DescribedVerb, Term } from "../describedVerbs.ts"
import { inShort, offeredFor, quoted } from "./values.ts"

/** A script for zsh, from 5.2 on: to be sourced, or as a file `_ringback` in a folder of `$fpath`. */
export const zshScript = (verbs: ReadonlyArray<DescribedVerb>): ReadonlyArray<string> => [
  "#compdef ringback",
  ...functionsOf("_ringback", verbs),
  'if [ "$funcstack[1]" = _ringback ]; then',
  '  _ringback "$@"',
  "else",
  "  compdef _ringback ringback",
  "fi",
]

/** A function that completes one of these verbs, and what stands behind it. */
const functionsOf = (name: string, verbs: ReadonlyArray<DescribedVerb>): ReadonlyArray<string> => [
  ...verbs.flatMap((verb) => (verb.verbs.length === 0 ? [] : functionsOf(nameOf(verb), verb.verbs))),
  `${name}() {`,
  "  local -a verbs=(",
  ...verbs.map(({ about, words }) => `    ${quoted(`${words.at(-1)}:${inShort(about)}`)}`),
  "  )",
  "  if (( CURRENT == 2 )); then _describe verb verbs; return; fi",
  "  shift words; (( CURRENT-- ))",
  "  case $words[1] in",
  ...verbs.map((verb) => `    ${verb.words.at(-1)}) ${verb.verbs.length === 0 ? argumentsOf(verb) : nameOf(verb)} ;;`),
  "  esac",
  "}",
]

const nameOf = ({ words }: DescribedVerb): string => ["_ringback", ...words].join("_").replaceAll("-", "_")

const argumentsOf = ({ args, options }: DescribedVerb): string =>
  [
    "_arguments -S",
    ...options.map((option) => quoted(optionOf(option))),
    ...args.map((arg, i) => quoted(argOf(arg, i + 1))),
  ].join(" ")

const optionOf = (option: Term): string => {
  const about = inShort(option.about).replaceAll(/[[\]\\]/g, "\\$&")
  return `${option.repeated ? "*" : ""}${option.name}[${about}]${offer(option)}`
}

const argOf = (arg: Term, place: number): string => `${arg.repeated ? "*" : place}${offer(arg)}`

const offer = (term: Term): string => {
  const offered = offeredFor(term)
  const named = (term.value ?? "").replaceAll(/[^\w-]/g, " ")
  switch (offered?._tag) {
    case undefined:
      return ""
    case "Files":
      return `:${named}:_files`
    case "Folders":
      return `:${named}:_files -/`
    case "Words":
      return `:value:(${offered.words.join(" ")})`
    case "Nothing":
      return `:${named}: `
  }
}
