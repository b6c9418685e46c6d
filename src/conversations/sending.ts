import { roll, token } from "../core/chance.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundRequested,
  type Pair,
  type SecretName,
  timerSet,
} from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { ownOrigin } from "../network/inside.ts"
import { connectDetail } from "../network/retries.ts"
import { routeOut } from "../network/settings.ts"
import { messageAccepted, messageDelayed, messageFailed, statusesTied } from "./entries.ts"
import { conversationsSettings } from "./settings.ts"
import { type Asked, type ConversationMessage, type Conversations, messageOf, sendPurpose } from "./state.ts"
import { furthest, moves, statusOf } from "./statuses.ts"
import { fieldsOf, gapMs, whyNot } from "./tries.ts"

/*
 * A message is sent by the carrier's API.
 *
 *   composed (pending) ──> outbound.requested ──> answered 2xx ─────────────> accepted ──> statuses by webhook
 *        │                        │  └──── 429, never left ──> delayed ──> timer ──> requested again
 *        │                        ├──── refused, or no attempt is left ──> failed
 *        │                        └──── left and not answered, 5xx, interrupted ──> unknown ──> statuses by webhook
 *
 * 1. Only what was certainly not carried out is sent again (docs/decisions/0015-what-is-sent-again.md).
 * 2. The StatusCallback names the message, so that a status finds it before, or without, the API's own answer.
 */

/** The timer of a message's next attempt. */
export const sendKey = (id: string): string => `send ${id}`

interface Carrier {
  readonly account_sid: string
  readonly auth_token: SecretName
  readonly url: string
}

/** Who sends: the account of the settings, or the run's own at the exchange itself. */
const carrierOf = (world: World): Carrier => {
  const { carrier } = conversationsSettings(world)
  if (carrier !== undefined) return carrier
  const { account_sid, auth_token } = world.settings.twilio as unknown as Omit<Carrier, "url">
  return { account_sid, auth_token, url: ownOrigin }
}

/** Where the carrier tells what becomes of a message. */
export const statusCallbackOf = (world: World, id: string): string =>
  `${conversationsSettings(world).url}/webhook/twilio/status?message=${id}`

const paramsOf = (world: World, { body, from, id, media, to }: ConversationMessage): ReadonlyArray<Pair> => [
  ["To", to],
  [from.startsWith("MG") ? "MessagingServiceSid" : "From", from],
  ...(body === "" ? [] : [["Body", body] as const]),
  ...media.map((url): Pair => ["MediaUrl", url]),
  ["StatusCallback", statusCallbackOf(world, id)],
]

/** An attempt to send a message. */
export const send = (world: World, message: ConversationMessage, attempt: number): Draft => {
  const { account_sid, auth_token, url: base } = carrierOf(world)
  const url = `${base}/2010-04-01/Accounts/${account_sid}/Messages.json`
  const { connect, via } = routeOut(world, url)
  return outboundRequested.draft(message.id, {
    attempt,
    auth: { password: auth_token, user: account_sid },
    ...(connect === undefined ? {} : { connect }),
    method: "POST",
    once: true,
    params: paramsOf(world, message),
    purpose: sendPurpose,
    timeout_ms: conversationsSettings(world).sending.timeout_ms,
    token: token(world.seed, "conversation send", message.id),
    url,
    via,
  })
}

/** What an attempt came to. */
export type SendEnd =
  | { readonly _tag: "Accepted"; readonly sid: string; readonly status: string }
  /** It was certainly not carried out: another attempt is safe. */
  | { readonly _tag: "Again"; readonly reason: string }
  | { readonly _tag: "Refused"; readonly reason: string; readonly code: string | undefined }
  /** Nobody knows whether it was carried out. */
  | { readonly _tag: "Unsure"; readonly reason: string }

