import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import { Bounded } from "../bounded.ts"

/** What a webhook is answered. */
export interface WebhookAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Remembers what has been handled, so that it is handled once. Several processes need one that they share. */
export interface Duplicates {
  /**
   * Handles a request unless one with one of its keys has been; then gives that one's answer, and `isDuplicate`.
   *
   * A handling that fails is forgotten, so that Twilio's next attempt is handled. Of several at once one is handled, and the others
   * wait for it.
   */
  readonly once: <E, R>(
    keys: ReadonlyArray<string>,
    handle: Effect.Effect<WebhookAnswer, E, R>,
  ) => Effect.Effect<{ readonly answer: WebhookAnswer; readonly isDuplicate: boolean }, E, R>
}

export interface DuplicateOptions {
  /** Requests that are remembered. */
  readonly max?: number
  /** Ms they are remembered. */
  readonly keepMs?: number
  /** What a duplicate is answered whose first answer was too long to keep. */
  readonly instead: WebhookAnswer
}

export const duplicateDefaults: { readonly max: number; readonly keepMs: number } = {
  max: 10_000,
  keepMs: 24 * 60 * 60 * 1000,
}
/** Characters of an answer that is kept. */
const keptCharactersMax = 4_096

/** Duplicates in the memory of this process. */
export const makeDuplicates = ({
  max = duplicateDefaults.max,
  keepMs = duplicateDefaults.keepMs,
  instead,
}: DuplicateOptions): Duplicates => {
  // A request has up to two keys.
  const handled = new Bounded<string, WebhookAnswer>({ max: 2 * max, keepMs })
  const underWay = new Map<string, Deferred.Deferred<void>>()
  const once: Duplicates["once"] = (keys, handle) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        // Between the look and what follows from it nothing else runs.
        Effect.suspend(() => {
          const known = keys.map((key) => handled.get(key, now)).find((answer) => answer !== undefined)
          if (known !== undefined) return Effect.succeed({ answer: known, isDuplicate: true })
          const other = keys.map((key) => underWay.get(key)).find((each) => each !== undefined)
          if (other !== undefined)
            return restore(
              Effect.zipRight(
                Deferred.await(other),
                Effect.suspend(() => once(keys, handle)),
              ),
            )
          const done = Deferred.unsafeMake<void>(FiberId.none)
          for (const key of keys) underWay.set(key, done)
          return restore(handle).pipe(
            Effect.map((answer) => {
              for (const key of keys) handled.set(key, answer.body.length > keptCharactersMax ? instead : answer, now)
              return { answer, isDuplicate: false }
            }),
            Effect.ensuring(
              Effect.suspend(() => {
                for (const key of keys) underWay.delete(key)
                return Deferred.succeed(done, undefined)
              }),
            ),
          )
        }),
      ),
    )
  return { once }
}
