import type { ClientTold } from "../core/clientTold.ts"
import { formatDuration } from "../core/Instant.ts"

/** What the client library told, in a few words. Undefined for data of another shape. */
export const clientGist = (told: ClientTold): string | undefined => {
  switch (told.what) {
    case "limited":
      return `waits ${formatDuration(told.wait_ms)} for its limit of the ${told.limit}`
    case "attempt-started":
      return `${told.call}: attempt ${told.attempt}`
    case "attempt-failed": {
      const again = told.retry_in_ms === undefined ? "" : `, again in ${formatDuration(told.retry_in_ms)}`
      return `${told.call}: attempt ${told.attempt} ${errorSaid(told)}${again}`
    }
    case "looked":
      return `looked for the message: ${told.found ?? "not found"}`
    case "circuit-changed":
      return `circuit ${told.from} → ${told.to}`
    case "sent":
      return `sent by attempt ${told.attempts} after ${formatDuration(told.took_ms)}`
    case "failed":
      return `${told.call} ${errorSaid(told)}`
    default:
      return undefined
  }
}

const errorSaid = ({ code, error, status }: Extract<ClientTold, { readonly error: string }>): string =>
  `failed: ${[error, status, code].filter((part) => part !== undefined).join(" ")}`
