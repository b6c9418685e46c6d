import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import type { ClientError } from "../../src/client/errors.ts"
import { clientOver } from "../../src/client/make.ts"
import type { ClientOptions } from "../../src/client/options.ts"
import type { ClientEvent, SendRequest } from "../../src/client/types.ts"
import { accountSid, authToken, type Reply, scriptedHttp } from "./scriptedHttp.ts"
import { virtually } from "./virtually.ts"

export const [to, from] = ["+15551234567", "+15550000001"] as const
export const hello: SendRequest = { to, from, body: "Hello" }

/** A client whose requests end as is scripted, and all it tells. */
export const scripted = (replies: ReadonlyArray<Reply>, options: Partial<ClientOptions> = {}) => {
  const http = scriptedHttp(...replies)
  const events: Array<ClientEvent> = []
  const onEvent = (event: ClientEvent) => void events.push(event)
  const client = Either.getOrThrow(clientOver(http, { accountSid, authToken, onEvent, ...options }))
  const paths = () => http.requests.map(({ method, url }) => `${method} ${new URL(url).pathname.split("/").at(-1)}`)
  return { client, http, events, paths }
}

/** How a send ends, and after how many virtual ms. */
export const ending = <A>(effect: Effect.Effect<A, ClientError>) =>
  Effect.gen(function* () {
    const began = yield* TestClock.currentTimeMillis
    const ended = Effect.zip(Effect.either(effect), TestClock.currentTimeMillis)
    const [result, at] = yield* virtually(ended)
    return { result, tookMs: at - began }
  }).pipe(Effect.withRandom(Random.fixed([0])))

export const tagOf = <A>(result: Either.Either<A, ClientError>) => (Either.isLeft(result) ? result.left._tag : "sent")
