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

/** A request as the gateway knows it. Instants in virtual ms. */
export interface GatewayRequest {
  readonly id: string
  /** Its place among all requests of the run. */
  readonly n: number
  /** In E.164 form. */
  readonly phone: string
  readonly text: string
  readonly priority: Priority
  readonly accepted: number
  status: RequestStatus
  updated: number
  /** From when it may be sent; its time to be sent counts from here. */
  sendable: number
  attempts: ReadonlyArray<Attempt>
  /** Attempts before it was sent again by an operator's order, the last time. */
  attemptsBefore: number
  /** Providers that were tried since all were, or since the last pause. */
  tried: ReadonlyArray<string>
  /** Pauses before it was tried again, since then. */
  pauses: number
  /** Why it was given up. */
  dead: { readonly reason: DeadLetterReason; readonly detail?: string } | undefined
  /** What few requests have. */
  rare: Rare | undefined
}

export interface Rare {
  readonly direct?: string
  /** The seq of the direct request that is to be answered when its provider has. */
  readonly askedBy?: number
  readonly sendAt?: number
  readonly idempotencyKey?: string
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

const none: ReadonlyArray<never> = []

/** A request as its acceptance makes it. */
export const newRequest = (id: string, at: number, cause: number, data: RequestAccepted): GatewayRequest => ({
  id,
  n: data.n,
  phone: data.phone,
  text: data.text,
  priority: data.priority,
  accepted: at,
  status: data.send_at === undefined ? (data.direct === undefined ? "pending" : "sending") : "scheduled",
  updated: at,
  sendable: Math.max(at, data.send_at ?? at),
  attempts: none,
  attemptsBefore: 0,
  tried: none,
  pauses: 0,
  dead: undefined,
  rare: rareOf(data, cause),
})

const rareOf = ({ direct, idempotency, send_at }: RequestAccepted, cause: number): Rare | undefined =>
  direct === undefined && idempotency === undefined && send_at === undefined
    ? undefined
    : {
        ...(direct === undefined ? {} : { askedBy: cause, direct }),
        ...(send_at === undefined ? {} : { sendAt: send_at }),
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
