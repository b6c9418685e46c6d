import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { authTokenSecret } from "../carriers/twilio/settings.ts"
import { wireIn } from "../carriers/twilio/wireIn.ts"
import { apiRequested } from "../core/entries.ts"
import { formBody } from "../core/form.ts"
import type { Engine } from "../engine/Engine.ts"
import type { EngineStopped } from "../engine/outside.ts"
import type { Keys } from "../log/Keys.ts"
import { AskedInVain } from "../server/Exchange.ts"

/** Host seconds an answer may take: where the API's latency is simulated, and the clock stands, none comes. */
const answerSecondsMax = 10

export interface OwnersAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Sends a POST to the carrier's API as the account's owner would, without HTTP: in the log it is a request like any other.
 *
 * Fails   `AskedInVain` when a simulated fault, or a latency on a clock that stands, keeps the answer back
 */
export const asOwner =
  (engine: Engine, keys: Keys, accountSid: () => string) =>
  (
    path: string,
    params: ReadonlyArray<readonly [name: string, value: string]>,
  ): Effect.Effect<OwnersAnswer, AskedInVain | EngineStopped> =>
    Effect.async<OwnersAnswer, AskedInVain | EngineStopped>((resume) => {
      const token = keys.secret(authTokenSecret)
      const password = token === undefined ? "" : Redacted.value(token)
      const request = wireIn(
        {
          method: "POST",
          url: path,
          authorization: `Basic ${Buffer.from(`${accountSid()}:${password}`).toString("base64")}`,
          contentType: "application/x-www-form-urlencoded",
          body: Buffer.from(formBody(params)),
        },
        keys,
      )
      engine.ask(
        apiRequested.draft("", request),
        ({ aside, entry: { data } }) =>
          resume(
            data.undelivered === undefined
              ? Effect.succeed({ status: data.status, body: "body" in data ? data.body : (aside ?? "") })
              : Effect.fail(new AskedInVain({ message: "a fault of the API cut the connection; switch it off first" })),
          ),
        (why) => resume(Effect.fail(why)),
      )
    }).pipe(
      Effect.timeoutFail({
        duration: Duration.seconds(answerSecondsMax),
        onTimeout: () =>
          new AskedInVain({ message: "the API has not answered yet: its latency is simulated, and the clock stands" }),
      }),
    )
