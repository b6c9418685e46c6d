import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { messageProgress } from "../../core/messageProgress.ts"
import type { ClientError, MissingFields, PayloadParseError } from "../errors.ts"
import { errorOfMessage } from "../errorTable.ts"
import type { MessageStatus } from "../types.ts"
import { count, lacks, wrong } from "./inbound.ts"

/** A message of ours has another status. */
export interface StatusUpdate {
  readonly messageSid: string
  readonly accountSid: string
  readonly messagingServiceSid: string | null
  readonly status: MessageStatus
  readonly from: string | null
  readonly to: string
  readonly errorCode: number | null
  /** What the code means, as the error of its class. */
  readonly error: ClientError | undefined
  /** All that Twilio sent, by name. */
  readonly params: ReadonlyMap<string, string>
}

const progress: Readonly<Record<MessageStatus, number>> = messageProgress

/** Whether a message that had one status can have the other one after it: what ended has ended, but for `delivered`, which may be read. */
export const moves = (from: MessageStatus | undefined, to: MessageStatus): boolean =>
  from === undefined ||
  (progress[from] < progress.delivered ? progress[to] > progress[from] : from === "delivered" && to === "read")

const isStatus = (text: string): text is MessageStatus => Object.hasOwn(progress, text)
const sidShape = /^[A-Z]{2}[0-9a-f]{32}$/i

/** Reads what Twilio sends of a status. Source: "Track the Message Status of Outbound Messages". */
export const statusOf = (
  params: ReadonlyMap<string, string>,
): Either.Either<StatusUpdate, MissingFields | PayloadParseError> => {
  const missing = ["MessageSid", "MessageStatus", "AccountSid", "To"].filter((name) => (params.get(name) ?? "") === "")
  if (missing.length > 0) return Either.left(lacks(missing))
  const text = (name: string): string => params.get(name) ?? ""
  const status = text("MessageStatus")
  if (!isStatus(status)) return Either.left(wrong("MessageStatus is none of Twilio's statuses"))
  if (!sidShape.test(text("MessageSid"))) return Either.left(wrong("MessageSid is not two letters and 32 hex digits"))
  const errorCode = text("ErrorCode") === "" ? null : count(text("ErrorCode"), 999_999)
  if (errorCode === undefined) return Either.left(wrong("ErrorCode is no code"))
  return Either.right({
    messageSid: text("MessageSid"),
    accountSid: text("AccountSid"),
    messagingServiceSid: params.get("MessagingServiceSid") ?? null,
    status,
    from: params.get("From") ?? null,
    to: text("To"),
    errorCode,
    error: errorOfMessage({ errorCode, errorMessage: params.get("ErrorMessage") ?? null }),
    params,
  })
}

/** One after the other for each key, at once for different ones. Holds what is under way and nothing else. */
export const makeTurns = (): (<A, E, R>(key: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) => {
  const open = new Map<string, { readonly semaphore: Effect.Semaphore; users: number }>()
  return (key, effect) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const turn = open.get(key) ?? { semaphore: Effect.unsafeMakeSemaphore(1), users: 0 }
        turn.users++
        open.set(key, turn)
        return turn
      }),
      ({ semaphore }) => semaphore.withPermits(1)(effect),
      (turn) =>
        Effect.sync(() => {
          turn.users--
          if (turn.users === 0) open.delete(key)
        }),
    )
}
