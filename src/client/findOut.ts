import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Caller, FoundOut, Parts, Unsure } from "./calls.ts"
import type { ClientError } from "./errors.ts"
import { type DatedPage, firstPath, pageCall, pathBehind } from "./pages.ts"
import type { Sending } from "./sendParams.ts"
import type { Sends } from "./sends.ts"
import type { Message } from "./types.ts"

/*
 * Finding out whether a message exists whose request had no answer, or one that does not tell.
 *
 * 1. A message that is there is the answer.
 * 2. That it is not there is an answer only where Twilio itself has ended the request with an error. A request that had no answer may be
 *    carried out later than any look, so it is never sent again.
 */

export interface FindingParts extends Pick<Parts, "options" | "seen"> {
  readonly caller: Caller
  readonly sends: Sends
}

/** Ms before each look for a message whose request had no answer. */
const looksAfterMs = [1_000, 2_000, 4_000, 8_000] as const
/** Ms before the look for one that was answered with an error, when it is not to be repeated. */
const lookAfterMs = 1_000
const lookPagesMax = 4
/** Twilio's dates are of whole seconds, both of messages and of answers. */
const dateSlackMs = 2_000

/** `began`: the date of the first attempt, ms. */
export const makeFindOut =
  (parts: FindingParts, sending: Sending, began: number) =>
  ({ attempt, reached, retryInMs }: Unsure): Effect.Effect<FoundOut<Message>> =>
    Effect.gen(function* () {
      if (!sending.isBodyKept) return unknown("its text is made by Twilio, so it cannot be looked for")
      let found: Either.Either<Message | undefined, ClientError> = Either.right(undefined)
      for (const ms of reached === "answered" ? [retryInMs ?? lookAfterMs] : looksAfterMs) {
        yield* Effect.sleep(ms)
        if (!parts.sends.isAlone(sending)) return unknown("another send of the same message is under way")
        found = yield* Effect.either(look(parts, sending, began))
        const value = Either.getOrUndefined(found)
        yield* parts.seen.tell({ _tag: "Checked", attempt, found: value?.sid ?? null })
        if (value !== undefined) return { _tag: "Found", value }
      }
      if (Either.isLeft(found)) return unknown(`looking for it failed: ${found.left.message}`)
      return reached === "answered" ? { _tag: "Absent" } : unknown("it was not there, and may still come to be")
    })

const unknown = (why: string): FoundOut<Message> => ({ _tag: "Unknown", why })

/** Looks once. What is found belongs to this send from then on. */
const look = (
  { caller, options, sends }: FindingParts,
  sending: Sending,
  began: number,
): Effect.Effect<Message | undefined, ClientError> =>
  Effect.gen(function* () {
    let path: string | undefined = yield* firstPath(options.accountSid, { to: sending.to, pageSize: 100 })
    for (let n = 0; n < lookPagesMax && path !== undefined; n++) {
      const page: DatedPage = yield* caller.once(pageCall(path))
      const now = yield* Clock.currentTimeMillis
      // By Twilio's clock, which need not be ours.
      const since = began + ((page.date ?? now) - now) - dateSlackMs
      const found = page.messages.findLast((message) => sends.mayBe(sending, message, since, now))
      if (found !== undefined) {
        sends.own(found.sid, now)
        return found
      }
      const isPast = page.messages.some(({ dateCreated }) => dateCreated !== null && dateCreated.getTime() < since)
      path = isPast ? undefined : yield* pathBehind(page, path, options)
    }
    return undefined
  })
