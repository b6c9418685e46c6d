import { formatDuration, iso } from "../../core/Instant.ts"
import type { Differs } from "../golden.ts"
import type { Check, Compared, Timeline } from "../Scenario.ts"
import type { Fault, Report } from "./Report.ts"

/* What is wrong with a scenario, in lines for people: the same whoever tells it. */

/** Everything that is wrong with a scenario. */
export const faultsOf = (report: Omit<Report, "hostMs">): ReadonlyArray<Fault> => [
  ...report.broken.map((line): Fault => brokenFault(report, line)),
  ...report.checks.filter(({ met }) => !met).map(checkFault),
  ...(report.golden._tag === "Differs" ? [goldenFault(report, report.golden)] : []),
]

/** A line of a scenario that could not be played; it begins with its place, if it has one, and details may be under it. */
const brokenFault = ({ file }: Pick<Report, "file">, text: string): Fault => {
  const [, at, line, rest] = /^(\S.*?\.ya?ml):(\d+): (.*)$/s.exec(text) ?? []
  const [title = "", ...lines] = (rest ?? text).split("\n")
  return { place: { file: at ?? file, line: Number(line ?? 1), path: "" }, title, lines }
}

export const checkFault = ({ closest, expected, place, timeline, why }: Check): Fault => ({
  place,
  title: `expected ${expected}`,
  lines: [
    ...(why === undefined ? [] : [why]),
    ...(closest === undefined ? [] : [`closest: ${closest.id}`, ...fieldLines(closest.fields)]),
    ...(timeline === undefined ? [] : timelineLines(timeline)),
  ],
})

const fieldLines = (fields: ReadonlyArray<Compared>): ReadonlyArray<string> => {
  const width = Math.max(...fields.map(({ field }) => field.length), 0)
  return fields.flatMap(({ diff, expected, field, fits, found }) => {
    const name = field.padEnd(width)
    const under = " ".repeat(width)
    if (fits) return [`    ${name}  ${found}`]
    return [
      `  - ${name}  ${expected}`,
      `  + ${under}  ${found}`,
      ...(diff === undefined ? [] : [`    ${under}  ${diff}`]),
    ]
  })
}

const timelineLines = ({ events, more, subject }: Timeline): ReadonlyArray<string> => [
  `what happened to ${subject}:`,
  ...(more > 0 ? [`    … ${more} entries before`] : []),
  ...events.map(
    ({ at, gist, seq, type }) => `    ${iso(at)}  ${String(seq).padStart(5)}  ${type.padEnd(22)}  ${shortened(gist)}`,
  ),
]

const goldenFault = (report: Pick<Report, "file">, { chain, difference, file, line, problem }: Differs): Fault => ({
  place: { file: report.file, line: 1, path: "" },
  title: `expected the recording ${file}, whose line ${line} ${problem}`,
  lines: [
    ...(difference === undefined
      ? []
      : [
          `field     ${difference.field}`,
          `recorded  ${shortened(difference.recorded)}`,
          `made      ${shortened(difference.made)}`,
        ]),
    ...(chain.length === 0 ? [] : ["what led to it:"]),
    ...chain.map(
      ({ at, gist, seq, subject, type }) =>
        `    ${iso(at)}  ${String(seq).padStart(5)}  ${type.padEnd(22)}  ${subject === "" ? "" : `${subject}  `}${shortened(gist)}`,
    ),
    "if this is meant, record it again with --update",
  ],
})

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 297)}...` : text)

/** What a scenario was, in a few words. */
export const extent = ({ entries, virtualMs }: Report): string => `${entries} entries over ${formatDuration(virtualMs)}`

/** What else is to be said of a scenario. */
export const remarks = ({ golden, kept, notes, trace }: Report): ReadonlyArray<string> => [
  ...notes,
  ...(golden._tag === "Written" ? [`${golden.changed ? "recorded" : "recorded as it was"} in ${golden.file}`] : []),
  ...(golden._tag === "NotCompared" ? [golden.why] : []),
  ...keptLines({ kept, trace }),
]

/** Where its log and its trace are. */
export const keptLines = ({ kept, trace }: Pick<Report, "kept" | "trace">): ReadonlyArray<string> => [
  ...(kept === undefined ? [] : [`log: ${kept}`]),
  ...(trace === undefined ? [] : [`trace: ${trace}`]),
]
