import { token } from "../../core/chance.ts"
import type { Draft } from "../../core/Entry.ts"
import type { OutboundRequested } from "../../core/entries.ts"
import type { World } from "../../core/Machine.ts"
import { sendCallback } from "../../network/callbackFaults.ts"
import { routeOut } from "../../network/settings.ts"
import { signOf } from "./accounts/signing.ts"
import { overridesOf } from "./connectionOverrides.ts"
import type { Message } from "./messages.ts"
import type { TwilioSettings } from "./settings.ts"
import type { Twilio } from "./state.ts"
import { messageValues } from "./wireOut.ts"

/** Virtual ms a webhook has to answer. Source: errors 11205, 11200: 15 s in all. */
const timeoutMs = 15_000

/** Statuses an API-created message reports. Source: "Outbound message status in status callbacks". */
const reported: ReadonlySet<string> = new Set(["sent", "failed", "delivered", "undelivered", "canceled"])

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
  // A message of a service was accepted at first, so that it is queued is news.
  if (!reported.has(status) && (status !== "queued" || message.rare?.serviceSid === undefined)) return []
  const { connect, via } = routeOut(world, url)
  const { timeout_ms, ...policy } = policyOf(settings, url)
  return sendCallback(world, message.sid, {
    attempt: 1,
    ...(connect === undefined ? {} : { connect }),
    method: "POST",
    params: templates.delivery_status.pairs({ ...messageValues(message), status }),
    purpose: "callback",
    ...policy,
    sign: signOf(twilio, message.accountSid),
    timeout_ms,
    token: token(world.seed, `callback ${status}`, message.sid),
    url,
    via,
  })
}

/** How long a webhook has, and what is tried again: as the settings say, but for what its URL's fragment says. */
export const policyOf = (
  { callbacks: { retry_attempts, retry_delay_ms, retry_on } }: TwilioSettings,
  url: string,
): Pick<OutboundRequested, "connect_ms" | "read_ms" | "retry" | "timeout_ms"> => {
  const { connectMs, on = retry_on, readMs, retries, totalMs } = overridesOf(url)
  return {
    ...(connectMs === undefined ? {} : { connect_ms: connectMs }),
    ...(readMs === undefined ? {} : { read_ms: readMs }),
    retry: {
      attempts: retries === undefined ? retry_attempts : retries + 1,
      gap_ms: retry_delay_ms,
      ...(on === undefined ? {} : { on }),
    },
    timeout_ms: totalMs ?? timeoutMs,
  }
}
