import { generic } from "./generic.ts"
import type { Dialect, ProviderOutcome } from "./Provider.ts"
import { plivo } from "./plivo.ts"
import type { DialectName } from "./settings.ts"
import { twilio } from "./twilio.ts"

/** Every dialect there is, by its name in settings. */
export const dialects: { readonly [name in DialectName]: Dialect } = { generic, plivo, twilio }

/**
 * What an attempt came to that got no answer, by the reason of `outbound.failed`.
 *
 * One that never connected did not leave; of any other nobody knows whether the provider took it.
 */
export const failedOutcome = (reason: string): Extract<ProviderOutcome, { _tag: "Failed" }> => ({
  _tag: "Failed",
  reason,
  left: !["connect", "refused", "cancelled", "lost", "not-recorded"].includes(reason),
})
