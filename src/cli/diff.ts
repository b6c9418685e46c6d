import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Row } from "../core/Entry.ts"
import { type Caused, type Comparison, compareLogs, type Parting } from "../timetravel/difference.ts"
import { gist } from "../timetravel/gist.ts"
import { instant } from "../timetravel/place.ts"
import { entryOf } from "../timetravel/reading.ts"
import { CommandFailed } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { opened, plain } from "./looking.ts"
import { jsonOption } from "./options.ts"
import { jsonLine, printable, styled } from "./terminal.ts"

const options = {
  a: logArg("A"),
  b: logArg("B"),
  json: jsonOption("The difference as one line of JSON"),
}

/** `ringback diff A B`: where two runs part, and what that leads to. */
export const diff = Command.make("diff", options, ({ a, b, json }) =>
  Effect.gen(function* () {
    const [sourceA, sourceB] = [yield* opened(a), yield* opened(b)]
    const found = yield* plain(compareLogs(sourceA.reader, sourceB.reader))
    if (json) yield* Console.log(jsonLine(JSON.stringify(asJson(found))))
    else yield* Console.log(linesOf(found, { a, b }).join("\n"))
    if (found._tag === "Different") return yield* new CommandFailed({ message: "", exitCode: 1 })
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Where two logs or recordings part, with what led there. Exit code 1: they do. Example: ringback diff before.jsonl after.jsonl",
  ),
)

interface Names {
  readonly a: string
  readonly b: string
}

const linesOf = (found: Comparison, names: Names): ReadonlyArray<string> => {
  if (found._tag === "Same") return [`${styled("green", "the same")}: ${found.entries} entries, digest ${found.digest}`]
  const { first, leadsTo, same } = found
  return [
    same === 0
      ? `${names.a} and ${names.b} part at once`
      : `${names.a} and ${names.b} are the same up to entry ${same}`,
    "",
    styled("bold", "First difference"),
    ...partingLines(first, names),
    ...(leadsTo === undefined || isOf(leadsTo, first)
      ? []
      : [
          "",
          styled("bold", `First subject that fares differently: ${printable(leadsTo.subject)}`),
          ...partingLines(leadsTo, names),
        ]),
  ]
}

/** Whether a parting is of the very same entries. */
const isOf = (one: Parting, other: Parting): boolean =>
  one.a?.row.hash === other.a?.row.hash && one.b?.row.hash === other.b?.row.hash

const partingLines = (parting: Parting, names: Names): ReadonlyArray<string> => [
  ...sideLines(names.a, parting.a),
  ...sideLines(names.b, parting.b),
  ...(parting.difference === undefined
    ? []
    : [
        `  differs in  ${printable(parting.difference.field)}`,
        `    ${names.a}: ${shortened(parting.difference.recorded)}`,
        `    ${names.b}: ${shortened(parting.difference.made)}`,
      ]),
]

const sideLines = (name: string, side: Caused | undefined): ReadonlyArray<string> =>
  side === undefined
    ? [`  ${name}: nothing more`]
    : [`  ${name}: ${entryLine(side.row)}`, ...side.causes.map((row) => `    follows from ${entryLine(row)}`)]

const entryLine = (row: Row): string =>
  `${row.seq}  ${instant(row.at)}  ${printable(`${row.type}  ${gist(entryOf(row))}`.slice(0, 200))}`

const shortened = (text: string): string =>
  printable(text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text)

const asJson = (found: Comparison): unknown => {
  if (found._tag === "Same") return { same: true, entries: found.entries, digest: found.digest }
  const { first, leadsTo, same } = found
  return {
    same: false,
    same_up_to: same,
    first: partingJson(first),
    leads_to: leadsTo === undefined ? null : { subject: leadsTo.subject, ...partingJson(leadsTo) },
  }
}

const partingJson = ({ a, b, difference }: Parting) => ({
  a: sideJson(a),
  b: sideJson(b),
  difference: difference === undefined ? null : { field: difference.field, a: difference.recorded, b: difference.made },
})

const sideJson = (side: Caused | undefined) =>
  side === undefined ? null : { entry: entryOf(side.row), causes: side.causes.map(entryOf) }
