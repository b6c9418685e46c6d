import { messageCreated, messageDeleted, messageStatusChanged } from "../carriers/delivery/entries.ts"
import { alertRaised } from "../carriers/twilio/alerts/entries.ts"
import { callCreated, callDeleted, callStatusChanged } from "../carriers/twilio/calls/entries.ts"
import {
  conversationLanguageDetected,
  messageComposed,
  messageReceived,
  statusReceived,
  tenantLookedUp,
} from "../conversations/entries.ts"
import { forgets } from "../core/cleared.ts"
import { clientTold } from "../core/clientTold.ts"
import { decode, type Entry, type EntryType, type Row } from "../core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../core/entries.ts"
import {
  attemptAnswered,
  attemptChosen,
  receiptArrived,
  requestAccepted,
  requestDeadLettered,
} from "../gateway/entries.ts"
import { Counter, type Family, gauge, Histogram } from "./Family.ts"

/** Bounds in seconds, of virtual time: of requests that leave, and of a message's way to its end. */
const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30]
const deliveryBounds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400]

/** Statuses that no other follows. */
const lasts: ReadonlySet<string> = new Set([
  ...["delivered", "undelivered", "failed", "canceled", "read", "received", "partially_delivered"],
  ...["completed", "busy", "no-answer"],
])

/** Messages, and calls, that are followed to their last status; of one more the tenth that began first are not any longer. */
const followedMax = 100_000

/** Something that has a status which is not its last. */
interface Living {
  readonly since: number
  status: string
}

interface Leaving {
  readonly purpose: string
  readonly since: number
}

/**
 * What a log tells in numbers: a fold, entry by entry, in memory alone. The counts go from the log's first entry on, so they go on over
 * restarts of the process. Durations are virtual time.
 */
