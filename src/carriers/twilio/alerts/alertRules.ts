import { outboundRequested } from "../../../core/entries.ts"
import { type Machine, reacts } from "../../../core/Machine.ts"
import { badPolicyIn } from "../connectionOverrides.ts"
import { mediaPurpose } from "../messages.ts"
import { param } from "../request.ts"
import type { Twilio } from "../state.ts"
import { raised } from "./alerts.ts"

/** Alerts about requests of the carrier's own, whatever comes of them. */
export const rulesOfAlerts: Machine<Twilio>["react"] = [
  reacts(outboundRequested, (_, { data, subject }, twilio) => {
    const { attempt, copy, method, params, purpose, url } = data
    if (attempt > 1 || copy !== undefined || purpose === mediaPurpose) return []
    const policy = badPolicyIn(url)
    if (policy === undefined) return []
    // The parameters of a status callback are a template's, which need not name the account.
    const { accountSid = param(params, "AccountSid") ?? twilio.settings.account_sid } =
      twilio.messages.bySid.get(subject) ?? {}
    const about = { accountSid, resourceSid: subject, request: { method, url } }
    return raised(twilio, about, [{ code: 11243, detail: `rp=${policy.slice(0, 100)} is no retry policy` }])
  }),
]
