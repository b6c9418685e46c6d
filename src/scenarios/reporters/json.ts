import { printableJson } from "../../core/printable.ts"
import { count, type Reporter } from "./Report.ts"

/** One JSON document, at the end. */
export const json: Reporter = {
  begin: () => "",
  each: () => "",
  end: ({ hostMs, notPlayed, reports }) =>
    printableJson(
      JSON.stringify(
        {
          passed: count(reports, "passed"),
          failed: count(reports, "failed"),
          broken: count(reports, "broken"),
          not_played: notPlayed,
          host_ms: Math.round(hostMs),
          scenarios: reports.map(
            ({
              broken,
              checks,
              digest,
              entries,
              file,
              golden,
              kept,
              name,
              notes,
              replay,
              seed,
              status,
              trace,
              virtualMs,
              ...rest
            }) => ({
              file,
              name,
              status,
              seed: seed ?? null,
              digest: digest === "" ? null : digest,
              entries,
              virtual_ms: virtualMs,
              host_ms: Math.round(rest.hostMs),
              checks,
              broken,
              golden,
              notes,
              log: kept ?? null,
              trace: trace ?? null,
              again: replay,
            }),
          ),
        },
        null,
        2,
      ),
    ),
}