export class LogMeasures {
  #seq = 0
  readonly #followed: number
  readonly #entries = new Counter("ringback_log_entries_total", "Entries of the log, by type.", ["type"])
  readonly #unreadable = new Counter(
    "ringback_log_entries_unreadable_total",
    "Entries whose data is not what it should be.",
  )
  readonly #requests = new Counter(
    "ringback_api_requests_total",
    "Requests of the APIs that were answered, by HTTP status.",
    [...["api", "method", "status"]],
  )
  readonly #created = new Counter("ringback_messages_total", "Messages that were made, by direction.", ["direction"])
  readonly #statuses = new Counter("ringback_message_statuses_total", "Statuses that messages got.", ["status"])
  readonly #errors = new Counter("ringback_message_errors_total", "Messages that failed, by error code.", ["code"])
  readonly #delivery = new Histogram(
    "ringback_message_seconds",
    "Virtual time from a message's beginning to its last status.",
    ["status"],
    deliveryBounds,
  )
  readonly #calls = new Counter("ringback_calls_total", "Calls that were made, by direction.", ["direction"])
  readonly #callStatuses = new Counter("ringback_call_statuses_total", "Statuses that calls got.", ["status"])
  readonly #leaving = new Counter(
    "ringback_outbound_requests_total",
    "Attempts of requests that left: callbacks, webhooks, TwiML, providers, look-ups. The outcome is an HTTP status or why there was none.",
    ["purpose", "outcome"],
  )
  readonly #retries = new Counter("ringback_outbound_retries_total", "Attempts beyond the first.", ["purpose"])
  readonly #took = new Histogram(
    "ringback_outbound_seconds",
    "Virtual time from a request that left to its answer or failure.",
    ["purpose"],
    requestBounds,
  )
  readonly #alerts = new Counter("ringback_alerts_total", "Alerts, by Twilio's code.", ["code"])
  readonly #webhooks = new Counter(
    "ringback_conversation_webhooks_total",
    "Webhooks that the conversation service was sent, by what the edge found of their signature.",
    ["path", "signature"],
  )
  readonly #conversationMessages = new Counter("ringback_conversation_messages_total", "Messages of conversations.", [
    "direction",
  ])
  readonly #conversationStatuses = new Counter(
    "ringback_conversation_statuses_total",
    "Status callbacks about messages of conversations; late ones move nothing.",
    ["status", "moved"],
  )
  readonly #lookups = new Counter("ringback_tenant_lookups_total", "Look-ups of tenants that ended.", ["outcome"])
  readonly #languages = new Counter("ringback_conversation_languages_total", "Languages that messages showed.", [
    "language",
  ])
  readonly #gatewayRequests = new Counter("ringback_gateway_requests_total", "Requests that the gateway took.", [
    "priority",
  ])
  readonly #gatewayAttempts = new Counter("ringback_gateway_attempts_total", "Attempts that providers were given.", [
    ...["provider", "outcome"],
  ])
  readonly #gatewayTook = new Histogram(
    "ringback_gateway_attempt_seconds",
    "Virtual time from a provider's choice to its answer.",
    ["provider"],
    requestBounds,
  )
  readonly #gatewayDead = new Counter("ringback_gateway_dead_letters_total", "Requests the gateway gave up.", [
    "reason",
  ])
  readonly #gatewayReceipts = new Counter("ringback_gateway_receipts_total", "Receipts of providers.", [
    ...["provider", "status"],
  ])
  readonly #gatewayCost = new Counter("ringback_gateway_cost_micros_total", "Cost in millionths of a currency.", [
    ...["provider", "currency"],
  ])
  readonly #circuits = new Counter(
    "ringback_client_circuit_changes_total",
    "Changes of the client library's circuits.",
    ["to"],
  )
  readonly #attempts = new Counter(
    "ringback_client_attempts_failed_total",
    "Attempts of the client library that failed.",
    ["error"],
  )

  readonly #messages = new Map<string, Living>()
  readonly #running = new Map<string, Living>()
  readonly #asked = new Map<number, ApiRequested>()
  readonly #onTheirWay = new Map<number, Leaving>()
  readonly #chosen = new Map<string, number>()
  readonly #takes = new Map<string, (entry: Entry<never>) => void>()

  readonly families: ReadonlyArray<Family> = [
    ...[this.#entries, this.#unreadable, this.#requests, this.#created, this.#statuses, this.#errors, this.#delivery],
    gauge(
      "ringback_messages_in_progress",
      "Messages that are not at their last status; at most the newest 100000 are followed.",
      ["status"],
      () => byStatus(this.#messages),
    ),
    ...[this.#calls, this.#callStatuses],
    gauge("ringback_calls_in_progress", "Calls that are not over.", ["status"], () => byStatus(this.#running)),
    ...[this.#leaving, this.#retries, this.#took, this.#alerts],
    ...[this.#webhooks, this.#conversationMessages, this.#conversationStatuses, this.#lookups, this.#languages],
    ...[this.#gatewayRequests, this.#gatewayAttempts, this.#gatewayTook, this.#gatewayDead],
    ...[this.#gatewayReceipts, this.#gatewayCost, this.#circuits, this.#attempts],
  ]

  /** `followed`: how many messages, and calls, are followed at once. */
  constructor(followed = followedMax) {
    this.#followed = followed
    this.#takeApis()
    this.#takeCarrier()
    this.#takeOutbound()
    this.#takeConversations()
    this.#takeGateway()
    this.#on(dataCleared, ({ data: { what } }) => {
      for (const living of [this.#messages, this.#running])
        for (const subject of living.keys()) if (forgets(what, subject)) living.delete(subject)
    })
  }

  /** The newest entry that was taken. */
  get seq(): number {
    return this.#seq
  }

  /** Takes the next entry; others are passed over. Of one that was altered so that it cannot be read only its type counts. */
  take(row: Row): void {
    if (row.seq !== this.#seq + 1) return
    this.#seq = row.seq
    this.#entries.add([row.type])
    const run = this.#takes.get(row.type)
    if (run === undefined) return
    try {
      run(decode(row) as unknown as Entry<never>)
    } catch {
      // What was altered says nothing that counts; `verify` names it.
      this.#unreadable.add([])
    }
  }

  #on<D>(type: EntryType<D>, run: (entry: Entry<D>) => void): void {
    this.#takes.set(type.type, run as (entry: Entry<never>) => void)
  }

  #takeApis(): void {
    this.#on(apiRequested, ({ data, seq }) => {
      this.#asked.set(seq, data)
      if (data.api === "conversations" && data.path.startsWith("/webhook/"))
        this.#webhooks.add([webhookPath(data.path), data.signature ?? "unchecked"])
    })
    this.#on(apiResponded, ({ cause, data }) => {
      const request = this.#asked.get(cause)
      this.#asked.delete(cause)
      this.#requests.add([request?.api ?? "unknown", methodOf(request?.method), String(data.status)])
    })
    this.#on(clientTold, ({ data }) => {
      if (data.what === "circuit-changed") this.#circuits.add([data.to])
      if (data.what === "attempt-failed") this.#attempts.add([data.error])
    })
  }

  #takeCarrier(): void {
    this.#on(messageCreated, ({ at, data, subject }) => {
      this.#created.add([data.direction])
      this.#statuses.add([data.status])
      this.#follow(this.#messages, subject, { since: at, status: data.status })
      this.#endIfLast(this.#messages, subject, at)
    })
    this.#on(messageStatusChanged, ({ at, data, subject }) => {
      this.#statuses.add([data.status])
      if (data.error_code !== undefined) this.#errors.add([String(data.error_code)])
      const message = this.#messages.get(subject)
      if (message !== undefined) message.status = data.status
      this.#endIfLast(this.#messages, subject, at)
    })
    this.#on(messageDeleted, ({ subject }) => void this.#messages.delete(subject))
    this.#on(callCreated, ({ at, data, subject }) => {
      this.#calls.add([data.direction])
      this.#callStatuses.add([data.status])
      this.#follow(this.#running, subject, { since: at, status: data.status })
    })
    this.#on(callStatusChanged, ({ data, subject }) => {
      this.#callStatuses.add([data.status])
      const call = this.#running.get(subject)
      if (call !== undefined) call.status = data.status
      if (lasts.has(data.status) || data.status === "failed") this.#running.delete(subject)
    })
    this.#on(callDeleted, ({ subject }) => void this.#running.delete(subject))
    this.#on(alertRaised, ({ data }) => this.#alerts.add([String(data.error_code)]))
  }

  /** Some never come to a last status: without receipts `sent` is all that is heard of a message. */
  #follow(living: Map<string, Living>, subject: string, one: Living): void {
    living.set(subject, one)
    if (living.size <= this.#followed) return
    // Several at once: finding the first of a Map takes long where many before it were deleted.
    let left = Math.ceil(this.#followed / 10)
    for (const oldest of living.keys()) {
      living.delete(oldest)
      if (--left === 0) return
    }
  }

  #endIfLast(living: Map<string, Living>, subject: string, at: number): void {
    const one = living.get(subject)
    if (one === undefined || !lasts.has(one.status)) return
    living.delete(subject)
    this.#delivery.add([one.status], at - one.since)
  }

  #takeOutbound(): void {
    const ends = ({ at, cause, data }: Entry<OutboundAnswered | OutboundFailed>) => {
      const leaving = this.#onTheirWay.get(cause)
      if (leaving === undefined) return
      this.#onTheirWay.delete(cause)
      this.#leaving.add([leaving.purpose, "status" in data ? String(data.status) : data.reason])
      this.#took.add([leaving.purpose], at - leaving.since)
    }
    this.#on(outboundRequested, ({ at, data: { attempt, purpose }, seq }) => {
      this.#onTheirWay.set(seq, { purpose, since: at })
      if (attempt > 1) this.#retries.add([purpose])
    })
    this.#on(outboundAnswered, ends)
    this.#on(outboundFailed, ends)
  }

  #takeConversations(): void {
    this.#on(messageReceived, () => this.#conversationMessages.add(["inbound"]))
    this.#on(messageComposed, () => this.#conversationMessages.add(["outbound"]))
    this.#on(statusReceived, ({ data: { moves, status } }) =>
      this.#conversationStatuses.add([status, moves === true ? "true" : "false"]),
    )
    this.#on(tenantLookedUp, ({ data }) => this.#lookups.add([data.outcome]))
    this.#on(conversationLanguageDetected, ({ data }) => this.#languages.add([data.language]))
  }

  #takeGateway(): void {
    this.#on(requestAccepted, ({ data }) => this.#gatewayRequests.add([data.priority]))
    this.#on(attemptChosen, ({ at, subject }) => void this.#chosen.set(subject, at))
    this.#on(attemptAnswered, ({ at, data: { cost, outcome, provider }, subject }) => {
      this.#gatewayAttempts.add([provider, outcome])
      const since = this.#chosen.get(subject)
      this.#chosen.delete(subject)
      if (since !== undefined) this.#gatewayTook.add([provider], at - since)
      if (cost !== undefined) this.#gatewayCost.add([provider, cost.currency], cost.micros)
    })
    this.#on(requestDeadLettered, ({ data }) => this.#gatewayDead.add([data.reason]))
    this.#on(receiptArrived, ({ data: { provider, status } }) => this.#gatewayReceipts.add([provider, status]))
  }
}

function* byStatus(living: ReadonlyMap<string, Living>): Generator<readonly [string, number]> {
  const counts = new Map<string, number>()
  for (const { status } of living.values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  yield* counts
}

const methods: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"])
const methodOf = (method: string | undefined): string =>
  method !== undefined && methods.has(method) ? method : "other"

const webhookPaths: ReadonlySet<string> = new Set(["/webhook/twilio/sms", "/webhook/twilio/status"])
const webhookPath = (path: string): string => (webhookPaths.has(path) ? path : "other")
