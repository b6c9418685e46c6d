import { roll, token } from "../core/chance.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundRequested,
} from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { routeOut } from "../network/settings.ts"
import { hasUntried } from "./choice.ts"
import {
  type AttemptAnswered,
  type AttemptChosen,
  healthChanged,
  type RequestDeadLettered,
  type RequestRetried,
  requestDeadLettered,
  requestRetried,
  requestSettled,
} from "./entries.ts"
import { decideHealth, verdict } from "./health.ts"
import { dialects, failedOutcome } from "./providers/dialects.ts"
import type { Asked, ProviderAnswer, ProviderOutcome, ProviderRequest } from "./providers/Provider.ts"
import { type GatewayRequest, triesOf } from "./requests.ts"
import { type GatewayProvider, providerAskPurpose, providerPurpose } from "./settings.ts"
import { type Flight, type Gateway, providerOf } from "./state.ts"

/*
 * From a chosen provider to what its answer leads to.
 *
 *   accepted ─────────────────────────────────────────────> sent
 *   refused, the message is wrong ────────────────────────> dead letter
 *   refused, failed, limited ──> attempts left? ──> another provider at once, or any after a pause
 *   unsure ──> the provider can be asked? ──> accepted, or tried again; otherwise a dead letter: nobody knows
 */

/** The settings of a provider; `undefined` when it is in them no longer. */
export const configOf = ({ settings }: Gateway, id: string): GatewayProvider | undefined =>
  settings.providers.find((provider) => provider.id === id)

/** The request that carries out an attempt. */
export const departure = (
  world: World,
  gateway: Gateway,
  request: GatewayRequest,
  { attempt, provider }: AttemptChosen,
): ReadonlyArray<Draft> => {
  const config = configOf(gateway, provider)
  if (config === undefined) return []
  const { id, phone: to, text } = request
  return [
    leaving(world, config, id, attempt, providerPurpose, dialects[config.dialect].request(config, { id, text, to })),
  ]
}

/** Asks a provider what became of an attempt; nothing where it cannot be asked. */
const question = (
  world: World,
  gateway: Gateway,
  { id }: GatewayRequest,
  { attempt, provider }: AttemptAnswered,
): Draft | undefined => {
  const config = configOf(gateway, provider)
  const asks = config === undefined ? undefined : dialects[config.dialect].ask
  return config === undefined || asks === undefined
    ? undefined
    : leaving(world, config, id, attempt, providerAskPurpose, asks.request(config, id))
}

const leaving = (
  world: World,
  { timeout_ms }: GatewayProvider,
  id: string,
  attempt: number,
  purpose: string,
  { absolute, auth, headers, json, method, params = [], url }: ProviderRequest,
): Draft<OutboundRequested> => {
  const { connect, via } = routeOut(world, url)
  return outboundRequested.draft(id, {
    ...(absolute === undefined ? {} : { absolute }),
    attempt,
    ...(auth === undefined ? {} : { auth }),
    ...(connect === undefined ? {} : { connect }),
    ...(headers === undefined ? {} : { headers }),
    ...(json === undefined ? {} : { json }),
    method,
    // A question may be asked twice.
    ...(purpose === providerPurpose ? { once: true as const } : {}),
    params,
    purpose,
    timeout_ms,
    token: token(world.seed, purpose, id),
    url,
    via,
  })
}

/** What the answer to an attempt, or to a question about one, says. */
export const readAnswer = (
  gateway: Gateway,
  { id }: GatewayRequest,
  flight: Flight,
  { data }: Entry<OutboundAnswered> | Entry<OutboundFailed>,
): AttemptAnswered => {
  const { attempt, provider } = flight
  const config = configOf(gateway, provider)
  const about = {
    ...(flight.asking ? { asked: true as const } : {}),
    attempt,
    provider,
    ...(flight.probe ? { probe: true as const } : {}),
  }
  if ("reason" in data && data.reason === "interrupted")
    return inOrder({ ...about, outcome: "unsure", reason: "the process ended before the answer came" })
  if (config === undefined)
    return inOrder({ ...about, outcome: "unsure", reason: "the provider is in the settings no longer" })
  const dialect = dialects[config.dialect]
  if (flight.asking) {
    const asked: Asked =
      "reason" in data || dialect.ask === undefined ? { _tag: "Unanswered" } : dialect.ask.read(answerOf(data), id)
    return inOrder({ ...about, ...whatWasAsked(asked, config) })
  }
  const outcome =
    "reason" in data
      ? failedOutcome(data.detail === "not-sent" ? "connect" : data.reason)
      : dialect.read(answerOf(data))
  return inOrder({
    ...about,
    ...whatCame(gateway, outcome, config),
    ...("status" in data ? { status: data.status } : {}),
  })
}

