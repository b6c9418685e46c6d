import type { Entry } from "../core/Entry.ts"
import { formatDuration, iso } from "../core/Instant.ts"
import {
  attemptAnswered,
  attemptChosen,
  type Candidate,
  healthChanged,
  receiptArrived,
  requestAccepted,
  requestDeadLettered,
  requestRetried,
  requestSettled,
} from "../gateway/entries.ts"
import { providerDecided, providerReceiptSent } from "../gateway/providers/entries.ts"

/** What an entry of the gateway or of a simulated provider says, in a few words; undefined of every other. */
export const gatewayGist = (entry: Entry<unknown>): string | undefined => {
  if (requestAccepted.is(entry)) {
    const { direct, phone, priority, send_at, text } = entry.data
    return some([
      `→ ${phone} ${JSON.stringify(text)}`,
      priority === "normal" ? undefined : priority,
      direct === undefined ? undefined : `by ${direct} alone`,
      send_at === undefined ? undefined : `not before ${iso(send_at)}`,
    ])
  }
  if (attemptChosen.is(entry)) {
    const { attempt, candidates, probe, provider } = entry.data
    return `attempt ${attempt}: ${provider}${probe ? " as a probe" : ""} of ${candidates.map(candidateGist).join(", ")}`
  }
  if (attemptAnswered.is(entry)) {
    const { attempt, code, outcome, provider, provider_message_id, reason } = entry.data
    return some([`attempt ${attempt}: ${provider} ${outcome}`, provider_message_id, code, reason])
  }
  if (requestRetried.is(entry)) return `${entry.data.why}, in ${formatDuration(Math.max(0, entry.data.due - entry.at))}`
  if (requestDeadLettered.is(entry)) return some([entry.data.reason, entry.data.detail])
  if (receiptArrived.is(entry)) return some([entry.data.provider, entry.data.provider_message_id, entry.data.told])
  if (requestSettled.is(entry)) return some([entry.data.status, entry.data.code])
  if (healthChanged.is(entry)) {
    const { failures, health, successes, until, why } = entry.data
    const back = until === undefined ? "" : ` for ${formatDuration(Math.max(0, until - entry.at))}`
    return `${health}${back}: ${why}, ${failures} of ${failures + successes} failed`
  }
  if (providerDecided.is(entry)) return some([entry.data.provider, entry.data.fate, entry.data.message_id])
  return providerReceiptSent.is(entry) ? `${entry.data.provider} ${entry.data.text}` : undefined
}

const candidateGist = ({ current, out, provider, sent, limit }: Candidate): string =>
  out === undefined ? `${provider} ${current ?? ""} (${sent}/${limit})` : `${provider} (${out})`

const some = (parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" ")
