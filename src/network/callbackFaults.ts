import { roll } from "../core/chance.ts"
import type { Draft } from "../core/Entry.ts"
import { callbackHeld, type OutboundRequested, outboundRequested } from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { eventOf } from "./callbackEvent.ts"
import { duplicateCopy } from "./outbound.machine.ts"
import { type AimedFault, type CallbackFaults, callbacksSettings } from "./settings.ts"

/** What becomes of a callback on its way. */
interface Fate {
  /** Looks sent, and never arrives. */
  readonly lost?: boolean
  /** Arrives, and its first answer does not. */
  readonly unanswered?: boolean
  /** Virtual ms until it is sent. */
  readonly lateMs?: number
  /** Sent behind the next about the same subject, or after so many virtual ms if none comes before. */
  readonly behindMs?: number
  /** Sent once more, after so many virtual ms. */
  readonly copyMs?: number
}

/** The first attempt of a callback as it is sent: as it is, or with the faults that are aimed at it or were drawn for it. */
export const sendCallback = (world: World, subject: string, request: OutboundRequested): ReadonlyArray<Draft> => {
  const { aimed, faults } = callbacksSettings(world)
  if (aimed === undefined && faults === undefined) return [outboundRequested.draft(subject, request)]
  const drawn = faults === undefined ? {} : drawnFate(world.seed, faults, request.token)
  const fate = aimed === undefined ? drawn : { ...drawn, ...aimedFate(aimed, subject, request) }
  return sent(fate, subject, request, world.at)
}

/**
 * The fault that is drawn for a callback.
 *
 * Chance  one draw for each fault about the callback's token, in this order: lost, late, out of order, duplicated, unanswered; the
 *         first that strikes is the one. The network's latency is drawn besides
 */
const drawnFate = (seed: number, faults: CallbackFaults, token: string): Fate => {
  const strikes = (name: string, bp: number) => bp > 0 && roll(seed, `callback ${name}`, token, 0) < bp
  const latency = (name: string) => {
    const most = faults.latency_ms ?? 0
    return most === 0 ? 0 : Math.floor((most * roll(seed, `callback ${name}`, token, 0)) / 10_000)
  }
  if (strikes("lost", faults.lost_bp)) return { lost: true }
  if (strikes("late", faults.late_bp)) return { lateMs: faults.late_ms }
  if (strikes("out of order", faults.out_of_order_bp)) return { behindMs: faults.late_ms }
  const lateMs = latency("latency")
  const late = lateMs === 0 ? {} : { lateMs }
  if (strikes("duplicated", faults.duplicated_bp)) return { ...late, copyMs: latency("latency of the copy") }
  return strikes("unanswered", faults.unanswered_bp ?? 0) ? { ...late, unanswered: true } : late
}

/** The faults that are aimed at a callback, together; of one kind the last. */
const aimedFate = (aimed: ReadonlyArray<AimedFault>, subject: string, { params }: OutboundRequested): Fate => {
  let fate: Fate = {}
  for (const { action, ...at } of aimed) {
    if (at.subject !== undefined && at.subject !== subject) continue
    if (at.event !== undefined && at.event !== eventOf(params)) continue
    fate = { ...fate, ...fateOf(action) }
  }
  return fate
}

const fateOf = (action: AimedFault["action"]): Fate => {
  if ("lost" in action) return { lost: true }
  if ("unanswered" in action) return { unanswered: true }
  if ("late_ms" in action) return { lateMs: action.late_ms }
  return "behind_ms" in action ? { behindMs: action.behind_ms } : { copyMs: action.copy_ms }
}

const sent = (
  { behindMs, copyMs, lateMs = 0, lost, unanswered }: Fate,
  subject: string,
  plain: OutboundRequested,
  at: number,
): ReadonlyArray<Draft> => {
  if (lost) {
    const { connect: _, ...rest } = plain
    return [outboundRequested.draft(subject, { ...rest, fault: "lost", via: "world" })]
  }
  const request: OutboundRequested = unanswered ? { ...plain, fault: "unanswered" } : plain
  const copy = { ...plain, copy: duplicateCopy }
  return [
    behindMs !== undefined
      ? callbackHeld.draft(subject, { behind: true, due: at + behindMs, request })
      : lateMs > 0
        ? callbackHeld.draft(subject, { due: at + lateMs, request })
        : outboundRequested.draft(subject, request),
    ...(copyMs === undefined
      ? []
      : copyMs > 0
        ? [callbackHeld.draft(subject, { due: at + copyMs, request: copy })]
        : [outboundRequested.draft(subject, copy)]),
  ]
}
