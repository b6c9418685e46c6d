import * as Either from "effect/Either"
import { channelOf } from "../../../core/addresses.ts"
import { formatDuration, isoSeconds, parseInstant } from "../../../core/Instant.ts"
import { type ErrorCode, type ErrorValues, type TwilioError, twilioError } from "../errors.ts"
import type { TwilioSettings } from "../settings.ts"
import type { Twilio } from "../state.ts"
import { type Given, named } from "./givenParameters.ts"

/** Source: errors 35114 (window), 35125 (number of messages). */
const asTwilio: NonNullable<TwilioSettings["scheduling"]> = {
  max_ms: 35 * 24 * 3_600_000,
  messages_max: 500_000,
  min_ms: 15 * 60_000,
}

/**
 * When a message is to be sent, virtual ms; `undefined`: now.
 *
 * Refuses what Twilio refuses: no SendAt (35111), no service (35118), a channel that cannot (35126), an instant outside the window or
 * none at all (35114; 35115 where the window begins earlier), too many (35125). `SendAt` without `ScheduleType=fixed` is 20400.
 */
export const scheduleOf = (
  given: Given,
  { messages, settings }: Twilio,
  at: number,
): Either.Either<number | undefined, TwilioError> => {
  const type = named(given, "ScheduleType")
  const text = named(given, "SendAt")
  if (type === undefined && text === undefined) return now
  if (type !== undefined && type !== "fixed") return refused(20400, { reason: "ScheduleType is none but fixed" })
  if (text === undefined) return refused(35111)
  if (type === undefined) return refused(20400, { reason: "SendAt needs ScheduleType=fixed" })
  if (given.service === undefined) return refused(35118)
  if (channelOf(given.to ?? "") === "messenger") return refused(35126)
  const { max_ms, messages_max, min_ms } = settings.scheduling ?? asTwilio
  const sendAt = parseInstant(text)
  if (sendAt === undefined || sendAt < at + min_ms || sendAt > at + max_ms) {
    const values = { max: formatDuration(max_ms), min: formatDuration(min_ms), now: isoSeconds(at) }
    return refused(min_ms < asTwilio.min_ms ? 35115 : 35114, values)
  }
  return messages.scheduled >= messages_max ? refused(35125) : Either.right(sendAt)
}

const now: Either.Either<number | undefined, TwilioError> = Either.right(undefined)

const refused = (code: ErrorCode, values?: ErrorValues): Either.Either<never, TwilioError> =>
  Either.left(twilioError(code, values))
