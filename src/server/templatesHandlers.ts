import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { ControlApi } from "./controlApi.ts"
import { committed, stopped, unlessFull } from "./controlErrors.ts"
import { Exchange, type TemplateYield } from "./Exchange.ts"
import { refusedChange } from "./settingsHandlers.ts"

export const TemplatesLive = HttpApiBuilder.group(ControlApi, "templates", (handlers) =>
  Effect.gen(function* () {
    const { run, templates } = yield* Exchange
    const inForce = Effect.map(committed(run.engine), () => ({ templates: templates.read() }))
    return handlers
      .handle("read", () => inForce)
      .handle("change", ({ payload }) =>
        unlessFull(
          run.engine,
          Effect.mapError(templates.change(payload), (error) =>
            error._tag === "BadChange" ? refusedChange(error) : stopped(error),
          ),
        ).pipe(Effect.zipRight(inForce)),
      )
      .handle("preview", ({ payload }) =>
        templates.preview(payload).pipe(
          Effect.mapError(refusedChange),
          Effect.map((yields) => ({ yields, preview: previewOf(yields) })),
        ),
      )
  }),
)

const previewOf = (yields: ReadonlyArray<TemplateYield>): string =>
  yields.map(({ body, name, of }) => `${name} of ${of}\n${pretty(body)}`).join("\n\n")

/** A checked template yields JSON. */
const pretty = (body: string): string => JSON.stringify(JSON.parse(body), null, 2)
