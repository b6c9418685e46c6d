import type { ClientError } from "../../client/errors.ts"
import type { ClientEvent } from "../../client/types.ts"
import type { ClientTold } from "../../core/clientTold.ts"

/** What the client tells, as the log has it. No texts of errors: they may be of any length. `id` names the call. */
export const toldOf = (event: ClientEvent, id: string): ClientTold => {
  switch (event._tag) {
    case "LimitReached":
      return { limit: event.limit, wait_ms: event.waitMs, what: "limited" }
    case "AttemptStarted":
      return { attempt: event.attempt, call: event.call, what: "attempt-started" }
    case "AttemptFailed": {
      const { attempt, call, error, retryInMs } = event
      const again = retryInMs === null ? {} : { retry_in_ms: retryInMs }
      return { attempt, call, ...factsOf(error), ...again, what: "attempt-failed" }
    }
    case "Checked":
      return { attempt: event.attempt, ...(event.found === null ? {} : { found: event.found }), what: "looked" }
    case "CircuitChanged":
      return { from: event.from, to: event.to, what: "circuit-changed" }
    case "Sent":
      return { attempts: event.attempts, call_id: id, took_ms: event.tookMs, what: "sent" }
    case "Failed":
      return { call: event.call, ...factsOf(event.error), what: "failed" }
  }
}

const factsOf = ({ _tag, code, status }: ClientError) => ({
  error: _tag,
  ...(code === undefined ? {} : { code }),
  ...(status === undefined ? {} : { status }),
})
