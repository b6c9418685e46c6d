import { messageProgress } from "../core/messageProgress.ts"
import type { DeliveryStatus } from "./entries.ts"
import type { SeenStatus } from "./state.ts"

/*
 * Which status a message takes.
 *
 *   pending | unknown ──> accepted | scheduled ──> queued ──> sending ──> sent ──> delivered ──> read
 *                                                                          └────> undelivered | failed | canceled
 *
 * 1. A status that is not further on than the one a message has is late: it is kept, and changes nothing.
 * 2. `undelivered`, `failed` and `canceled` are terminal; of `delivered` only `read` can come.
 */

/** One that is pending, or of which nobody knows, comes to any of the carrier's statuses. */
const order: Readonly<Record<DeliveryStatus, number>> = { ...messageProgress, pending: 0, unknown: 0, accepted: 1 }

const terminal: ReadonlySet<DeliveryStatus> = new Set(["undelivered", "failed", "canceled", "received", "read"])

/** Whether a message that has one status takes the other. */
export const moves = (from: DeliveryStatus, to: DeliveryStatus): boolean =>
  !terminal.has(from) && order[to] > order[from]

/** The status a message that has one comes to by others, in the order in which they came. */
export const furthest = (from: DeliveryStatus, seen: ReadonlyArray<SeenStatus>): DeliveryStatus =>
  seen.reduce((here, { status }) => (moves(here, status) ? status : here), from)

/** The carrier's name of a status; undefined of a text that is none. */
export const statusOf = (text: string): DeliveryStatus | undefined =>
  Object.hasOwn(order, text) && text !== "pending" && text !== "unknown" ? (text as DeliveryStatus) : undefined
