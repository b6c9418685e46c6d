import type { Decision, GatewayFigures } from "../gateway/whatIf/Figures.ts"
import type { WhatIf } from "../gateway/whatIf/whatIf.ts"
import { instant } from "../timetravel/place.ts"
import { printable, styled } from "./terminal.ts"

/* A run of the gateway beside what it would have been, for people and for programs. */

interface Names {
  readonly log: string
  readonly policy: string
}

type Line = readonly [name: string, was: string, would: string]

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`
const money = (micros: number): string => (micros / 1_000_000).toFixed(4)
const percent = (part: number, whole: number): string => (whole === 0 ? "–" : `${((part / whole) * 100).toFixed(1)} %`)

/** A line for each thing that either side has. */
const each = (
  { was, would }: WhatIf,
  of: (figures: GatewayFigures) => Readonly<Record<string, number>>,
  name: (key: string) => string,
  shown: (value: number) => string = String,
): ReadonlyArray<Line> =>
  [...new Set([...Object.keys(of(was)), ...Object.keys(of(would))])]
    .sort()
    .map((key) => [name(key), shown(of(was)[key] ?? 0), shown(of(would)[key] ?? 0)])

const table = (found: WhatIf): ReadonlyArray<Line> => {
  const { was, would } = found
  const one = (name: string, of: (figures: GatewayFigures) => number): Line => [
    name,
    String(of(was)),
    String(of(would)),
  ]
  const attemptsOf = ({ providers }: GatewayFigures, id: string) => providers[id]?.attempts ?? 0
  const ids = [...new Set([...Object.keys(was.providers), ...Object.keys(would.providers)])].sort()
  return [
    one("requests", ({ requests }) => requests),
    ...each(
      found,
      ({ turned_away }) => turned_away,
      (status) => `turned away with ${status}`,
    ),
    one("delivered", ({ delivered }) => delivered),
    one("undelivered", ({ undelivered }) => undelivered),
    one("taken, without a receipt", ({ taken }) => taken),
    ...each(
      found,
      ({ dead_lettered }) => dead_lettered,
      (reason) => `dead letters: ${reason}`,
    ),
    one("cancelled", ({ cancelled }) => cancelled),
    one("still waiting", ({ waiting }) => waiting),
    one("attempts", ({ attempts }) => attempts),
    ...each(
      found,
      ({ cost }) => cost,
      (currency) => `cost, ${currency}`,
      money,
    ),
    ...(["p50", "p99", "max"] as const).map(
      (name): Line => [`waited, ${name}`, seconds(was.waited[name]), seconds(would.waited[name])],
    ),
    ...ids.map(
      (id): Line => [
        `share of ${id}`,
        percent(attemptsOf(was, id), was.attempts),
        percent(attemptsOf(would, id), would.attempts),
      ],
    ),
  ]
}

/** Both sides beside each other, where they part first, and what the recording could not answer. */
export const whatIfLines = (found: WhatIf, { log, policy }: Names): ReadonlyArray<string> => {
  const lines: ReadonlyArray<Line> = [["", "as it was", "what if"], ...table(found)]
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => (line[column] ?? "").length)))
  const shown = lines.map(([name, was, would], i) => {
    const line = `${printable(name).padEnd(widths[0] ?? 0)}  ${was.padStart(widths[1] ?? 0)}  ${would.padStart(widths[2] ?? 0)}`
    return i === 0 || was === would ? line : styled("bold", line)
  })
  return [`${log} under ${policy}`, "", ...shown, "", ...partingLines(found), ...answerLines(found)]
}

const partingLines = ({ compared, parting }: WhatIf): ReadonlyArray<string> =>
  parting === undefined
    ? [`no difference in ${compared} decisions`]
    : [styled("bold", "first difference"), `  as it was  ${decision(parting.a)}`, `  what if    ${decision(parting.b)}`]

const decision = (one: Decision | undefined): string =>
  one === undefined
    ? "nothing more"
    : printable(`entry ${one.seq}  ${instant(one.at)}  ${one.subject === "" ? "" : `${one.subject}  `}${one.what}`)

const answerLines = ({ notRecorded, otherProvider }: WhatIf): ReadonlyArray<string> => [
  ...(otherProvider === 0
    ? []
    : ["", `${otherProvider} attempts went to another provider than then, and got the answer of that one`]),
  ...(notRecorded === 0 ? [] : ["", `${notRecorded} attempts have no answer in the log: they failed`]),
]

/** The same for programs: amounts in millionths, times in ms. */
export const whatIfJson = (found: WhatIf, { log, policy }: Names) => ({
  log,
  policy,
  as_it_was: found.was,
  what_if: found.would,
  first_difference:
    found.parting === undefined ? null : { as_it_was: found.parting.a ?? null, what_if: found.parting.b ?? null },
  compared_decisions: found.compared,
  answers: { of_another_provider: found.otherProvider, not_recorded: found.notRecorded },
})