/** Reads the carrier's answer. Source: Twilio docs, "Twilio API responses"; 429 is never carried out. */
export const answered = (answer: OutboundAnswered): SendEnd => {
  const { status } = answer
  const { code, message, sid, status: named } = fieldsOf(answer)
  const reason = `answered ${status}${typeof message === "string" ? `: ${message.slice(0, reasonLengthMax)}` : ""}`
  if (status >= 200 && status < 300)
    return typeof sid === "string" && sidForm.test(sid)
      ? { _tag: "Accepted", sid, status: typeof named === "string" ? named : "" }
      : { _tag: "Unsure", reason: `${reason}, without a SID` }
  if (status === 429) return { _tag: "Again", reason }
  if (status >= 500) return { _tag: "Unsure", reason }
  return { _tag: "Refused", reason, code: typeof code === "number" ? String(code) : undefined }
}
const reasonLengthMax = 500
export const sidForm = /^[SM]M[0-9a-f]{32}$/

/** What there being no answer comes to: a connection that never was has carried nothing. */
export const unanswered = (failure: OutboundFailed): SendEnd => {
  const reason = whyNot(failure)
  switch (failure.reason) {
    case "connect":
      return { _tag: "Again", reason }
    case "refused":
    case "cancelled":
      return { _tag: "Refused", reason, code: undefined }
    case "timeout":
      return failure.detail === connectDetail ? { _tag: "Again", reason } : { _tag: "Unsure", reason }
    default:
      return { _tag: "Unsure", reason }
  }
}

/** What follows from how an attempt ended. */
export const sendEnded = (
  world: World,
  conversations: Conversations,
  { attempt, subject: id }: Asked,
  end: SendEnd,
): ReadonlyArray<Draft> => {
  const message = messageOf(conversations, id)
  // A status may have told already what the answer would.
  if (message === undefined || (message.sid !== "" && end._tag !== "Accepted")) return []
  switch (end._tag) {
    case "Accepted":
      return accepted(conversations, message, attempt, end)
    case "Again":
      return again(world, message, attempt, end.reason)
    case "Refused": {
      const { code, reason } = end
      return [failed(id, { attempts: attempt, ...(code === undefined ? {} : { code }), reason, status: "failed" })]
    }
    case "Unsure":
      return [failed(id, { attempts: attempt, reason: end.reason, status: "unknown" })]
  }
}

const failed = messageFailed.draft

/** The API's answer, and the statuses that came before it. */
const accepted = (
  { untied }: Conversations,
  { id, status: has }: ConversationMessage,
  attempts: number,
  { sid, status: named }: { readonly sid: string; readonly status: string },
): ReadonlyArray<Draft> => {
  const told = statusOf(named) ?? "queued"
  const status = moves(has, told) ? told : has
  const early = untied.get(sid)
  if (early === undefined) return [messageAccepted.draft(id, { attempts, sid, status })]
  const last = furthest(status, early)
  return [
    messageAccepted.draft(id, { attempts, sid, status }),
    statusesTied.draft(id, last === status ? { sid } : { sid, status: last }),
  ]
}

/** Another attempt, if there is one left. */
const again = (world: World, { id }: ConversationMessage, attempt: number, reason: string): ReadonlyArray<Draft> => {
  const { sending } = conversationsSettings(world)
  if (attempt >= sending.attempts) return [failed(id, { attempts: attempt, reason, status: "failed" })]
  const due = world.at + gapMs(sending, attempt, roll(world.seed, "conversation send", id, attempt))
  return [messageDelayed.draft(id, { attempt, due, reason }), timerSet.draft(id, { due, key: sendKey(id) })]
}

/** The next attempt of a message whose timer this is; nothing where it is no such timer. */
export const sendDue = (
  world: World,
  conversations: Conversations,
  key: string,
  subject: string,
): ReadonlyArray<Draft> => {
  if (key !== sendKey(subject)) return []
  const message = messageOf(conversations, subject)
  return message?.status === "pending" ? [send(world, message, message.attempts + 1)] : []
}

/** How an attempt ended, by the entry that says so. */
export const sendEndOf = (entry: Entry<OutboundAnswered> | Entry<OutboundFailed>): SendEnd =>
  outboundAnswered.is(entry) ? answered(entry.data) : unanswered(entry.data as OutboundFailed)
