import { valueAt } from "../core/packed/columns.ts"
import type { Layout } from "../core/packed/PackedItems.ts"
import type { AttemptAnswered, AttemptOutcome, Cost, DeadLetterReason, Priority, RequestAccepted } from "./entries.ts"

/**
 * Where a request stands. `scheduled`: its hour has not come; `pending`: in the queue; `sending`: on its way to a provider; `sent`: one has
 * taken it; `delivered`, `undelivered`: its receipt says so; `failed`, `unsure`: dead letters; `cancelled`.
 */
export const requestStatuses = [
  "scheduled",
  "pending",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "unsure",
  "cancelled",
] as const
export type RequestStatus = (typeof requestStatuses)[number]

/**
 * A request as the gateway knows it. Instants in virtual ms.
 *
 * Why   there may be a million in the queue: one that was never tried has nothing of attempts, and no instant stands in it twice
 */
export interface GatewayRequest {
  readonly id: string
  /** Its place among all requests of the run. */
  readonly n: number
  /** In E.164 form. */
  readonly phone: string
  readonly text: string
  readonly priority: Priority
  readonly accepted: number
  readonly status: RequestStatus
  /** When it came to stand so; undefined: since it was accepted. */
  readonly updated: number | undefined
  /** The hour that was asked for. */
  readonly sendAt: number | undefined
  readonly attempts: ReadonlyArray<Attempt>
  /** Undefined until its first attempt. */
  readonly tries: Tries | undefined
  /** Why it was given up. */
  readonly dead: { readonly reason: DeadLetterReason; readonly detail?: string } | undefined
  /** What few requests have. */
  readonly rare: Rare | undefined
}

export interface Rare {
  readonly direct?: string
  /** The seq of the direct request that is to be answered when its provider has. */
  readonly askedBy?: number
  readonly idempotencyKey?: string
}

/** How its attempts stand, for the next one. */
export interface Tries {
  /** Providers that were tried since all were, or since the last pause. */
  readonly tried: ReadonlyArray<string>
  /** Pauses before it was tried again. */
  readonly pauses: number
  /** Attempts before it was sent again by an operator's order, the last time, and when that was. */
  readonly before: number
  readonly resentAt: number | undefined
}

/** One attempt. */
export interface Attempt {
  readonly provider: string
  readonly at: number
  /** The seq of the entry that says why this provider. */
  readonly chosen: number
  readonly answered?: number
  readonly outcome?: AttemptOutcome
  readonly code?: string
  readonly reason?: string
  readonly status?: number
  readonly cost?: Cost
  readonly providerMessageId?: string
  readonly receipts?: ReadonlyArray<AttemptReceipt>
}

export interface AttemptReceipt {
  readonly at: number
  readonly status: "sent" | "delivered" | "undelivered"
  readonly told: string
  readonly code?: string
}

/** How requests are packed: those that are on their way to no provider. */
export const layoutOfRequests: Layout<GatewayRequest> = {
  key: "id",
  fields: [
    "id",
    "n",
    "phone",
    "text",
    "priority",
    "accepted",
    "status",
    "updated",
    "sendAt",
    "attempts",
    "tries",
    "dead",
    "rare",
  ],
  unpack: (columns, i) => ({
    id: valueAt(columns.id, i),
    n: valueAt(columns.n, i),
    phone: valueAt(columns.phone, i),
    text: valueAt(columns.text, i),
    priority: valueAt(columns.priority, i),
    accepted: valueAt(columns.accepted, i),
    status: valueAt(columns.status, i),
    updated: valueAt(columns.updated, i),
    sendAt: valueAt(columns.sendAt, i),
    attempts: valueAt(columns.attempts, i),
    tries: valueAt(columns.tries, i),
    dead: valueAt(columns.dead, i),
    rare: valueAt(columns.rare, i),
  }),
  moves: ({ status }) => status === "sending",
}

const none: ReadonlyArray<never> = []

const untried: Tries = { tried: none, pauses: 0, before: 0, resentAt: undefined }

/** How the attempts of a request stand; of one that has none, too. */
export const triesOf = ({ tries }: GatewayRequest): Tries => tries ?? untried

/** From when a request may be sent: its time to be sent counts from here. */
export const sendableFrom = ({ accepted, sendAt = accepted, tries }: GatewayRequest): number =>
  tries?.resentAt ?? Math.max(accepted, sendAt)

/** A request as its acceptance makes it. */
export const newRequest = (id: string, at: number, cause: number, data: RequestAccepted): GatewayRequest => ({
  id,
  n: data.n,
  phone: data.phone,
  text: data.text,
  priority: data.priority,
  accepted: at,
  status: data.send_at === undefined ? (data.direct === undefined ? "pending" : "sending") : "scheduled",
  updated: undefined,
  sendAt: data.send_at,
  attempts: none,
  tries: undefined,
  dead: undefined,
  rare: rareOf(data, cause),
})

const rareOf = ({ direct, idempotency }: RequestAccepted, cause: number): Rare | undefined =>
  direct === undefined && idempotency === undefined
    ? undefined
    : {
        ...(direct === undefined ? {} : { askedBy: cause, direct }),
        ...(idempotency === undefined ? {} : { idempotencyKey: idempotency.key }),
      }

/** What an attempt is once it was answered. */
export const answeredAttempt = (attempt: Attempt, at: number, data: AttemptAnswered): Attempt => ({
  ...attempt,
  answered: at,
  outcome: data.outcome,
  ...(data.code === undefined ? {} : { code: data.code }),
  ...(data.reason === undefined ? {} : { reason: data.reason }),
  ...(data.status === undefined ? {} : { status: data.status }),
  ...(data.cost === undefined ? {} : { cost: data.cost }),
  ...(data.provider_message_id === undefined ? {} : { providerMessageId: data.provider_message_id }),
})

/** The provider that has taken a request. */
export const takenBy = ({ attempts }: GatewayRequest): Attempt | undefined =>
  attempts.findLast(({ outcome }) => outcome === "accepted")
