import { messageCreated, messageStatusChanged } from "../carriers/delivery/entries.ts"
import { alertRaised } from "../carriers/twilio/alerts/entries.ts"
import {
  callArrived,
  callCreated,
  callDigitsSent,
  callPressed,
  callSpoken,
  callStatusChanged,
  callStepped,
} from "../carriers/twilio/calls/entries.ts"
import { messageArrived } from "../carriers/twilio/inbound/entries.ts"
import { keywordAnswered, recipientOptedIn, recipientOptedOut } from "../carriers/twilio/optOut/entries.ts"
import { clientTold } from "../core/clientTold.ts"
import type { Entry } from "../core/Entry.ts"
import {
  answerReplaced,
  apiRequested,
  apiResponded,
  callbackHeld,
  clockChanged,
  dataCleared,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { formatDuration } from "../core/Instant.ts"
import { providerDecided, providerReceiptSent } from "../gateway/providers/entries.ts"
import { eventOf } from "../network/callbackEvent.ts"
import { clientGist } from "./clientGist.ts"
import { conversationGist } from "./conversationGist.ts"
import { gatewayGist } from "./gatewayGist.ts"

/** What an entry says, in a few words for a table. Data of another shape than its type's is shown as it is. */
export const gist = (entry: Entry): string => {
  try {
    const text: unknown = told(entry)
    // Of a log that was altered any field may hold anything.
    return typeof text === "string" ? text : JSON.stringify(entry.data)
  } catch {
    return JSON.stringify(entry.data) // A log that was altered is still shown.
  }
}

const told = (entry: Entry): string | undefined => {
  const general = entry as Entry<unknown>
  if (runStarted.is(general)) return `seed ${general.data.seed}, rules ${general.data.rules}`
  if (runResumed.is(general)) return `rules ${general.data.rules}`
  if (apiRequested.is(general)) return `${general.data.method} ${general.data.path}${words(general.data.params)}`
  if (apiResponded.is(general)) return String(general.data.status)
  if (messageCreated.is(general)) {
    const { from, to, body, status } = general.data
    return `${from} → ${to} ${JSON.stringify(body)} ${status}`
  }
  if (messageStatusChanged.is(general)) return withCode(general.data.status, general.data.error_code)
  if (messageArrived.is(general))
    return `${general.data.from} → ${general.data.to} ${JSON.stringify(general.data.body)}`
  if (callCreated.is(general))
    return `${general.data.from} → ${general.data.to} ${general.data.direction} ${general.data.status}`
  if (callArrived.is(general)) return `${general.data.from} → ${general.data.to}`
  if (callStatusChanged.is(general)) return general.data.status
  if (callStepped.is(general)) return general.data.orders.map(({ type }) => String(type)).join(", ")
  if (callPressed.is(general) || callDigitsSent.is(general)) return general.data.digits
  if (callSpoken.is(general)) return JSON.stringify(general.data.text)
  if (recipientOptedOut.is(general) || recipientOptedIn.is(general))
    return `${general.data.recipient} of ${general.data.sender}`
  if (keywordAnswered.is(general)) return `${general.data.keyword} ${JSON.stringify(general.data.body)}`
  if (alertRaised.is(general)) return [general.data.error_code, general.data.detail].filter(Boolean).join(" ")
  if (timerSet.is(general))
    return `${general.data.key}, due in ${formatDuration(Math.max(0, general.data.due - entry.at))}`
  if (timerFired.is(general)) return general.data.key
  if (timerCancelled.is(general)) return general.data.keys.join(", ")
  if (callbackHeld.is(general)) {
    const { behind, due, request } = general.data
    const until = formatDuration(Math.max(0, due - entry.at))
    return `callback ${eventOf(request.params) ?? ""} held ${behind ? `behind the next, at most ${until}` : `for ${until}`}`
  }
  if (outboundRequested.is(general)) {
    const { purpose, attempt, method, url, connect, via } = general.data
    return `${purpose} attempt ${attempt}: ${method} ${url}${connect === undefined ? "" : ` at ${connect}`}${via === "world" ? " (virtual)" : ""}`
  }
  if (answerReplaced.is(general)) {
    const { answer, attempt, purpose } = general.data
    const after = answer.after_ms === undefined ? "" : ` after ${formatDuration(answer.after_ms)}`
    return `${purpose} attempt ${attempt} gets ${"drop" in answer ? answer.drop : answer.status}${after}`
  }
  if (outboundAnswered.is(general)) return String(general.data.status)
  if (outboundFailed.is(general)) return [general.data.reason, general.data.detail].filter(Boolean).join(" ")
  if (clockChanged.is(general)) {
    const { data } = general
    if ("pace" in data) return `pace ${data.pace}`
    return "advance_ms" in data ? `advance by ${formatDuration(data.advance_ms)}` : "arrived"
  }
  if (clientTold.is(general)) return clientGist(general.data)
  if (providerDecided.is(general)) return `${general.data.provider}: ${general.data.fate}`
  if (providerReceiptSent.is(general)) return `${general.data.provider}: ${general.data.text}`
  if (dataCleared.is(general)) return general.data.what
  if (turnFailed.is(general)) return general.data.error
  return conversationGist(general) ?? gatewayGist(general)
}

const withCode = (status: string, code: number | undefined): string =>
  code === undefined ? status : `${status} ${code}`

const words = (params: ReadonlyArray<readonly [string, string]>): string =>
  params.length === 0 ? "" : ` ${params.map(([name, value]) => `${name}=${value}`).join(" ")}`
