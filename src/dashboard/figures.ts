import type { MessageStatus } from "../carriers/delivery/entries.ts"
import type { SeenMessage } from "../carriers/delivery/seen.ts"

/* What the small pictures of the first page show. Pure; one walk over the messages. Instants and latencies in virtual ms. */

/** Columns of the pictures over time. */
export const columnsMax = 48

/** What happened to the messages that were created in one stretch of time. */
export interface Column {
  readonly from: number
  readonly to: number
  readonly delivered: number
  readonly failed: number
  /** Neither yet. */
  readonly open: number
  /** From creation to delivery: half took no longer, and 95 of a hundred; undefined when none was delivered. */
  readonly p50: number | undefined
  readonly p95: number | undefined
}

export interface Figures {
  /** How many messages were looked at: the newest ones. */
  readonly looked: number
  /** Whether there are older ones that were not. */
  readonly more: boolean
  readonly byStatus: ReadonlyMap<MessageStatus, number>
  readonly inbound: number
  readonly delivered: number
  readonly failed: number
  readonly open: number
  /** By error code, most first. */
  readonly failures: ReadonlyArray<readonly [code: number | undefined, count: number]>
  readonly columns: ReadonlyArray<Column>
  readonly p50: number | undefined
  readonly p95: number | undefined
}

type Fate = "delivered" | "failed" | "open"

/** Whether a message arrived, did not, or neither yet. */
export const fateOf = (status: MessageStatus): Fate => {
  switch (status) {
    case "delivered":
    case "read":
    case "received":
      return "delivered"
    case "failed":
    case "undelivered":
    case "canceled":
      return "failed"
    default:
      return "open"
  }
}

/** The figures of messages, newest first; at most `most` of them are looked at. */
export const figuresOf = (messages: Iterable<SeenMessage>, most: number): Figures => {
  const steps = figuring(messages, most)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Messages that are looked at between two pauses. */
const atOnce = 1_000

/** The same in steps, between which something else may be done. */
export function* figuring(messages: Iterable<SeenMessage>, most: number): Generator<void, Figures> {
  const looked: Array<SeenMessage> = []
  let more = false
  for (const message of messages) {
    more = looked.length === most
    if (more) break
    if (looked.push(message) % atOnce === 0) yield
  }
  const byStatus = new Map<MessageStatus, number>()
  const failures = new Map<number | undefined, number>()
  const fates = { delivered: 0, failed: 0, open: 0 }
  const latencies: Array<number> = []
  const columns = emptyColumns(looked)
  let inbound = 0
  let told = 0
  for (const { created, direction, errorCode, status, updated } of looked) {
    if (++told % atOnce === 0) yield
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    if (direction === "inbound") {
      inbound++
      continue
    }
    const fate = fateOf(status)
    const column = columns.at(created)
    fates[fate]++
    column[fate]++
    if (fate === "failed") failures.set(errorCode, (failures.get(errorCode) ?? 0) + 1)
    if (status !== "delivered") continue
    latencies.push(updated - created)
    column.latencies.push(updated - created)
  }
  const total = quantiles(latencies)
  return {
    looked: looked.length,
    more,
    byStatus,
    inbound,
    ...fates,
    failures: [...failures].sort(([, a], [, b]) => b - a),
    columns: columns.all.map(({ latencies: those, ...column }) => ({ ...column, ...quantiles(those) })),
    ...total,
  }
}

interface Filling {
  readonly from: number
  readonly to: number
  delivered: number
  failed: number
  open: number
  readonly latencies: Array<number>
}

/** Stretches of equal length from the oldest message to the newest. */
const emptyColumns = (newestFirst: ReadonlyArray<SeenMessage>) => {
  const from = newestFirst.at(-1)?.created ?? 0
  const to = (newestFirst[0]?.created ?? 0) + 1
  const count = Math.min(columnsMax, Math.max(1, to - from))
  const width = (to - from) / count
  const all = Array.from(
    { length: newestFirst.length === 0 ? 0 : count },
    (_, i): Filling => ({
      from: Math.round(from + i * width),
      to: Math.round(from + (i + 1) * width),
      delivered: 0,
      failed: 0,
      open: 0,
      latencies: [],
    }),
  )
  return { all, at: (created: number) => all[Math.min(count - 1, Math.floor((created - from) / width))] as Filling }
}

const quantiles = (
  latencies: ReadonlyArray<number>,
): { readonly p50: number | undefined; readonly p95: number | undefined } => {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return { p50: at(0.5), p95: at(0.95) }
}
