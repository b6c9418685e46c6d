import type { AttemptChosen, Candidate } from "./entries.ts"
import { countsAt, healthAt } from "./health.ts"
import { type GatewayRequest, triesOf } from "./requests.ts"
import type { GatewayProvider } from "./settings.ts"
import { type Gateway, type Provider, providerOf } from "./state.ts"
import { countAt, freeAt } from "./windows.ts"

/*
 * Which provider gets an attempt: smooth weighted round robin among those that may have it now.
 *
 * Each of them gets its weight added to its turn; the highest turn is chosen, the first of the settings where two are equal, and gives away
 * the weights of all. So shares follow the weights at every moment, and nobody gets its requests in one go. A provider has no part in a round
 * while it is unhealthy (but for one request that shows whether it has recovered), while its window or what may be on its way to it is full,
 * while it wants to be left alone, and for a request it was tried for, as long as another was not.
 */

/** Why a provider has no part in a round at `at`. */
type Out = NonNullable<Candidate["out"]>

const outOf = (
  gateway: Gateway,
  configured: GatewayProvider,
  provider: Provider,
  request: GatewayRequest,
  triedCounts: boolean,
  at: number,
): Out | undefined => {
  const { blockedUntil, health, inFlight, window } = provider
  const state = healthAt(health, at)
  if (configured.weight === 0) return "weightless"
  if (triedCounts && triesOf(request).tried.includes(provider.id)) return "tried"
  if (state === "unhealthy") return "unhealthy"
  if (state === "recovering" && health.probing) return "probed"
  if (at < blockedUntil) return "told-to-wait"
  if (inFlight >= configured.in_flight_max) return "busy"
  return freeAt(window, gateway.settings.limits, configured.limit, at) > at ? "limit" : undefined
}

/** Whether somebody is left for a request that was not tried for it, and may be. */
export const hasUntried = (gateway: Gateway, request: GatewayRequest, at: number): boolean => {
  const { tried } = triesOf(request)
  return gateway.settings.providers.some(
    ({ id, weight }) =>
      weight > 0 && !tried.includes(id) && healthAt(providerOf(gateway, id).health, at) !== "unhealthy",
  )
}

/** Whether providers that a request was tried for are left out: only while there are others. */
const isTriedCounted = (gateway: Gateway, request: GatewayRequest, at: number): boolean =>
  triesOf(request).tried.length > 0 && hasUntried(gateway, request, at)

/** The provider for a request's next attempt, and why; `undefined` when none may have it now. */
export const chooseProvider = (gateway: Gateway, request: GatewayRequest, at: number): AttemptChosen | undefined => {
  if (totalFreeAt(gateway, at) > at) return undefined
  const triedCounts = isTriedCounted(gateway, request, at)
  const candidates: Array<Candidate> = []
  let chosen: Candidate | undefined
  for (const configured of gateway.settings.providers) {
    const provider = providerOf(gateway, configured.id)
    const out = outOf(gateway, configured, provider, request, triedCounts, at)
    const candidate = candidateOf(gateway, configured, provider, out, at)
    candidates.push(candidate)
    if (candidate.current !== undefined && (chosen?.current === undefined || candidate.current > chosen.current))
      chosen = candidate
  }
  return chosen === undefined ? undefined : madeChoice(gateway, request, candidates, chosen, at)
}

/** The choice of somebody who asked for a provider by its name: no round, but the same counts. */
export const chosenByName = (
  gateway: Gateway,
  request: GatewayRequest,
  configured: GatewayProvider,
  at: number,
): AttemptChosen => {
  const { current: _, ...candidate } = candidateOf(
    gateway,
    configured,
    providerOf(gateway, configured.id),
    undefined,
    at,
  )
  return madeChoice(gateway, request, [candidate], candidate, at)
}

const madeChoice = (
  gateway: Gateway,
  { attempts }: GatewayRequest,
  candidates: ReadonlyArray<Candidate>,
  { health, provider }: Candidate,
  at: number,
): AttemptChosen => ({
  attempt: attempts.length + 1,
  candidates,
  ...(health === "healthy" ? {} : { probe: true }),
  provider,
  total: {
    limit: gateway.settings.limits.total,
    sent: countAt(gateway.total, gateway.settings.limits, at),
  },
})

const candidateOf = (
  { settings }: Gateway,
  { limit, weight }: GatewayProvider,
  { current, health, id, inFlight, window }: Provider,
  out: Out | undefined,
  at: number,
): Candidate => {
  const { failures, successes } = countsAt(health, settings.health.window_ms, at)
  return {
    ...(out === undefined ? { current: current + weight } : {}),
    failures,
    health: healthAt(health, at),
    in_flight: inFlight,
    limit,
    ...(out === undefined ? {} : { out }),
    provider: id,
    sent: countAt(window, settings.limits, at),
    successes,
    weight,
  }
}

const totalFreeAt = ({ settings: { limits }, total }: Gateway, at: number): number =>
  freeAt(total, limits, limits.total, at)

/** The earliest instant at which a request might have an attempt; infinite while only an answer can bring that about. */
export const attemptableAt = (gateway: Gateway, request: GatewayRequest, at: number): number => {
  const triedCounts = isTriedCounted(gateway, request, at)
  let earliest = Number.POSITIVE_INFINITY
  for (const configured of gateway.settings.providers) {
    const provider = providerOf(gateway, configured.id)
    if (configured.weight === 0 || (triedCounts && triesOf(request).tried.includes(configured.id))) continue
    earliest = Math.min(earliest, providerFreeAt(gateway, configured, provider, at))
  }
  return Math.max(earliest, totalFreeAt(gateway, at))
}

const providerFreeAt = (
  gateway: Gateway,
  { in_flight_max, limit }: GatewayProvider,
  provider: Provider,
  at: number,
) => {
  const { blockedUntil, health, inFlight, window } = provider
  if (inFlight >= in_flight_max || (health.until !== undefined && health.probing)) return Number.POSITIVE_INFINITY
  return Math.max(freeAt(window, gateway.settings.limits, limit, at), blockedUntil, health.until ?? at)
}

/** Whether some provider may be sent requests: healthy, or about to show that it has recovered. */
export const isAnyAvailable = (gateway: Gateway, at: number): boolean =>
  gateway.settings.providers.some(
    ({ id, weight }) => weight > 0 && healthAt(providerOf(gateway, id).health, at) !== "unhealthy",
  )
