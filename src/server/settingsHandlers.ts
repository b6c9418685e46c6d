import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { ControlApi } from "./controlApi.ts"

import { committed, stopped, unlessFull } from "./controlErrors.ts"

import { Exchange } from "./Exchange.ts"
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
          Effect.mapError(settings.change(payload), (error) => {
            if (error._tag !== "BadChange") return stopped(error)
            const { problems } = error
            const lines = problems.map(({ expected, found, path }) => `${path}: expected ${expected}, found ${found}`)
            return new BadSettingsChange({ message: lines.join("; "), problems })
          }),
        ).pipe(Effect.zipRight(inForce)),
      )
  }),
)
