import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { segmentsOf } from "../messages/planning.ts"
import { type Message, nextPlace } from "../messages.ts"
import { keywordTaken } from "../optOut/keywordRules.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { accountHaving } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import type { MessageArrived } from "./entries.ts"
import { ask, inboundParameters, numberIn, webhooksOf } from "./webhook.ts"

/*
 * A message that arrives from a phone.
 *
 *   message.arrived ──> message.created (received) ──> media are there ──> outbound.requested (webhook)
 *          └──> keyword? recipient.opted-out | recipient.opted-in, keyword.answered
 */

/** What follows from the arrival of a message; nothing where no active account has its number. */
export const arrived = (
  { seed }: World,
  twilio: Twilio,
  { data: { body, from, media = [], to } }: Entry<MessageArrived>,
): ReadonlyArray<Draft> => {
  const accountSid = accountHaving(twilio, numberIn(to))
  if (accountSid === undefined) return []
  const service = ownedNumber(twilio.senders, numberIn(to))?.serviceSid
  const mms = media.length > 0
  const sid = makeSid(mms ? "MM" : "SM", seed, nextPlace(twilio.messages))
  const created = messageCreated.draft(sid, {
    account_sid: accountSid,
    body,
    direction: "inbound",
    from,
    ...(mms && twilio.settings.media !== undefined ? { media } : {}),
    ...(service === undefined ? {} : { messaging_service_sid: service }),
    num_media: media.length,
    num_segments: segmentsOf(body, { smart: false, mms }),
    status: "received",
    to,
  })
  return [created, ...keywordTaken(twilio, sid, { body, from, to })]
}

/** Tells an inbound message, once all of it is there, to the webhook of its number or service; nothing where there is none. */
export const told = (world: World, twilio: Twilio, message: Message): ReadonlyArray<Draft> => {
  const { primary } = webhooksOf(twilio, message.to)
  if (primary === undefined) return []
  const { accountSid, sid } = message
  return [ask(world, twilio, { sid, accountSid, target: primary, params: inboundParameters(twilio, message), n: 0 })]
}

/** Whether a message has come in and all its media are there, or were: one may be deleted before the last one comes. */
export const isWhole = ({ direction, rare }: Message): boolean =>
  direction === "inbound" &&
  (rare?.fetching === undefined
    ? (rare?.mediaUrls?.length ?? 0) === (rare?.media?.length ?? 0)
    : rare.fetching.length === 0)
