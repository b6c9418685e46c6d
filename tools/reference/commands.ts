import { describedVerbs } from "../../src/cli/commandLine.ts"
import type { DescribedVerb, Term } from "../../src/cli/describedVerbs.ts"
import { code, page, table } from "./markdown.ts"

/* The page of the command line: what `--help` says, of every verb. */

export const commandsPage = async (): Promise<string> =>
  page(
    "Commands",
    "Called as `npx ringback`, then a verb; with `--help` behind it each says the same. Exit codes: 0 fine, 1 the thing checked does not hold, 2 wrong use.",
    ...(await describedVerbs()).flatMap(linesOf),
  )

const linesOf = ({ about, args, options, verbs, words }: DescribedVerb): ReadonlyArray<string> => [
  `## ringback ${words.join(" ")}`,
  about,
  ...[args, options].map(termsTable),
  ...verbs.flatMap(linesOf),
]

const termsTable = (terms: ReadonlyArray<Term>): string =>
  table(
    ["", ""],
    terms.map(({ about, shown }) => [code(shown), about]),
  )
