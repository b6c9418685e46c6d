import type { Draft, Entry } from "../core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  settingsChanged,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { evolves, type Machine, reacts, type World } from "../core/Machine.ts"
import { gatewayApi } from "../network/apis.ts"
import { answerLater, refused } from "./api/answers.ts"
import { answerRequest } from "./api/routes.ts"
import { directAnswer } from "./api/send.ts"
import { configOf, departure, followUp, readAnswer, settledBy } from "./attempts.ts"
import {
  accept,
  answer,
  cancel,
  changeHealthOf,
  choose,
  clear,
  depart,
  forgetKeys,
  giveUp,
  promote,
  receive,
  resend,
  resetCounts,
  resetHealth,
  retry,
  settle,
} from "./changes.ts"
import { chosenByName } from "./choice.ts"
import {
  attemptAnswered,
  attemptChosen,
  distributionReset,
  healthChanged,
  healthReset,
  receiptArrived,
  requestAccepted,
  requestCancelled,
  requestDeadLettered,
  requestResent,
  requestRetried,
  requestSettled,
} from "./entries.ts"
import { providerReceiptSent } from "./providers/entries.ts"
import { lengthOf } from "./queues.ts"
import { arrivedReceipt, receiptIn } from "./receipts.ts"
import { arm, armAnew, queueTimer, sendNext } from "./sending.ts"
import { gatewaySettings } from "./settings.ts"
import { gatewaySnapshot } from "./snapshot.ts"
import { configure, type Gateway, initialGateway, nameAt, requestNamed, requestOf } from "./state.ts"

/*
 * The gateway: one API over several SMS providers. Its queue is the log.
 *
 *   api.requested ──> gateway-request.accepted ──(limits, timer "gateway")──> gateway-attempt.chosen ──> outbound.requested
 *        outbound.answered | failed ──> gateway-attempt.answered ──> sent | gateway-request.retried | dead-lettered
 *        gateway-receipt.arrived ──> gateway-request.settled
 *
 * 1. An attempt is in the log before it leaves, and leaves once.
 * 2. No window holds more attempts than its limit (windows.ts).
 * 3. The timer is set only while something waits that time can send (sending.ts).
 */

/** Where the queue is entered while nothing is before it, the first attempt needs no timer. */
const begun = (gateway: Gateway, at: number): ReadonlyArray<Draft> => {
  const { high, low, normal } = gateway.ready
  const ready = [high, normal, low].reduce((sum, { again, fresh }) => sum + lengthOf(again) + lengthOf(fresh), 0)
  return ready === 1 ? sendNext(gateway, at) : arm(gateway, at)
}

/** An answer of a provider's, read in its dialect; nothing when it answers to nobody here. */
const read = (gateway: Gateway, entry: Entry<OutboundAnswered> | Entry<OutboundFailed>): ReadonlyArray<Draft> => {
  const request = requestOf(gateway, entry)
  const flight = request === undefined ? undefined : gateway.flights.get(request.n)
  return request === undefined || flight === undefined || flight.seq !== entry.cause
    ? []
    : [attemptAnswered.draft(request.id, readAnswer(gateway, request, flight, entry))]
}

/** The answers that direct requests still wait for, after all requests were cleared. */
const clearedAnswers = ({ awaiting }: Gateway): ReadonlyArray<Draft> =>
  [...awaiting].map(([seq, subject]) => {
    const reply = refused("cleared", "all requests were cleared while this one was on its way")
    return answerLater(seq, { ...reply, subject })
  })

const failedTurn = (
  world: World,
  gateway: Gateway,
  { data: { input }, seq }: Entry<{ input: { type: string; subject: string; cause: number; data: unknown } }>,
): ReadonlyArray<Draft> => {
  if (input.type === apiRequested.type && (input.data as { api?: unknown }).api === gatewayApi) {
    const reply = refused("internal_error", "this request failed; the log says how")
    return [answerLater(seq, { ...reply, subject: input.subject })]
  }
  if (input.type !== outboundAnswered.type && input.type !== outboundFailed.type) return []
  // Whether its provider has taken it is not known any more.
  const request = requestOf(gateway, input)
  const flight = request === undefined ? undefined : gateway.flights.get(request.n)
  if (request === undefined || flight === undefined || flight.seq !== input.cause) return []
  const interrupted = { at: world.at, data: { reason: "interrupted" } } as Entry<OutboundFailed>
  return [attemptAnswered.draft(request.id, readAnswer(gateway, request, flight, interrupted))]
}