/** Fields of canonical JSON stand in order; an answer is built of parts that do not. */
const inOrder = (data: AttemptAnswered): AttemptAnswered =>
  Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))) as AttemptAnswered

const answerOf = ({ body, status }: OutboundAnswered): ProviderAnswer => ({
  status,
  body: typeof body === "string" ? body : "",
})

type Said = Omit<AttemptAnswered, "asked" | "attempt" | "provider" | "probe" | "status">

const whatCame = ({ settings }: Gateway, outcome: ProviderOutcome, config: GatewayProvider): Said => {
  switch (outcome._tag) {
    case "Accepted":
      return { outcome: "accepted", ...taken(outcome, config) }
    case "Refused": {
      const { blames, code, reason, retryable } = outcome
      return { outcome: "refused", blames, code, reason, retryable }
    }
    case "Limited":
      return {
        outcome: "limited",
        reason: "the provider has too much to do",
        retry_after_ms: outcome.retryAfterMs ?? settings.limits.window_ms,
      }
    case "Failed": {
      const { left, reason } = outcome
      if (left && settings.failover.unknown === "hold") return { outcome: "unsure", reason }
      return { outcome: "failed", ...(left ? { left } : {}), reason }
    }
  }
}

const whatWasAsked = (asked: Asked, config: GatewayProvider): Said => {
  switch (asked._tag) {
    case "Taken":
      return { outcome: "accepted", ...taken(asked, config) }
    case "Unknown":
      return { outcome: "never-arrived", reason: "the provider never heard of it" }
    case "Unanswered":
      return { outcome: "unsure", reason: "the provider was asked and did not say" }
  }
}

const taken = (
  { cost, providerMessageId }: Extract<Asked, { _tag: "Taken" }> | Extract<ProviderOutcome, { _tag: "Accepted" }>,
  { price }: GatewayProvider,
) => {
  const paid = cost ?? price
  return {
    ...(paid === undefined ? {} : { cost: paid }),
    ...(providerMessageId === "" ? {} : { provider_message_id: providerMessageId }),
  }
}

/** What an answer leads to, besides the answer to who asked for it directly. */
export const followUp = (
  world: World,
  gateway: Gateway,
  request: GatewayRequest,
  { at, data }: Entry<AttemptAnswered>,
): ReadonlyArray<Draft> => {
  const { health } = providerOf(gateway, data.provider)
  const asked = data.asked === true
  const good = asked ? undefined : verdict(data)
  const change = decideHealth(health, gateway.settings.health, { at, good, probe: data.probe === true })
  const drafts: Array<Draft> = change === undefined ? [] : [healthChanged.draft(data.provider, change)]
  if (data.outcome === "accepted") return [...drafts, ...settledBy(request)]
  if (data.outcome === "unsure" && !asked) {
    const ask = question(world, gateway, request, data)
    if (ask !== undefined) return [...drafts, ask]
  }
  const next = decideNext(gateway, request, data, at, (attempt) =>
    roll(world.seed, "gateway pause", request.id, attempt),
  )
  return "due" in next
    ? [...drafts, requestRetried.draft(request.id, next)]
    : [...drafts, requestDeadLettered.draft(request.id, next)]
}

/** Whether a request that was not taken is tried again, and when; or is given up, and why. */
export const decideNext = (
  gateway: Gateway,
  request: GatewayRequest,
  { attempt, blames, outcome, reason }: AttemptAnswered,
  at: number,
  rolled: (attempt: number) => number,
): RequestRetried | RequestDeadLettered => {
  const detail = reason === undefined ? {} : { detail: reason }
  if (outcome === "unsure") return { ...detail, reason: "unsure" }
  if (outcome === "refused" && blames === "message") return { ...detail, reason: "refused" }
  const { attempts_max, gap_max_ms, gap_ms } = gateway.settings.failover
  const { before, pauses } = triesOf(request)
  const made = request.attempts.length - before
  if (request.rare?.direct !== undefined || made >= attempts_max) return { ...detail, reason: "attempts" }
  if (outcome === "limited") return { due: at, why: "limited" }
  if (outcome === "never-arrived" || hasUntried(gateway, request, at)) return { due: at, why: "failover" }
  const gap = Math.min(gap_ms * 2 ** Math.min(pauses, 30), gap_max_ms)
  return { due: at + gap + Math.floor((gap * rolled(attempt)) / 20_000), why: "back-off" }
}

/** What the receipts of a request that was taken come to: nothing, or its end. */
export const settledBy = ({ attempts, id, status }: GatewayRequest): ReadonlyArray<Draft> => {
  if (status !== "sent") return []
  const attempt = attempts.findLast(({ outcome }) => outcome === "accepted")
  const final = attempt?.receipts?.find((receipt) => receipt.status !== "sent")
  if (final === undefined || final.status === "sent") return []
  return [requestSettled.draft(id, { ...(final.code === undefined ? {} : { code: final.code }), status: final.status })]
}
