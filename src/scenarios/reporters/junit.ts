import builder from "junit-report-builder"
import { extent, faultsOf, keptLines, remarks } from "./faults.ts"
import type { Reporter } from "./Report.ts"

/** JUnit's XML, at the end: a suite for each scenario, a case for each expectation. */
export const junit: Reporter = {
  begin: () => "",
  each: () => "",
  end: ({ reports }) => {
    const whole = builder.newBuilder().name("ringback")
    for (const report of reports) {
      const suite = whole
        .testSuite()
        .name(report.name)
        .time(report.hostMs / 1000)
      const faults = faultsOf(report)
      if (report.kept !== undefined) suite.property("log", clean(report.kept))
      if (report.trace !== undefined) suite.property("trace", clean(report.trace))
      for (const { expected, met, place } of report.checks)
        if (met) suite.testCase().className(report.file).name(`${place.line}: ${expected}`).file(place.file)
      for (const { lines, place, title } of faults) {
        const text = clean([`${place.file}:${place.line}`, title, ...lines, `again: ${report.replay}`].join("\n"))
        const one = suite
          .testCase()
          .className(report.file)
          .name(clean(`${place.line}: ${title}`))
          .file(place.file)
        const told = keptLines(report)
        if (told.length > 0) one.standardOutput(clean(told.join("\n")))
        if (report.status === "broken") one.error(clean(title), "broken", text)
        else one.failure(clean(title), "failed").stacktrace(text)
      }
      if (faults.length === 0)
        suite
          .testCase()
          .className(report.file)
          .name(report.name)
          .standardOutput(clean([extent(report), ...remarks(report)].join("\n")))
    }
    return whole.build()
  },
}

/** What XML has no way to write is left out; the library cannot write the end of a CDATA section within one. */
const clean = (text: string): string => text.toWellFormed().replace(unwritable, "").replaceAll("]]>", "]] >")

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be left out
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
