import type { ProviderConfig } from "./settings.ts"

/** Where texts are posted to: the settings' URL, or the simulated provider's inside the run. */
export const urlOf = ({ id, url }: Pick<ProviderConfig, "id" | "url">): string => url ?? simulatedUrl(id)

/** Where a simulated provider is found inside the run (core/hosts.ts says who answers there). */
export const simulatedUrl = (id: string): string => `http://${id}.simulated.ringback${providerPath(id)}`

/** The path that a provider has at the gateway, and on its own port. */
export const providerPath = (id: string): string => `/api/sms/${id}`

/** Where a provider's receipts come to. */
export const receiptsPath = (id: string): string => `${providerPath(id)}/receipts`
