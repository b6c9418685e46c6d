import type { Entry } from "../core/Entry.ts"
import type { OutboundRequested } from "../core/entries.ts"
import { dropOldest, oldestOf } from "../core/oldest.ts"
import type {
  AttemptAnswered,
  AttemptChosen,
  Cost,
  HealthChanged,
  ReceiptArrived,
  RequestAccepted,
  RequestDeadLettered,
  RequestRetried,
  RequestSettled,
} from "./entries.ts"
import { changeHealth, count, newHealth, verdict } from "./health.ts"
import { firstDue, headOf, newFifo, newHeap, pushed, put, shift, takeFirst } from "./queues.ts"
import {
  type Attempt,
  answeredAttempt,
  type GatewayRequest,
  newRequest,
  type RequestStatus,
  triesOf,
} from "./requests.ts"
import { providerAskPurpose, providerPurpose } from "./settings.ts"
import {
  type Counts,
  type Gateway,
  nameAt,
  nameMessages,
  newCounts,
  nextPlace,
  providerOf,
  type Ready,
  requestAt,
  requestNamed,
  requestOf,
} from "./state.ts"
import { passThrough } from "./windows.ts"

/* How entries change the gateway's part of the world. No rule is here. */

const texts = 10_000

const shared = ({ texts: known }: Gateway, text: string): string => {
  const same = known.get(text)
  if (same !== undefined) return same
  if (known.size >= texts) known.clear()
  known.set(text, text)
  return text
}

const tally = ({ counts }: Gateway, status: RequestStatus, by: number): void => {
  counts.set(status, (counts.get(status) ?? 0) + by)
}

/** A request comes to stand so, and what else becomes of it. */
const move = (
  gateway: Gateway,
  { id, status: before }: GatewayRequest,
  at: number,
  changed: Partial<GatewayRequest> & Pick<GatewayRequest, "status">,
): void => {
  tally(gateway, before, -1)
  tally(gateway, changed.status, 1)
  gateway.byId.change(id, (request) => {
    Object.assign(request, changed, { updated: at })
  })
}

const statusAt = ({ byId, cleared }: Gateway, n: number): RequestStatus | undefined => byId.value(n - cleared, "status")

/** What is at the head of a queue, is in the queue: what was cancelled or has expired is passed over. */
const trim = (gateway: Gateway, { again, fresh }: Ready): void => {
  for (const fifo of [again, fresh])
    for (let n = headOf(fifo); n !== undefined; n = headOf(fifo)) {
      if (statusAt(gateway, n) === "pending") break
      shift(fifo)
    }
}

/** The same of what waits for its hour. */
const trimWaiting = (gateway: Gateway): void => {
  for (let [n] = gateway.waiting.places; n !== undefined; [n] = gateway.waiting.places) {
    const status = statusAt(gateway, n)
    if (status === "scheduled" || status === "pending") return
    takeFirst(gateway.waiting)
  }
}

export const accept = (gateway: Gateway, { at, cause, subject, data }: Entry<RequestAccepted>): void => {
  const request = newRequest(subject, at, cause, { ...data, text: shared(gateway, data.text) })
  gateway.byId.push(request)
  tally(gateway, request.status, 1)
  gateway.chain = 0
  if (data.idempotency !== undefined) {
    gateway.keys.delete(data.idempotency.key)
    gateway.keys.set(data.idempotency.key, { of: data.idempotency.of, n: data.n, at })
  }
  if (data.direct !== undefined) {
    gateway.awaiting.set(cause, subject)
    return
  }
  passThrough(gateway.intake, gateway.settings.limits, gateway.settings.limits.total, at)
  if (data.send_at === undefined) pushed(gateway.ready[data.priority].fresh, data.n)
  else put(gateway.waiting, data.send_at, data.n)
}

/** Keys that are remembered no longer go, oldest first. */
export const forgetKeys = ({ keys, settings }: Gateway, at: number): void => {
  for (let oldest = oldestOf(keys); oldest !== undefined; oldest = oldestOf(keys)) {
    const [key, known] = oldest
    if (known.at + settings.idempotency_ms > at) return
    keys.delete(key)
  }
}

/** Requests that become sendable in one firing of the timer. */
const promotedMax = 10_000

/** The hour of some has come. */
export const promote = (gateway: Gateway, at: number): void => {
  gateway.armed = undefined
  gateway.chain = 0
  for (let i = 0; i < promotedMax && (firstDue(gateway.waiting) ?? Number.POSITIVE_INFINITY) <= at; i++) {
    const request = requestAt(gateway, takeFirst(gateway.waiting) as number)
    if (request?.status === "scheduled") {
      move(gateway, request, at, { status: "pending" })
      pushed(gateway.ready[request.priority].fresh, request.n)
    } else if (request?.status === "pending") pushed(gateway.ready[request.priority].again, request.n)
  }
  trimWaiting(gateway)
}

