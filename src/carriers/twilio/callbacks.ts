import { channelOf } from "../../core/addresses.ts"
import { token } from "../../core/chance.ts"
import type { Draft } from "../../core/Entry.ts"
import type { OutboundRequested, Pair } from "../../core/entries.ts"
import type { World } from "../../core/Machine.ts"
import { sendCallback } from "../../network/callbackFaults.ts"
import { routeOut } from "../../network/settings.ts"
import { signOf } from "./accounts/signing.ts"
import { boundsOf, type ConnectionOverrides, overridesOf } from "./connectionOverrides.ts"
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
  status: Message["status"],
): ReadonlyArray<Draft> => {
  const url = message.statusCallback
  if (url === undefined) return nothing
  if (!reported.has(status) && !(status === "queued" && isNewsQueued(message))) return nothing
  return report(world, twilio, {
    accountSid: message.accountSid,
    event: status,
    method: "POST",
    params: () =>
      twilio.templates.delivery_status.pairs(
        messageValues(message, status, receipts.has(status) && channelOf(message.to) === "" ? world.at : undefined),
      ),
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
  const policy = policyOf(settings, url)
  const request: OutboundRequested = {
    attempt: 1,
    method,
    params: params(),
    purpose: "callback",
    retry: policy.retry,
    sign: signOf(twilio, accountSid),
    timeout_ms: policy.timeout_ms,
    token: token(world.seed, `callback ${event}`, subject),
    url,
    via,
  }
  // Most have no more than that, and leaving out what is not there costs as much as the rest.
  if (absolute === undefined && connect === undefined && isPlain(url)) return sendCallback(world, subject, request)
  return sendCallback(world, subject, {
    ...request,
    ...policy,
    ...(absolute === undefined ? {} : { absolute }),
    ...(connect === undefined ? {} : { connect }),
  })
}

/** A message of a service was accepted at first, and of a reply nobody was answered that it is queued. */
const isNewsQueued = ({ direction, rare }: Message): boolean =>
  rare?.serviceSid !== undefined || direction === "outbound-reply"

type Policy = Pick<OutboundRequested, "connect_ms" | "read_ms" | "timeout_ms"> &
  Pick<Required<OutboundRequested>, "retry">

/** The policy of URLs that say nothing of their own. */
const plainPolicies = new WeakMap<TwilioSettings["callbacks"], Policy>()

/** How long a callback has, and what is tried again: as the settings say, but for what its URL's fragment says. */
const policyOf = ({ callbacks }: TwilioSettings, url: string): Policy => {
  if (!isPlain(url)) return policyBy(callbacks, overridesOf(url))
  const known = plainPolicies.get(callbacks)
  if (known !== undefined) return known
  const policy = policyBy(callbacks, {})
  plainPolicies.set(callbacks, policy)
  return policy
}

const isPlain = (url: string): boolean => !url.includes("#")

const policyBy = (
  { retry_attempts, retry_delay_ms, retry_on }: TwilioSettings["callbacks"],
  overrides: ConnectionOverrides,
): Policy => {
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
