import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/*
 * Spans for whoever traces. Effect's own tracer makes spans that nobody is given, and a send has eight: without a tracer of the
 * application none is made.
 */

const ownTracer: Tracer.Tracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** The effect in a span, where somebody traces. */
export const spanned =
  (name: string, options: Omit<Tracer.SpanOptions, "captureStackTrace"> = {}) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
    Effect.tracerWith((tracer) =>
      tracer === ownTracer
        ? (effect as Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>>)
        : Effect.withSpan(effect, name, { ...options, captureStackTrace: false }),
    )

/** Says more of the span that this is in: not of one of the application's, where nobody traces. */
export const annotated = (attributes: () => Record<string, unknown>): Effect.Effect<void> =>
  Effect.tracerWith((tracer) => (tracer === ownTracer ? Effect.void : Effect.annotateCurrentSpan(attributes())))
