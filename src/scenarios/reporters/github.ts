import { printable } from "../../core/printable.ts"
import { faultsOf, keptLines } from "./faults.ts"
import { count, type Reporter } from "./Report.ts"

/** Annotations of GitHub Actions: each fault at its line of the scenario, with the command that plays it again. */
export const github: Reporter = {
  begin: () => "",
  each: (report) =>
    faultsOf(report)
      .map(({ lines, place, title }) => {
        const message = [title, ...lines, "", `again: ${report.replay}`, ...keptLines(report)].join("\n")
        const at = `file=${property(place.file)},line=${place.line},title=${property(report.name)}`
        return `::error ${at}::${data(message)}`
      })
      .join("\n"),
  end: ({ notPlayed, reports }) => {
    const failed = count(reports, "failed") + count(reports, "broken")
    const rest = notPlayed > 0 ? `, ${notPlayed} not played` : ""
    return failed === 0
      ? `::notice title=Ringback::${count(reports, "passed")} scenarios passed`
      : `::error title=Ringback::${failed} of ${reports.length} scenarios failed${rest}`
  },
}

const data = (text: string): string =>
  printable(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"))
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C")