export const choose = (gateway: Gateway, entry: Entry<AttemptChosen>): void => {
  const { at, seq, data } = entry
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  const { limits, providers } = gateway.settings
  const provider = providerOf(gateway, data.provider)
  const probe = data.probe === true
  const tries = triesOf(request)
  move(gateway, request, at, {
    status: "sending",
    attempts: [...request.attempts, { provider: provider.id, at, chosen: seq }],
    tries: { ...tries, tried: [...tries.tried, provider.id] },
  })
  gateway.flights.set(request.n, { provider: provider.id, attempt: data.attempt, at, seq: 0, probe, asking: false })
  gateway.chain++
  provider.inFlight++
  if (probe) provider.health.probing = true
  passThrough(gateway.total, limits, limits.total, at)
  passThrough(provider.window, limits, providers.find(({ id }) => id === provider.id)?.limit ?? limits.total, at)
  if (request.rare?.direct !== undefined) provider.counts.direct++
  else {
    provider.counts.chosen++
    takeTurns(gateway, data)
    trim(gateway, gateway.ready[request.priority])
  }
}

/** Smooth weighted round robin: everybody who had a part keeps its turn, the chosen one gives away the weights of all. */
const takeTurns = (gateway: Gateway, { candidates, provider }: AttemptChosen): void => {
  let weights = 0
  for (const { current, provider: id, weight } of candidates)
    if (current !== undefined) {
      weights += weight
      providerOf(gateway, id).current = current
    }
  providerOf(gateway, provider).current -= weights
}

/** A request to a provider leaves: an attempt, or a question what became of one. */
export const depart = (gateway: Gateway, entry: Entry<OutboundRequested>): void => {
  const { at, seq, data } = entry
  if (data.purpose !== providerPurpose && data.purpose !== providerAskPurpose) return
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  const flight = gateway.flights.get(request.n)
  if (flight !== undefined) flight.seq = seq
  else if (data.purpose === providerAskPurpose) {
    const provider = request.attempts[data.attempt - 1]?.provider
    if (provider !== undefined)
      gateway.flights.set(request.n, { provider, attempt: data.attempt, at, seq, probe: false, asking: true })
  }
}

export const answer = (gateway: Gateway, entry: Entry<AttemptAnswered>): void => {
  const { at, data } = entry
  const request = requestOf(gateway, entry)
  const flight = request === undefined ? undefined : gateway.flights.get(request.n)
  const attempt = request?.attempts[data.attempt - 1]
  if (request === undefined || flight === undefined || attempt === undefined) return
  gateway.flights.delete(request.n)
  const provider = providerOf(gateway, flight.provider)
  changeAttempt(gateway, request, data.attempt, answeredAttempt(attempt, at, data), at)
  if (flight.asking) provider.counts.unsure--
  else {
    provider.inFlight--
    if (flight.probe) provider.health.probing = false
    provider.counts.answered++
    provider.counts.answeredMs += at - flight.at
  }
  tallyOutcome(provider.counts, data)
  if (data.retry_after_ms !== undefined)
    provider.blockedUntil = Math.max(provider.blockedUntil, at + data.retry_after_ms)
  const good = flight.asking ? undefined : verdict(data)
  if (good !== undefined) {
    count(provider.health, gateway.settings.health.window_ms, at, good)
    if (good) provider.health.lastSuccess = at
    else {
      provider.health.lastFailure = at
      provider.health.lastError = data.reason
    }
  }
  if (data.outcome === "accepted") take(gateway, request, data, at)
}

const tallyOutcome = (counts: Counts, { cost, outcome }: AttemptAnswered): void => {
  if (outcome !== "never-arrived") counts[outcome]++
  if (cost !== undefined) addCost(counts, cost)
}

const addCost = ({ cost }: Counts, { currency, micros }: Cost): void => {
  cost.set(currency, (cost.get(currency) ?? 0) + micros)
}

/** The provider has it: receipts that came before its answer belong to it. */
const take = (gateway: Gateway, request: GatewayRequest, data: AttemptAnswered, at: number): void => {
  move(gateway, request, at, { status: "sent" })
  const { attempt, provider, provider_message_id: given = "" } = data
  if (given === "") return
  const name = nameAt(provider, given)
  nameMessages(gateway, request.n - gateway.cleared)
  const early = gateway.early.get(name)
  if (early === undefined) return
  gateway.early.delete(name)
  noteReceipt(gateway, request.id, attempt, early.receipt, early.at)
}

const changeAttempt = (
  { byId }: Gateway,
  { attempts, id, updated }: GatewayRequest,
  attempt: number,
  changed: Attempt,
  at = updated,
): void => {
  byId.change(id, (request) => {
    request.attempts = attempts.map((each, i) => (i === attempt - 1 ? changed : each))
    request.updated = at
  })
}

