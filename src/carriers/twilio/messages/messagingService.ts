import { itemOf, itemsOf } from "../collection.ts"
import { isSid } from "../parameters.ts"
import { chooseSender, type ToSend } from "../senders/choice.ts"
import { serviceConfig } from "../senders/services.ts"
import type { Twilio } from "../state.ts"

/** A Messaging Service as a message needs it. */
export interface Service {
  readonly sid: string
  /** The sender for a message; `undefined` when its pool has none that reaches the recipient. */
  readonly senderFor: (message: ToSend) => string | undefined
  /** Whether its pool is empty, and whether a sender is in it. */
  readonly isEmpty: boolean
  readonly has: (sender: string) => boolean
  /** What it says of its messages where they do not. */
  readonly smartEncoded: boolean
  readonly statusCallback: string | undefined
  readonly validityMs: number | undefined
}

/** Whether a text has the form of a Messaging Service's SID. */
export const isServiceSid = (text: string): boolean => isSid("MG", text)

/** Whether a service was ever made in the run: from then on there are those that were made, and no others. */
export const hasServices = ({ senders }: Twilio): boolean => senders.services.all.length > 0

/**
 * The Messaging Service of a SID that an account may use; `undefined` when there is none.
 *
 * As long as no service was ever made in the run, every well-formed SID is one, so that an application with a fixed SID runs as
 * it is; as every From is allowed where settings name none.
 */
export const serviceOf = (twilio: Twilio, accountSid: string, sid: string): Service | undefined => {
  if (!hasServices(twilio)) return isServiceSid(sid) ? anyService(twilio, sid) : undefined
  const service = itemOf(twilio.senders.services, sid)
  if (service?.accountSid !== accountSid) return undefined
  const { smart_encoding, status_callback } = serviceConfig(service)
  const { validity_period } = service.config
  const senders = itemsOf(service.pool).map(({ sender }) => sender)
  return {
    sid,
    senderFor: (message) => chooseSender(service, message, twilio.seed),
    isEmpty: senders.length === 0,
    has: (sender) => senders.includes(sender),
    smartEncoded: smart_encoding,
    statusCallback: status_callback === "" ? undefined : status_callback,
    validityMs: validity_period === undefined ? undefined : validity_period * 1000,
  }
}

/** A service nobody made: it sends from the first number that settings name, or from one that its SID names. */
const anyService = ({ settings }: Twilio, sid: string): Service => ({
  sid,
  senderFor: () =>
    settings.allowed_from_numbers[0] ??
    `+1555${String(Number.parseInt(sid.slice(2, 14), 16) % 10_000_000).padStart(7, "0")}`,
  isEmpty: false,
  has: () => true,
  smartEncoded: false,
  statusCallback: undefined,
  validityMs: undefined,
})
