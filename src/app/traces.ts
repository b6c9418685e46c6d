import { decode } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { Traces } from "../scenarios/Stage.ts"
import { traceHtml } from "../timetravel/trace.ts"
import { removeTrace, writeTrace } from "../timetravel/traceFile.ts"

/** Traces of scenarios. Of a log that is longer than a trace it is the end that says why a scenario failed. */
export const traces: Traces = {
  write: (file, rows, { notes, title }) => {
    const shown = rows.slice(-limits.timelineEntriesMax)
    const cut =
      shown.length === rows.length
        ? []
        : [`Only the last ${shown.length} of ${rows.length} entries are here; the log has all.`]
    writeTrace(file, traceHtml(shown.map(decode), { title, notes: [...notes, ...cut] }))
  },
  remove: removeTrace,
}
