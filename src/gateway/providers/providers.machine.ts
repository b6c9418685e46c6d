import {
  apiRequested,
  apiResponded,
  dataCleared,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runStarted,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../../core/entries.ts"
import { evolves, type Machine, reacts, type World } from "../../core/Machine.ts"
import { attemptKey } from "../../network/scriptedAnswers.ts"
import { decideInside, decideOutside, isScripted, providerOf } from "./arriving.ts"
import { providerDecided, providerReceiptSent } from "./entries.ts"
import { simulatedAt } from "./place.ts"
import { answerOf } from "./simulate.ts"
import {
  answered,
  count,
  forget,
  isOutside,
  keepDecision,
  newSimulated,
  receiptKey,
  receiptOf,
  receiptPurpose,
  type Simulated,
  waitOf,
} from "./simulated.ts"

/*
 * Simulated providers: hosts inside the run, whose answers the network gives (network/endpoints.machine.ts), and the same ones for
 * callers from outside.
 *
 *   outbound.requested ──> provider-request.decided ──(the network)──> outbound.answered | failed
 *   api.requested ───────> provider-request.decided ──timer──────────> api.responded
 *                                     └──────────────timer──> provider-receipt.sent (or posted, to a caller from outside)
 *
 * 1. What is drawn is drawn when the request comes, and kept in the decision.
 * 2. A message that was taken under a reference is never taken again under it, as long as the provider remembers it.
 * 3. Every request from outside is answered, or its connection is broken.
 */

/** The requests from outside whose timers these are: no answer comes any more. */
const brokenOff = ({ outside, seqOf }: Simulated, keys: ReadonlyArray<string>) =>
  keys.flatMap((key) => {
    const waiting = outside.get(seqOf.get(key) ?? 0)
    return waiting === undefined
      ? []
      : [apiResponded.draft("", { body: "", status: 503, undelivered: "closed" }, waiting.seq)]
  })

/** The key of a timer that was the input of a turn that failed. */
const timerOf = (input: { readonly type: string; readonly data: unknown }): ReadonlyArray<string> =>
  input.type === timerFired.type ? [(input.data as { key: string }).key] : []

export const providersMachine: Machine<Simulated> = {
  name: "providers",
  initial: newSimulated,
  evolve: [
    evolves(runStarted, (simulated, { at }) => {
      simulated.startedAt = at
    }),
    evolves(outboundRequested, (simulated, { seq, at, data: request }) => {
      if (request.purpose === receiptPurpose) simulated.coming.delete(request.token)
      const provider = providerOf(request)
      if (provider === undefined) return
      simulated.attempts.set(seq, attemptKey(request))
      if (request.method === "POST") count(simulated, provider, at)
    }),
    evolves(apiRequested, (simulated, { seq, data }) => {
      if (!isOutside(data)) return
      const key = `answer outside ${++simulated.outsideCount}`
      simulated.outside.set(seq, { seq, key, decided: undefined })
      simulated.seqOf.set(key, seq)
    }),
    evolves(providerDecided, keepDecision),
    evolves(providerReceiptSent, ({ coming }, { data: { message_id, n, provider } }) => {
      coming.delete(receiptKey(provider, message_id, n))
    }),
    evolves(outboundAnswered, (simulated, { cause }) => forget(simulated, cause)),
    evolves(outboundFailed, (simulated, { cause }) => forget(simulated, cause)),
    evolves(apiResponded, (simulated, { cause }) => forget(simulated, cause)),
    evolves(timerCancelled, ({ coming }, { data: { keys } }) => {
      for (const key of keys) coming.delete(key)
    }),
    evolves(turnFailed, ({ coming }, { data: { input } }) => {
      for (const key of timerOf(input)) coming.delete(key)
    }),
    evolves(dataCleared, (simulated, { data: { what } }) => {
      if (what !== "all") return
      simulated.taken.clear()
      simulated.attempts.clear()
      simulated.decided.clear()
    }),
  ],
  react: [
    reacts(outboundRequested, (world, { subject, data: request }, simulated) => {
      const provider = providerOf(request)
      return provider === undefined || isScripted(world, request)
        ? []
        : [providerDecided.draft(subject, decideInside(world, simulated, provider, request))]
    }),
    reacts(apiRequested, (world, { data }, simulated) => {
      if (!isOutside(data)) return []
      const decided = decideOutside(world, simulated, data)
      return "fate" in decided
        ? [providerDecided.draft(decided.message_id ?? decided.reference, decided)]
        : [apiResponded.draft("", decided)]
    }),
    reacts(providerDecided, (_, { at, cause, data, subject }, simulated) => {
      const waiting = simulated.outside.get(cause)
      const ms = waitOf(data)
      const answer =
        waiting === undefined
          ? []
          : [ms === 0 ? answered(subject, cause, data) : timerSet.draft(subject, { due: at + ms, key: waiting.key })]
      const { message_id = "", provider, receipts = [] } = data
      const timers = receipts.flatMap(({ after_ms }, i) => {
        const key = receiptKey(provider, message_id, i + 1)
        return simulated.coming.has(key) ? [timerSet.draft(subject, { due: at + after_ms, key })] : []
      })
      return [...answer, ...timers]
    }),
    reacts(timerFired, (world, { subject, data: { key } }, simulated) => {
      const waiting = simulated.outside.get(simulated.seqOf.get(key) ?? 0)
      if (waiting?.decided !== undefined) return [answered(subject, waiting.seq, waiting.decided)]
      const coming = simulated.coming.get(key)
      return coming === undefined ? [] : receiptOf(world, key, coming)
    }),
    reacts(timerCancelled, (_, { data: { keys } }, simulated) => brokenOff(simulated, keys)),
    reacts(turnFailed, (_, { data: { input } }, simulated) =>
      input.type === apiRequested.type && isOutside(input.data as { api: string })
        ? [apiResponded.draft("", { body: '{"success":false,"error":"this failed"}', status: 500 })]
        : brokenOff(simulated, timerOf(input)),
    ),
  ],
}

/** The hosts of simulated providers, for the network: what they answer is what was decided when the request came. */
export const simulatedProviders = {
  is: (host: string): boolean => simulatedAt(host) !== undefined,
  answer: (world: World, request: OutboundRequested) => {
    const simulated = world.slice(providersMachine)
    const decided = simulated.decided.get(attemptKey(request))
    return answerOf(decided ?? decideInside(world, simulated, providerOf(request) ?? "", request))
  },
}
