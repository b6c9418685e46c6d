import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { ControlApi } from "./controlApi.ts"
import { committed, stopped, unlessFull } from "./controlErrors.ts"
import { type BadChange, Exchange, type SettingsDifference } from "./Exchange.ts"
import { BadSettingsChange } from "./settingsApi.ts"

export const SettingsLive = HttpApiBuilder.group(ControlApi, "settings", (handlers) =>
  Effect.gen(function* () {
    const { run, settings } = yield* Exchange
    const inForce = Effect.map(committed(run.engine), settings.read)
    return handlers
      .handle("read", () => inForce)
      .handle("change", ({ payload }) =>
        unlessFull(
          run.engine,
          Effect.mapError(settings.change(payload), (error) =>
            error._tag === "BadChange" ? refusedChange(error) : stopped(error),
          ),
        ).pipe(Effect.zipRight(inForce)),
      )
      .handle("preview", ({ payload }) =>
        settings.preview(payload).pipe(
          Effect.mapError(refusedChange),
          Effect.map((changes) => ({ changes, preview: previewOf(changes) })),
        ),
      )
  }),
)

export const refusedChange = ({ problems }: BadChange): BadSettingsChange => {
  const lines = problems.map(({ expected, found, path }) => `${path}: expected ${expected}, found ${found}`)
  return new BadSettingsChange({ message: lines.join("; "), problems })
}

const previewOf = (changes: ReadonlyArray<SettingsDifference>): string =>
  changes.length === 0
    ? "Nothing would change."
    : changes.map(({ from, path, to }) => [path, `  - ${shown(from)}`, `  + ${shown(to)}`].join("\n")).join("\n")

const shown = (value: unknown): string => (value === undefined ? "(nothing)" : JSON.stringify(value))
