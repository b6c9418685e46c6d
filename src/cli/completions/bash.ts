import type { DescribedVerb, Term } from "../describedVerbs.ts"
import { allOf, offeredFor } from "./values.ts"

/** A script for bash, from 3.2 on. What it does not answer bash completes by itself, with files. */
export const bashScript = (verbs: ReadonlyArray<DescribedVerb>): ReadonlyArray<string> => {
  const all = allOf(verbs)
  return [
    "_ringback() {",
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" verb="" words="" i`,
    "  COMPREPLY=()",
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    `    case "$verb \${COMP_WORDS[i]}" in`,
    `      *" --") return ;;`,
    `      ${all.map(({ words }) => `" ${words.join(" ")}"`).join("|")}) verb="$verb \${COMP_WORDS[i]}" ;;`,
    "    esac",
    "  done",
    `  case "$verb $prev" in`,
    ...all.flatMap((verb) => verb.options.flatMap((option) => valueCase(verb, option))),
    "  esac",
    `  case "$verb" in`,
    ...[{ words: [], args: [], options: [], verbs }, ...all].map(wordsCase),
    "  esac",
    `  COMPREPLY=($(compgen -W "$words" -- "$cur"))`,
    "}",
    "complete -o default -F _ringback ringback",
  ]
}

const nothing = "type compopt &>/dev/null && compopt +o default; return"

/** What is offered behind an option that has a value. */
const valueCase = (verb: DescribedVerb, option: Term): ReadonlyArray<string> => {
  const offered = offeredFor(option)
  if (offered === undefined) return []
  const place = `    " ${[...verb.words, option.name].join(" ")}")`
  switch (offered._tag) {
    case "Files":
      return [`${place} return ;;`]
    case "Folders":
      return [`${place} COMPREPLY=($(compgen -d -- "$cur")); return ;;`]
    case "Words":
      return [`${place} COMPREPLY=($(compgen -W "${offered.words.join(" ")}" -- "$cur")); return ;;`]
    case "Nothing":
      return [`${place} ${nothing} ;;`]
  }
}

/** What is offered in other places: options behind a hyphen, else verbs, else values; of what has neither, options. */
const wordsCase = ({ args, options, verbs, words }: Omit<DescribedVerb, "about">): string => {
  const names = options.map(({ name }) => name).join(" ")
  const given = args.map(offeredFor).find((offered) => offered !== undefined && offered._tag !== "Nothing")
  const others = [
    ...verbs.map((verb) => verb.words.at(-1) ?? ""),
    ...(given?._tag === "Words" ? given.words : []),
    ...(verbs.length === 0 && given === undefined ? [names] : []),
  ].join(" ")
  const options_ = `if [[ $cur == -* ]]; then words="${names} --help"; else words="${others}"; fi`
  return `    "${words.map((word) => ` ${word}`).join("")}") ${options_} ;;`
}
