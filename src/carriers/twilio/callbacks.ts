import { token } from "../../core/chance.ts"
import type { Draft } from "../../core/Entry.ts"
import type { OutboundRequested, Pair } from "../../core/entries.ts"
import { receiptMinute } from "../../core/Instant.ts"
import type { World } from "../../core/Machine.ts"
import { sendCallback } from "../../network/callbackFaults.ts"
import { routeOut } from "../../network/settings.ts"
import { signOf } from "./accounts/signing.ts"
import { boundsOf, overridesOf } from "./connectionOverrides.ts"
import { channelOf } from "../../core/addresses.ts"
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
  const url = message.statusCallback
  if (url === undefined) return nothing
  if (!reported.has(status) && !(status === "queued" && isNewsQueued(message))) return nothing
  return report(world, twilio, {
    accountSid: message.accountSid,
    event: status,
    method: "POST",
    params: () =>
      twilio.templates.delivery_status.pairs({
        ...messageValues(message),
        status,
        raw_dlr_done_date: receipts.has(status) && channelOf(message.to) === "" ? receiptMinute(world.at) : null,
      }),
    subject: message.sid,
    url,
  })
}

const nothing: ReadonlyArray<Draft> = []

/** Something that an application is told. */
export interface Report {
  /** Parameters whose values are paths of this server. */
  readonly absolute?: ReadonlyArray<string>
  readonly accountSid: string
  /** What names it among the reports about its subject. */
  readonly event: string
  readonly method: "GET" | "POST"
  readonly params: () => ReadonlyArray<Pair>
  readonly subject: string
  readonly url: string
}

/** The callback that tells something, unless settings have callbacks switched off. */
export const report = (
  world: World,
  twilio: Twilio,
  { absolute, accountSid, event, method, params, subject, url }: Report,
): ReadonlyArray<Draft> => {
  const { settings } = twilio
  if (!settings.callbacks.enabled) return nothing
  const { connect, via } = routeOut(world, url)
  const { timeout_ms, ...policy } = policyOf(settings, url)
  return sendCallback(world, subject, {
    ...(absolute === undefined ? {} : { absolute }),
    attempt: 1,
    ...(connect === undefined ? {} : { connect }),
    method,
    params: params(),
    purpose: "callback",
    ...policy,
    sign: signOf(twilio, accountSid),
    timeout_ms,
    token: token(world.seed, `callback ${event}`, subject),
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
