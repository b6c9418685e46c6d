import { roll } from "../core/chance.ts"
import type { Draft } from "../core/Entry.ts"
import { callbackHeld, type OutboundRequested, outboundRequested } from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { duplicateCopy } from "./outbound.machine.ts"
import { callbacksSettings } from "./settings.ts"

/**
 * The first attempt of a callback as it is sent: as it is, or with the fault that was drawn for it.
 *
 * Chance  one draw for each fault about the callback's token, in this order: lost, late, out of order, duplicated; the first that
 *         strikes is the one
 */
export const sendCallback = (world: World, subject: string, request: OutboundRequested): ReadonlyArray<Draft> => {
  const { faults } = callbacksSettings(world)
  const sent = outboundRequested.draft(subject, request)
  if (faults === undefined) return [sent]
  const strikes = (name: string, bp: number) => bp > 0 && roll(world.seed, `callback ${name}`, request.token, 0) < bp
  const due = world.at + faults.late_ms
  if (strikes("lost", faults.lost_bp)) {
    const { connect: _, ...rest } = request
    return [outboundRequested.draft(subject, { ...rest, fault: "lost", via: "world" })]
  }
  if (strikes("late", faults.late_bp)) return [callbackHeld.draft(subject, { due, request })]
  if (strikes("out of order", faults.out_of_order_bp))
    return [callbackHeld.draft(subject, { behind: true, due, request })]
  if (strikes("duplicated", faults.duplicated_bp))
    return [sent, outboundRequested.draft(subject, { ...request, copy: duplicateCopy })]
  return [sent]
}
