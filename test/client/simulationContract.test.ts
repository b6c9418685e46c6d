import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { clientContract, type Subject } from "../../src/client/client.contract.ts"
import {
  clientOver,
  type Http,
  MockTwilioClient,
  makeNodeHttp,
  makeRecorder,
  makeReplayer,
  readInteractions,
} from "../../src/client/client.ts"
import { start } from "../../src/testing/testing.ts"

/* The same facts of the mock, of a client that is recorded, and of one that plays what was recorded. */

const messagingServiceSid = `MG${"7".repeat(32)}`
const from = "+15550000001"

clientContract(
  "The mock",
  Effect.sync(() => ({
    client: new MockTwilioClient().effect,
    from,
    messagingServiceSid,
    sendAt: new Date("2040-01-01T00:00:00Z"),
  })),
)

/** What was recorded of each fact, in the order of the facts, with the rest of its subject. */
const recordings: Array<{ readonly interactions: string; readonly accountSid: string; readonly sendAt: Date }> = []

const over = (http: Http, account: string, authToken: string, baseUrl: string, sendAt: Date): Subject => ({
  client: Either.getOrThrow(
    clientOver(http, { accountSid: account, authToken, baseUrl, limits: false, circuitBreaker: false }),
  ),
  from,
  messagingServiceSid,
  sendAt,
})

clientContract(
  "The client, while it is recorded,",
  Effect.gen(function* () {
    const exchange = yield* Effect.acquireRelease(
      Effect.promise(() => start()),
      (started) => Effect.promise(() => started.stop()),
    )
    const http = yield* Effect.acquireRelease(
      Effect.sync(() => makeNodeHttp()),
      (made) => Effect.sync(made.close),
    )
    const sendAt = new Date(exchange.clock.now().getTime() + 3_600_000)
    const recorder = yield* Effect.acquireRelease(
      Effect.sync(() => makeRecorder(http)),
      (made) =>
        Effect.sync(() => {
          recordings.push({ interactions: made.interactions(), accountSid: exchange.accountSid, sendAt })
        }),
    )
    return over(recorder.http, exchange.accountSid, exchange.authToken, exchange.url, sendAt)
  }),
)

let played = 0

clientContract(
  "The replayer",
  Effect.suspend(() => {
    const recording = recordings[played++]
    if (recording === undefined) throw new Error("nothing was recorded: the facts above have to run as well")
    const replayer = makeReplayer(Either.getOrThrow(readInteractions(recording.interactions)))
    return Effect.acquireRelease(
      Effect.succeed(over(replayer.http, recording.accountSid, "another", "https://api.twilio.com", recording.sendAt)),
      () =>
        Effect.sync(() => {
          const left = replayer.unused()
          if (left.length > 0) throw new Error(`was not asked for:\n${left.join("\n")}`)
        }),
    )
  }),
)
