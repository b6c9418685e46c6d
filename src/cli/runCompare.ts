import * as fs from "node:fs"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { compareTraffic } from "../app/compareTraffic.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { iso } from "../core/Instant.ts"
import { type Comparison, type Difference, likeness } from "../traffic/compare/Comparison.ts"
import { comparisonHtml } from "../traffic/compare/comparisonHtml.ts"
import { readTrafficFile } from "../traffic/TrafficFile.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"
import { faultLines } from "./trafficFaults.ts"

export interface CompareGiven {
  readonly file: string
  /** Percent. */
  readonly threshold: number
  readonly seed: number
  readonly json: boolean
  readonly html: string | undefined
}

/** Differences, and exchanges left out, that are printed; JSON and HTML have all of them. */
const linesMax = 100

/** Compares a recording and tells about it. Gives the exit code; fails with why there is nothing to tell. */
export const runCompare = ({ file, html, json, seed, threshold }: CompareGiven): Effect.Effect<0 | 1, string> =>
  Effect.gen(function* () {
    if (!(threshold >= 0 && threshold <= 100))
      return yield* Effect.fail(`--threshold: expected 0 to 100, found ${threshold}`)
    const traffic = yield* Effect.mapError(readTrafficFile(file), ({ message }) => message)
    const comparison = yield* compareTraffic({
      exchanges: traffic.exchanges,
      standIns: traffic.header.redaction.bodies === "stand-ins",
      seed,
      progress: (done) => {
        if (done % 100 === 0) progress(`${done} of ${traffic.exchanges.length} exchanges`)
      },
    }).pipe(
      Effect.ensuring(Effect.sync(progressDone)),
      Effect.mapError(({ message }) => `${file}: ${message}`),
    )
    for (const line of faultLines(file, traffic)) yield* Console.error(printable(line))
    const passed = likeness(comparison) >= threshold * 100
    if (html !== undefined)
      yield* Effect.try({
        try: () => fs.writeFileSync(html, comparisonHtml(file, comparison)),
        catch: (cause) => `--html: ${fileFailure({ doing: "written", file: html }, cause)}`,
      })
    if (json)
      yield* Console.log(jsonLine(JSON.stringify({ file, passed, likeness: percentOf(comparison), ...comparison })))
    else yield* Console.log(linesOf(file, comparison, passed).join("\n"))
    return passed ? 0 : 1
  })

const percentOf = (comparison: Comparison): number => likeness(comparison) / 100

const linesOf = (file: string, comparison: Comparison, passed: boolean): ReadonlyArray<string> => {
  const { answers, callbacks, differences, fields, leftOut } = comparison
  const told = differences.slice(0, linesMax)
  const compared = answers.compared + callbacks.compared
  return [
    `${styled(passed ? "green" : "red", compared === 0 ? "nothing was compared" : `${percentOf(comparison)} % the same`)}: ${answers.same} of ${answers.compared} answers, ${callbacks.same} of ${callbacks.compared} callbacks, ${fields} fields (${file})`,
    ...told.flatMap((each, i) => [...(sameExchange(told[i - 1], each) ? [] : ["", headOf(each)]), ...fieldLines(each)]),
    ...(differences.length > told.length ? ["", `and ${differences.length - told.length} more differences`] : []),
    ...(leftOut.length === 0 ? [] : ["", `${leftOut.length} not compared:`]),
    ...leftOut.slice(0, linesMax).map(({ n, reason }) => `  ${n === 0 ? "" : `exchange ${n}: `}${printable(reason)}`),
    ...(leftOut.length > linesMax ? [`  and ${leftOut.length - linesMax} more`] : []),
  ]
}

const sameExchange = (one: Difference | undefined, other: Difference): boolean =>
  one !== undefined && one.n === other.n && one.what === other.what && one.title === other.title

const headOf = ({ at, n, title }: Difference): string =>
  styled("bold", printable(`${n === 0 ? "" : `exchange ${n}  `}${iso(at)}  ${title}`))

const fieldLines = ({ field, made, recorded }: Difference): ReadonlyArray<string> => [
  `  ${printable(field)}`,
  `    recorded  ${printable(recorded)}`,
  `    made      ${printable(made)}`,
]
