import type { Draft } from "../core/Entry.ts"
import { timerCancelled, timerSet } from "../core/entries.ts"
import { attemptableAt, chooseProvider } from "./choice.ts"
import { attemptChosen, type Priority, requestDeadLettered } from "./entries.ts"
import { firstDue, headOf } from "./queues.ts"
import { type GatewayRequest, sendableFrom } from "./requests.ts"
import { type Gateway, requestAt } from "./state.ts"

/*
 * What is queued, is sent: one attempt after the other, each chosen when the one before is in the log, until nobody may have one any more.
 * One timer then says when to go on. It is set only while something waits that time alone can send: an idle gateway has none.
 *
 * 1. Only the chain that the timer begins, or a request that finds the queue empty, takes from the queue: no two drafts choose for the same
 *    request.
 * 2. High before normal before low; within a priority those that were tried already before the others, else in the order of arrival.
 *    One that has to wait for a particular provider holds up only its like.
 */

/** The key of the queue's timer. */
export const queueTimer = "gateway"

/** Attempts and expiries in one turn; then the timer is set for the same instant. */
const chainMax = 500

const priorities: ReadonlyArray<Priority> = ["high", "normal", "low"]

/** The requests that may be next. */
function* heads(gateway: Gateway): Generator<GatewayRequest> {
  for (const priority of priorities)
    for (const fifo of [gateway.ready[priority].again, gateway.ready[priority].fresh]) {
      const n = headOf(fifo)
      const request = n === undefined ? undefined : requestAt(gateway, n)
      if (request !== undefined) yield request
    }
}

/** The next attempt, if one may be made now; otherwise the timer for it. */
export const sendNext = (gateway: Gateway, at: number): ReadonlyArray<Draft> => {
  if (gateway.chain >= chainMax) return [timerSet.draft("", { due: at, key: queueTimer })]
  for (const request of heads(gateway)) {
    if (isExpired(gateway, request, at)) return [requestDeadLettered.draft(request.id, { reason: "expired" })]
    const choice = chooseProvider(gateway, request, at)
    if (choice !== undefined) return [attemptChosen.draft(request.id, choice)]
  }
  return arm(gateway, at)
}

const isExpired = ({ settings }: Gateway, request: GatewayRequest, at: number): boolean =>
  at >= sendableFrom(request) + settings.valid_ms

/** When there is something to do for the queue; infinite where no time brings it about. */
const dueAt = (gateway: Gateway, at: number): number => {
  let due = Math.max(at, firstDue(gateway.waiting) ?? Number.POSITIVE_INFINITY)
  for (const request of heads(gateway)) due = Math.min(due, attemptableAt(gateway, request, at))
  return due
}

/** Sees to it that the timer is due when there is something to do, or before. */
export const arm = (gateway: Gateway, at: number): ReadonlyArray<Draft> => {
  const due = dueAt(gateway, at)
  return due < (gateway.armed ?? Number.POSITIVE_INFINITY) ? [timerSet.draft("", { due, key: queueTimer })] : []
}

/** The same, where there may be less to do than before. */
export const armAnew = (gateway: Gateway, at: number): ReadonlyArray<Draft> => {
  const due = dueAt(gateway, at)
  if (Number.isFinite(due)) return due === gateway.armed ? [] : [timerSet.draft("", { due, key: queueTimer })]
  return gateway.armed === undefined ? [] : [timerCancelled.draft("", { keys: [queueTimer] })]
}
