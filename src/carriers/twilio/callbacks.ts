import { token } from "../../core/chance.ts"
import type { Draft } from "../../core/Entry.ts"
import type { OutboundRequested } from "../../core/entries.ts"
import { receiptMinute } from "../../core/Instant.ts"
import type { World } from "../../core/Machine.ts"
import { sendCallback } from "../../network/callbackFaults.ts"
import { routeOut } from "../../network/settings.ts"
import { signOf } from "./accounts/signing.ts"
import { boundsOf, overridesOf } from "./connectionOverrides.ts"
import { channelOf } from "./messages/addresses.ts"
import type { Message } from "./messages.ts"
import type { TwilioSettings } from "./settings.ts"
import type { Twilio } from "./state.ts"
import { messageValues } from "./wireOut.ts"

/** Statuses that every message reports. Source: "Outbound message status in status callbacks". */
const reported: ReadonlySet<string> = new Set(["sent", "failed", "delivered", "undelivered", "canceled"])

/** Statuses that a carrier's receipt brings. Source: "Track outbound message status", RawDlrDoneDate. */
const receipts: ReadonlySet<string> = new Set(["delivered", "undelivered"])

/** The callback that reports a message's status, if one is due. */
export const statusCallback = (
  world: World,
  twilio: Twilio,
  message: Message,
  status: string,
): ReadonlyArray<Draft> => {
  const { settings, templates } = twilio
  const url = message.statusCallback
  if (url === undefined || !settings.callbacks.enabled) return []
  if (!reported.has(status) && !(status === "queued" && isNewsQueued(message))) return []
  const { connect, via } = routeOut(world, url)
  return sendCallback(world, message.sid, {
    attempt: 1,
    ...(connect === undefined ? {} : { connect }),
    method: "POST",
    params: templates.delivery_status.pairs({
      ...messageValues(message),
      status,
      raw_dlr_done_date: receipts.has(status) && channelOf(message.to) === "" ? receiptMinute(world.at) : null,
    }),
    purpose: "callback",
    ...policyOf(settings, url),
    sign: signOf(twilio, message.accountSid),
    token: token(world.seed, `callback ${status}`, message.sid),
    url,
    via,
  })
}

/** A message of a service was accepted at first, and of a reply nobody was answered that it is queued. */
const isNewsQueued = ({ direction, rare }: Message): boolean =>
  rare?.serviceSid !== undefined || direction === "outbound-reply"

/** How long a callback has, and what is tried again: as the settings say, but for what its URL's fragment says. */
export const policyOf = (
  { callbacks: { retry_attempts, retry_delay_ms, retry_on } }: TwilioSettings,
  url: string,
): Pick<OutboundRequested, "connect_ms" | "read_ms" | "retry" | "timeout_ms"> => {
  const overrides = overridesOf(url)
  const { on = retry_on, retries } = overrides
  return {
    ...boundsOf(overrides),
    retry: {
      attempts: retries === undefined ? retry_attempts : retries + 1,
      gap_ms: retry_delay_ms,
      ...(on === undefined ? {} : { on }),
    },
  }
}
