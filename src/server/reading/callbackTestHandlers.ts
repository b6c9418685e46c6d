import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { iso } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import { callbackTestMachine } from "../../network/callbackTest.machine.ts"
import { ControlApi } from "../controlApi.ts"
import { committed } from "../controlErrors.ts"
import { Exchange } from "../Exchange.ts"

export const CallbackTestLive = HttpApiBuilder.group(ControlApi, "callbackTest", (handlers) =>
  Effect.gen(function* () {
    const { run } = yield* Exchange
    return handlers.handle("list", () =>
      Effect.map(committed(run.engine), () => ({
        received: run.engine.world
          .slice(callbackTestMachine)
          .received.slice(-limits.callbackTestsKeptMax)
          .reverse()
          .map(({ at, ...received }) => ({ ...received, at: iso(at) })),
      })),
    )
  }),
)
