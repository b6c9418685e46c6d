import type { ProviderRequest } from "./Provider.ts"
import type { ProviderConfig } from "./settings.ts"

/** Where texts are posted to: the settings' URL, or the simulated provider's inside the run. */
export const urlOf = ({ id, url }: Pick<ProviderConfig, "id" | "url">): string => url ?? simulatedUrl(id)

/** Below it simulated providers are found inside the run, by their ids. */
const simulatedHosts = ".sms.ringback.internal"

/** Where a simulated provider is found inside the run. */
export const simulatedUrl = (id: string): string => `http://${id}${simulatedHosts}${providerPath(id)}`

/** The simulated provider that a host is; undefined for any other host. */
export const simulatedAt = (host: string): string | undefined =>
  host.endsWith(simulatedHosts) ? host.slice(0, -simulatedHosts.length) : undefined

/** Who asks, as far as the settings say it: an account with its secret, or a bearer token. */
export const authOf = ({
  account,
  secret,
}: Pick<ProviderConfig, "account" | "secret">): Pick<ProviderRequest, "auth"> => {
  if (secret === undefined) return {}
  return { auth: account === undefined ? { bearer: secret } : { password: secret, user: account } }
}

/** The path that a provider has at the gateway, and on its own port. */
export const providerPath = (id: string): string => `/api/sms/${id}`

/** Where a provider's receipts come to. */
export const receiptsPath = (id: string): string => `${providerPath(id)}/receipts`
