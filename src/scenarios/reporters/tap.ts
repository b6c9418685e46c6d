import { printable, printableJson } from "../../core/printable.ts"
import { extent, faultsOf, remarks } from "./faults.ts"
import type { Report, Reporter } from "./Report.ts"

/** Test Anything Protocol, version 13. */
export const tap: Reporter = {
  begin: (scenarios) => `TAP version 13\n1..${scenarios}`,
  each: (report, n) => {
    const lines = [
      `${report.status === "passed" ? "ok" : "not ok"} ${n} - ${inLine(report.name)} (${printable(report.file)})`,
    ]
    for (const remark of remarks(report)) lines.push(`# ${inLine(remark)}`)
    const faults = faultsOf(report)
    if (faults.length > 0) lines.push("  ---", ...diagnostic(report), "  ...")
    return lines.join("\n")
  },
  end: ({ notPlayed }) => (notPlayed > 0 ? `Bail out! ${notPlayed} scenarios were not played` : ""),
}

const diagnostic = (report: Report): ReadonlyArray<string> => [
  `  extent: ${quoted(extent(report))}`,
  `  again: ${quoted(report.replay)}`,
  "  faults:",
  ...faultsOf(report).flatMap(({ lines, place, title }) => [
    `    - at: ${quoted(`${place.file}:${place.line}`)}`,
    `      message: ${quoted(title)}`,
    ...(lines.length === 0 ? [] : ["      more: |-", ...lines.map((line) => `        ${printable(line)}`)]),
  ]),
]

/** A description has no line breaks, and a `#` would begin a directive. */
const inLine = (text: string): string => printable(text.replace(/\s+/g, " ")).replaceAll("#", "\\#")

/** A text of YAML. */
const quoted = (text: string): string => printableJson(JSON.stringify(text))
