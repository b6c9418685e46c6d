import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Run } from "../engine/Run.ts"
import type { Tracing } from "./operations.ts"

/**
 * Sends spans of a run to an OpenTelemetry collector, while the scope is open. What makes and sends them is loaded here and nowhere else, so
 * a run without a collector pays nothing.
 */
export const traceRun = (run: Run, tracing: Tracing, version: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { exportSpans } = yield* Effect.promise(() => import("../metrics/spans/exportSpans.ts"))
    yield* exportSpans(run, {
      url: `${tracing.endpoint.replace(/\/+$/, "")}/v1/traces`,
      service: tracing.service,
      version,
      headers: headersOf(tracing.headers),
    })
  })

/** `name=value,name=value`, percent-encoded. Source: OpenTelemetry, "OTLP Exporter Configuration", read 2026-11-22. */
const headersOf = (headers: Tracing["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (headers === undefined ? "" : Redacted.value(headers)).split(",").flatMap((pair) => {
      const cut = pair.indexOf("=")
      return cut <= 0 ? [] : [[pair.slice(0, cut).trim(), unescaped(pair.slice(cut + 1).trim())]]
    }),
  )

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A value that is no percent-encoding is one as it stands.
  }
}
