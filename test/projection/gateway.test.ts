import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { type GatewayAct, gatewayActs, performGateway, troubled } from "../support/gatewayTraffic.ts"
import { seededRuns } from "../support/seeded.ts"
import { simulate } from "../support/simulate.ts"
import { agrees } from "./agreeing.ts"

describe("A projection of the gateway", () => {
  it.effect.prop(
    "is what the world says of requests and of what their providers said, whatever went wrong",
    [
      FastCheck.array(
        FastCheck.oneof({ weight: 3, arbitrary: gatewayActs }, FastCheck.integer({ min: 0, max: 30_000 })),
        {
          minLength: 5,
          maxLength: 20,
        },
      ),
      FastCheck.array(FastCheck.integer({ min: 1, max: 40 }), { maxLength: 8 }),
    ],
    ([some, pieces]) =>
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" }, settings: { gateway: troubled } })
        for (const each of some as ReadonlyArray<GatewayAct | number>)
          if (typeof each === "number") yield* Effect.orDie(simulation.run.engine.advance(each))
          else yield* performGateway(simulation, each)
        yield* agrees(yield* simulation.rows, pieces)
      }).pipe(Effect.scoped),
    seededRuns(25),
  )
})
