import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import { timerCancelled, timerSet } from "../../../core/entries.ts"
import type { World } from "../../../core/Machine.ts"
import type { MessageStatus } from "../../delivery/entries.ts"
import { decide, type MessageCommand } from "../../delivery/lifecycle.decider.ts"
import { signOf } from "../accounts/signing.ts"
import { itemOf } from "../collection.ts"
import { type Message, stateOf } from "../messages.ts"
import { blocked } from "../optOut/keywordRules.ts"
import type { Twilio } from "../state.ts"
import { serviceOf } from "./messagingService.ts"
import { generatedMedia, mediaRequests, type Obtained } from "./obtainMedia.ts"
import { priceOf, queuePlan, segmentsOf } from "./planning.ts"

/** The ErrorCodes of messages whose service has no sender for them, or one whose queue is full. */
const noSender = 21703
const queueOverflow = 30001
/** The ErrorCode of a message whose account was suspended or closed before its carrier had it. */
const accountSuspended = 30002
/** The ErrorCode of a service's message to one who wants none of it. */
const optedOut = 21610

/** The key of the one timer a message has. */
export const timerKey = (sid: string): string => `message ${sid}`

/** What follows from a change of a message's status, besides reports of it. */
export const nextStep = (message: Message, status: MessageStatus, at: number): ReadonlyArray<Draft> => {
  switch (status) {
    case "queued":
      return [due(message, at)]
    case "sent":
      return message.plan === undefined ? nothing : [due(message, at)]
    case "canceled":
      return [timerCancelled.draft("", { keys: [timerKey(message.sid)] })]
    default:
      return nothing
  }
}

const nothing: ReadonlyArray<Draft> = []

/** The timer of what the message's plan says is next. */
const due = ({ plan, sid, status }: Message, at: number): Draft => {
  const delay = plan?.delay_ms ?? 0
  const wait = status === "queued" ? (plan?.wait_ms ?? 0) + delay : (plan?.landing_ms ?? delay)
  return timerSet.draft(sid, { due: at + wait, key: timerKey(sid) })
}

/**
 * What follows from a message's creation: its media, and its first step.
 *
 * A message whose media are fetched takes its first step when they are all there.
 */
export const begun = (world: World, twilio: Twilio, sid: string, at: number): ReadonlyArray<Draft> => {
  const message = twilio.messages.bySid.get(sid)
  if (message === undefined) return nothing
  if (message.rare?.mediaUrls === undefined) return firstStep(twilio, message, at)
  if (twilio.settings.media === "fetch") return mediaRequests(world, message, signOf(twilio, message.accountSid))
  return [...generatedMedia(world, twilio.messages, message), ...firstStep(twilio, message, at)]
}

/** What follows once a medium is there. */
export const mediumThere = (twilio: Twilio, sid: string, at: number): ReadonlyArray<Draft> => {
  const message = twilio.messages.bySid.get(sid)
  return message?.rare?.fetching?.length === 0 ? firstStep(twilio, message, at) : nothing
}

/** What follows from the answer to a request for a medium. */
export const mediumAnswered = (message: Message, outcome: Obtained | undefined): ReadonlyArray<Draft> => {
  if (outcome === undefined) return nothing
  return outcome._tag === "Stored"
    ? [outcome.draft]
    : obeyed(message, { _tag: "GiveUp", sid: message.sid, errorCode: outcome.errorCode })
}

const firstStep = (twilio: Twilio, message: Message, at: number): ReadonlyArray<Draft> => {
  switch (message.status) {
    case "queued":
      return [due(message, at)]
    case "accepted":
      return obeyed(message, enqueue(twilio, message, at))
    case "scheduled":
      return [timerSet.draft(message.sid, { due: message.rare?.sendAt ?? at, key: timerKey(message.sid) })]
    default:
      return []
  }
}

/** What a message's timer stands for: its hour has come, its carrier takes it over, or its receipt is due. */
export const fallenDue = (twilio: Twilio, sid: string, at: number): ReadonlyArray<Draft> => {
  const message = twilio.messages.bySid.get(sid)
  if (message === undefined) return []
  switch (stateOf(message)._tag) {
    case "Scheduled":
      return obeyed(message, mayGo(twilio, message) ? enqueue(twilio, message, at) : stopped(sid))
    case "Queued":
      return obeyed(message, mayGo(twilio, message) ? { _tag: "HandOver", sid } : stopped(sid))
    default:
      return obeyed(message, { _tag: "Land", sid })
  }
}

/** Whether a message's account still sends: it may have been suspended or closed since. */
const mayGo = ({ accounts, settings }: Twilio, { accountSid }: Message): boolean =>
  accountSid === settings.account_sid || (itemOf(accounts.accounts, accountSid)?.status ?? "active") === "active"

const stopped = (sid: string): MessageCommand => ({ _tag: "GiveUp", sid, errorCode: accountSuspended })

/** A refusal means that nothing is left to do: the message has ended meanwhile. */
const obeyed = (message: Message, command: MessageCommand): ReadonlyArray<Draft> =>
  Either.getOrElse(decide(stateOf(message), command), () => [])

/** Chooses the sender of a service's message, which joins its queue; or gives up. */
const enqueue = (twilio: Twilio, message: Message, at: number): MessageCommand => {
  const { accountSid, body, numMedia, plan, rare, sid } = message
  const service = serviceOf(twilio, accountSid, rare?.serviceSid ?? "")
  const from = message.from === "" ? service?.senderFor(message) : message.from
  if (from === undefined || plan === undefined) return { _tag: "GiveUp", sid, errorCode: noSender }
  if (blocked(twilio, from, message.to, rare?.serviceSid)) return { _tag: "GiveUp", sid, errorCode: optedOut }
  const numSegments = segmentsOf(body, {
    smart: rare?.smartEncoded === true,
    mms: numMedia > 0 || message.sid.startsWith("MM"),
  })
  const joined = queuePlan(twilio, plan, { from, numSegments, validityMs: rare?.validityMs }, at)
  if (joined === undefined) return { _tag: "GiveUp", sid, errorCode: queueOverflow }
  return {
    _tag: "Enqueue",
    sid,
    queued: { from, num_segments: numSegments, plan: joined, ...priceOf(twilio.settings, numSegments) },
  }
}
