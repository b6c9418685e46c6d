import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../client/errors.ts"
import { clientOver } from "../../client/make.ts"
import type { ClientOptions, OptionError } from "../../client/options.ts"
import type { CircuitState, ClientEvent, Message, SendRequest } from "../../client/types.ts"
import type { EngineStopped, OrderFailed } from "../../engine/outside.ts"
import type { Stage } from "../Stage.ts"
import { ClientRun } from "./ClientRun.ts"

/** What came of a send, and what the client is like after it. */
export interface SendEnded {
  readonly result: Either.Either<Message, ClientError>
  /** Requests that were made to send it, without those that looked for it. */
  readonly attempts: number
  /** Virtual ms. */
  readonly tookMs: number
  readonly circuit: CircuitState
}

/** The client library on a scenario's stage: its limits, breaker and opt-outs last as long as the scenario. */
export interface ScenarioClient {
  /** Sends a message; virtual time goes on until it is known what came of it. */
  readonly send: (request: SendRequest) => Effect.Effect<SendEnded, EngineStopped | OrderFailed>
}

/** A client of the stage's account. `seed` decides what chance adds to its delays, `goOn` how time goes on (ClientRun.ts). */
export const makeScenarioClient = (
  stage: Stage,
  seed: number,
  options: Partial<ClientOptions>,
  goOn?: Effect.Effect<void>,
): Either.Either<ScenarioClient, OptionError> => {
  const { accountSid, authToken, run } = stage
  const inRun = new ClientRun(stage, seed, goOn)
  let attempts = 0
  const onEvent = (event: ClientEvent) => {
    if (event._tag === "AttemptStarted" && event.call === "send") attempts = event.attempt
    inRun.tell(event)
  }
  return Either.map(clientOver(inRun.http, { ...options, accountSid, authToken, onEvent }), (client) => ({
    send: (request) =>
      Effect.suspend(() => {
        const began = run.engine.now
        attempts = 0
        const sent = Effect.zip(Effect.either(client.messages.send(request)), client.circuit)
        return Effect.map(inRun.carryOut(sent), ([result, circuit]) => ({
          result,
          attempts,
          tookMs: run.engine.now - began,
          circuit,
        }))
      }),
  }))
}
