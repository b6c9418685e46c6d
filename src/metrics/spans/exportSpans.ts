import * as OtlpSerialization from "@effect/opentelemetry/OtlpSerialization"
import * as OtlpTracer from "@effect/opentelemetry/OtlpTracer"
import * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Run } from "../../engine/Run.ts"
import { RunSpans } from "./RunSpans.ts"

export interface ExportOptions {
  /** Where a collector takes spans: OTLP over HTTP, as JSON. */
  readonly url: string
  readonly service: string
  readonly version: string
  readonly headers: Readonly<Record<string, string>>
  /** Host time between two exports. */
  readonly every?: Duration.DurationInput
}

/** A client that says once that a collector does not answer, and again after it has. */
const telling = (client: HttpClient.HttpClient): HttpClient.HttpClient => {
  let told = false
  const answers = Effect.sync(() => {
    told = false
  })
  return client.pipe(
    HttpClient.tap(({ status }) => (status >= 200 && status < 300 ? answers : tell(`answered ${status}`))),
    HttpClient.tapError((error) => tell(error._tag === "RequestError" ? error.reason : error._tag)),
  )
  function tell(why: string): Effect.Effect<void> {
    if (told) return Effect.void
    told = true
    return Effect.logWarning(`the collector takes no spans (${why}); those of a minute are dropped before the next try`)
  }
}

/** Spans of everything that is committed from here on go to a collector, in batches; what is left goes when the scope closes. */
export const exportSpans = (run: Run, options: ExportOptions): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const services = yield* Layer.build(Layer.merge(NodeHttpClient.layer, OtlpSerialization.layerJson))
    const tracer = yield* Effect.provide(
      OtlpTracer.make({
        url: options.url,
        resource: { serviceName: options.service, serviceVersion: options.version },
        headers: options.headers,
        exportInterval: options.every ?? Duration.seconds(5),
        shutdownTimeout: Duration.seconds(3),
      }),
      services,
    ).pipe(Effect.provideService(HttpClient.HttpClient, telling(Context.get(services, HttpClient.HttpClient))))
    const spans = new RunSpans(tracer)
    yield* Effect.acquireRelease(
      Effect.sync(() => run.engine.onCommitted((made) => spans.take(made.map(({ entry }) => entry)))),
      (remove) => Effect.sync(() => void remove()),
    )
  })