/** Receipts that wait for a message to be known. */
const earlyMax = 1_000
/** Receipts of one message that are kept; the log has all. */
const receiptsMax = 10

export const receive = (gateway: Gateway, { at, data }: Entry<ReceiptArrived>): void => {
  const name = nameAt(data.provider, data.provider_message_id)
  const request = requestNamed(gateway, name)
  if (request === undefined) {
    gateway.early.delete(name)
    gateway.early.set(name, { at, receipt: data })
    if (gateway.early.size > earlyMax) dropOldest(gateway.early)
    return
  }
  const attempt = request.attempts.findIndex(
    ({ provider, providerMessageId }) => provider === data.provider && providerMessageId === data.provider_message_id,
  )
  if (attempt >= 0) noteReceipt(gateway, request.id, attempt + 1, data, at)
}

const noteReceipt = (
  gateway: Gateway,
  id: string,
  number: number,
  { code, cost, status, told }: ReceiptArrived,
  at: number,
): void => {
  const request = gateway.byId.get(id)
  const attempt = request?.attempts[number - 1]
  if (request === undefined || attempt === undefined) return
  const { receipts = [] } = attempt
  const receipt = { at, status, told, ...(code === undefined ? {} : { code }) }
  const priced = cost !== undefined && attempt.cost === undefined
  if (priced) addCost(providerOf(gateway, attempt.provider).counts, cost)
  changeAttempt(gateway, request, number, {
    ...attempt,
    ...(priced ? { cost } : {}),
    receipts: receipts.length < receiptsMax ? [...receipts, receipt] : receipts,
  })
}

export const settle = (gateway: Gateway, entry: Entry<RequestSettled>): void => {
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  move(gateway, request, entry.at, { status: entry.data.status })
  const provider = request.attempts.findLast(({ outcome }) => outcome === "accepted")?.provider
  if (provider !== undefined) providerOf(gateway, provider).counts[entry.data.status]++
}

export const retry = (gateway: Gateway, entry: Entry<RequestRetried>): void => {
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  const { at, data } = entry
  const tries = triesOf(request)
  move(gateway, request, at, {
    status: "pending",
    ...(data.why === "limited" ? { tries: { ...tries, tried: tries.tried.slice(0, -1) } } : {}),
    ...(data.why === "back-off" ? { tries: { ...tries, tried: [], pauses: tries.pauses + 1 } } : {}),
  })
  if (data.due <= at) pushed(gateway.ready[request.priority].again, request.n)
  else put(gateway.waiting, data.due, request.n)
}

export const giveUp = (gateway: Gateway, entry: Entry<RequestDeadLettered>): void => {
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  const { at, data } = entry
  move(gateway, request, at, { status: data.reason === "unsure" ? "unsure" : "failed", dead: data })
  if (data.reason !== "expired") return
  gateway.chain++
  trim(gateway, gateway.ready[request.priority])
}

export const resend = (gateway: Gateway, entry: Entry<unknown>): void => {
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  move(gateway, request, entry.at, {
    status: "pending",
    tries: { tried: [], pauses: 0, before: request.attempts.length, resentAt: entry.at },
    dead: undefined,
  })
  pushed(gateway.ready[request.priority].fresh, request.n)
}

export const cancel = (gateway: Gateway, entry: Entry<unknown>): void => {
  const request = requestOf(gateway, entry)
  if (request === undefined) return
  move(gateway, request, entry.at, { status: "cancelled" })
  trim(gateway, gateway.ready[request.priority])
  trimWaiting(gateway)
}

export const changeHealthOf = (gateway: Gateway, { subject, data }: Entry<HealthChanged>): void =>
  changeHealth(providerOf(gateway, subject).health, data)

export const resetHealth = (gateway: Gateway, { subject }: Entry<unknown>): void => {
  const provider = providerOf(gateway, subject)
  provider.health = newHealth()
  provider.blockedUntil = 0
}

export const resetCounts = (gateway: Gateway, at: number): void => {
  for (const provider of gateway.providers.values()) {
    provider.counts = newCounts()
    provider.current = 0
  }
  gateway.countedSince = at
}

/** Everything about requests is forgotten; what is on its way comes back to nobody. Limits and health stand: the providers are the same. */
export const clear = (gateway: Gateway, at: number): void => {
  gateway.cleared = nextPlace(gateway)
  gateway.byId.clear()
  gateway.counts.clear()
  for (const ready of Object.values(gateway.ready)) {
    Object.assign(ready.again, newFifo())
    Object.assign(ready.fresh, newFifo())
  }
  gateway.waiting = newHeap()
  gateway.flights.clear()
  gateway.byName.clear()
  gateway.early.clear()
  gateway.keys.clear()
  gateway.texts.clear()
  for (const provider of gateway.providers.values()) {
    provider.inFlight = 0
    provider.health.probing = false
  }
  resetCounts(gateway, at)
}
