import { extent, faultsOf, remarks } from "./faults.ts"
import { count, type Report, type Reporter, type Style, type Summary } from "./Report.ts"

/** For people at a terminal. */
export const pretty = ({ paint, safe }: Style): Reporter => {
  const marks = { passed: paint("green", "✓"), failed: paint("red", "✗"), broken: paint("red", "!") }
  const tell = (report: Report): string => {
    const { file, hostMs, name, replay, status } = report
    const what = status === "broken" ? "" : `  ${paint("dim", `${extent(report)} in ${Math.round(hostMs)} ms`)}`
    const lines = [`${marks[status]} ${paint("bold", safe(name))}  ${safe(file)}${what}`]
    for (const { lines: more, place, title } of faultsOf(report)) {
      lines.push("", `  ${safe(`${place.file}:${place.line}`)}  ${paint("red", safe(title))}`)
      for (const line of more) lines.push(`    ${coloured(line)}`)
    }
    for (const remark of remarks(report)) lines.push(`  ${paint("yellow", "note")} ${safe(remark)}`)
    if (status !== "passed") lines.push("", `  again: ${safe(replay)}`, "")
    return lines.join("\n")
  }
  const coloured = (line: string): string => {
    const text = safe(line)
    return text.startsWith("  - ") ? paint("green", text) : text.startsWith("  + ") ? paint("red", text) : text
  }
  const end = ({ hostMs, notPlayed, reports }: Summary): string => {
    const parts = (["passed", "failed", "broken"] as const).flatMap((status) => {
      const n = count(reports, status)
      return n > 0 || status === "passed" ? [`${n} ${status}`] : []
    })
    if (notPlayed > 0) parts.push(`${notPlayed} not played`)
    const entries = reports.reduce((sum, report) => sum + report.entries, 0)
    return `${parts.join(", ")}  ${paint("dim", `${entries} entries in ${(hostMs / 1000).toFixed(2)} s`)}`
  }
  return { begin: () => "", each: tell, end }
}
