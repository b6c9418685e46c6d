import type { DescribedVerb, Term } from "../describedVerbs.ts"
import { allOf, inShort, offeredFor } from "./values.ts"

/** A script for fish, from 3.0 on. */
export const fishScript = (verbs: ReadonlyArray<DescribedVerb>): ReadonlyArray<string> => [
  "function __ringback_in --description 'Whether the command line begins with these verbs'",
  "    set -l words (commandline -opc | string match -v -- '-*')",
  "    set -e words[1]",
  "    test (count $words) -ge (count $argv); or return 1",
  "    for i in (seq (count $argv))",
  "        test $words[$i] = $argv[$i]; or return 1",
  "    end",
  "end",
  "function __ringback_at --description 'Whether it is these verbs, and the next may follow'",
  "    set -l words (commandline -opc | string match -v -- '-*')",
  "    test (count $words) -eq (math (count $argv) + 1); and __ringback_in $argv",
  "end",
  "complete -c ringback -f",
  ...verbs.map((verb) => verbLine("__ringback_at", verb)),
  ...allOf(verbs).flatMap(linesOf),
]

const verbLine = (condition: string, { about, words }: DescribedVerb): string =>
  `complete -c ringback -n '${condition}' -a ${words.at(-1) ?? ""} -d ${quoted(inShort(about))}`

const linesOf = ({ args, options, verbs, words }: DescribedVerb): ReadonlyArray<string> => {
  const path = words.join(" ")
  const within = `complete -c ringback -n '__ringback_in ${path}'`
  return [
    ...verbs.map((verb) => verbLine(`__ringback_at ${path}`, verb)),
    ...options.map(
      (option) => `${within} -l ${option.name.slice(2)}${offer(option)} -d ${quoted(inShort(option.about))}`,
    ),
    ...args.flatMap((arg) => {
      const value = offer(arg)
      return value === " -x" ? [] : [`${within}${value}`]
    }),
  ]
}

/** What is offered for a value. */
const offer = (term: Term): string => {
  const offered = offeredFor(term)
  switch (offered?._tag) {
    case undefined:
      return ""
    case "Files":
      return term.name.startsWith("--") ? " -r -F" : " -F"
    case "Folders":
      return ` ${term.name.startsWith("--") ? "-x " : ""}-a '(__fish_complete_directories)'`
    case "Words":
      return ` ${term.name.startsWith("--") ? "-x " : ""}-a '${offered.words.join(" ")}'`
    case "Nothing":
      return " -x"
  }
}

/** A text in single quotes of fish, which takes a backslash there as an escape. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