export const gatewayMachine: Machine<Gateway> = {
  name: "gateway",
  initial: initialGateway,
  snapshot: gatewaySnapshot,
  evolve: [
    evolves(runStarted, (gateway, { at, data }) => {
      gateway.seed = data.seed
      gateway.countedSince = at
      configure(gateway, gatewaySettings(data.settings))
    }),
    evolves(runResumed, (gateway, { data }) => configure(gateway, gatewaySettings(data.settings))),
    evolves(settingsChanged, (gateway, { data }) => configure(gateway, gatewaySettings(data.settings))),
    evolves(requestAccepted, (gateway, entry) => {
      forgetKeys(gateway, entry.at)
      accept(gateway, entry)
    }),
    evolves(attemptChosen, choose),
    evolves(outboundRequested, depart),
    evolves(attemptAnswered, answer),
    evolves(requestRetried, retry),
    evolves(requestDeadLettered, giveUp),
    evolves(requestResent, resend),
    evolves(requestCancelled, cancel),
    evolves(receiptArrived, receive),
    evolves(requestSettled, settle),
    evolves(healthChanged, changeHealthOf),
    evolves(healthReset, resetHealth),
    evolves(distributionReset, (gateway, { at }) => resetCounts(gateway, at)),
    evolves(apiResponded, ({ awaiting }, { cause }) => {
      if (awaiting.size > 0) awaiting.delete(cause)
    }),
    evolves(timerSet, (gateway, { data: { due, key } }) => {
      if (key === queueTimer) gateway.armed = due
    }),
    evolves(timerFired, (gateway, { at, data: { key } }) => {
      if (key === queueTimer) promote(gateway, at)
    }),
    evolves(timerCancelled, (gateway, { data: { keys } }) => {
      if (keys.includes(queueTimer)) gateway.armed = undefined
    }),
    evolves(turnFailed, (gateway, { data: { input } }) => {
      if (input.type === timerFired.type && (input.data as { key?: unknown }).key === queueTimer)
        gateway.armed = undefined
    }),
    evolves(dataCleared, (gateway, { at, data: { what } }) => {
      if (what === "all") clear(gateway, at)
    }),
  ],
  react: [
    reacts(apiRequested, (world, entry, gateway) =>
      entry.data.api === gatewayApi ? answerRequest(world, entry, gateway) : [],
    ),
    reacts(requestAccepted, (_, entry, gateway) => {
      const { at, data } = entry
      const request = requestOf(gateway, entry)
      const direct = data.direct === undefined ? undefined : configOf(gateway, data.direct)
      if (request === undefined) return []
      if (direct !== undefined) return [attemptChosen.draft(request.id, chosenByName(gateway, request, direct, at))]
      return data.send_at === undefined ? begun(gateway, at) : arm(gateway, at)
    }),
    reacts(attemptChosen, (world, entry, gateway) => {
      const request = requestOf(gateway, entry)
      if (request === undefined) return []
      const leaving = departure(world, gateway, request, entry.data)
      return request.rare?.direct === undefined ? [...leaving, ...sendNext(gateway, entry.at)] : leaving
    }),
    reacts(timerFired, (_, { at, data: { key } }, gateway) => (key === queueTimer ? sendNext(gateway, at) : [])),
    reacts(outboundAnswered, (_, entry, gateway) => read(gateway, entry)),
    reacts(outboundFailed, (_, entry, gateway) => read(gateway, entry)),
    reacts(attemptAnswered, (world, entry, gateway) => {
      const request = requestOf(gateway, entry)
      if (request === undefined) return []
      const askedBy = request.rare?.askedBy
      const told =
        askedBy !== undefined && gateway.awaiting.has(askedBy) ? [answerLater(askedBy, directAnswer(request))] : []
      return [...followUp(world, gateway, request, entry), ...told, ...arm(gateway, entry.at)]
    }),
    reacts(requestRetried, (_, { at }, gateway) => arm(gateway, at)),
    reacts(requestResent, (_, { at }, gateway) => arm(gateway, at)),
    reacts(requestDeadLettered, (_, { at, data }, gateway) => (data.reason === "expired" ? sendNext(gateway, at) : [])),
    reacts(requestCancelled, (_, { at }, gateway) => armAnew(gateway, at)),
    reacts(healthChanged, (_, { at }, gateway) => arm(gateway, at)),
    reacts(healthReset, (_, { at }, gateway) => arm(gateway, at)),
    reacts(settingsChanged, (_, { at }, gateway) => armAnew(gateway, at)),
    reacts(runResumed, (_, { at }, gateway) => armAnew(gateway, at)),
    reacts(providerReceiptSent, (_, { data: { provider, text } }, gateway) => {
      const config = configOf(gateway, provider)
      const receipt = config === undefined ? undefined : receiptIn(config, { params: [], query: [], text })
      return receipt === undefined ? [] : [arrivedReceipt(gateway, provider, receipt)]
    }),
    reacts(receiptArrived, (_, { data }, gateway) => {
      const request = requestNamed(gateway, nameAt(data.provider, data.provider_message_id))
      return request === undefined ? [] : settledBy(request)
    }),
    reacts(dataCleared, (_, { data: { what } }, gateway) => (what === "all" ? clearedAnswers(gateway) : [])),
    reacts(turnFailed, (world, entry, gateway) => failedTurn(world, gateway, entry)),
  ],
}
