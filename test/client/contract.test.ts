import * as Effect from "effect/Effect"
import { clientContract } from "../../src/client/client.contract.ts"
import { createClient } from "../../src/client/client.ts"
import { start } from "../../src/testing/testing.ts"

clientContract(
  "The client over HTTP, against the exchange,",
  Effect.gen(function* () {
    const ringback = yield* Effect.acquireRelease(
      Effect.promise(() => start()),
      (started) => Effect.promise(() => started.stop()),
    )
    const { accountSid, authToken, url } = ringback
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => createClient({ accountSid, authToken, baseUrl: url, limits: false })),
      (made) => Effect.sync(made.close),
    )
    return {
      client: client.effect,
      from: "+15550000001",
      messagingServiceSid: `MG${"7".repeat(32)}`,
      sendAt: new Date(ringback.clock.now().getTime() + 3_600_000),
    }
  }),
)
