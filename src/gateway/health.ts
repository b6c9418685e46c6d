import type { AttemptAnswered, HealthChanged } from "./entries.ts"
import type { HealthSettings } from "./settings.ts"

/*
 * The health of a provider: a sliding window of what its attempts came to.
 *
 *   healthy ──(failures reach the threshold)──> unhealthy ──(probe_after_ms)──> one request is let through ──> healthy
 *                                                   ^                                                │
 *                                                   └────────────────────(it fails)──────────────────┘
 */

/** Outcomes of some ms, which together make the window. */
interface Slot {
  readonly n: number
  successes: number
  failures: number
}

export interface Health {
  /** While it is unhealthy: until when nothing is let through. */
  until: number | undefined
  /** A request is on its way to see whether it has recovered. */
  probing: boolean
  /** Oldest first; at most `slotsMax`. */
  slots: Array<Slot>
  lastSuccess: number | undefined
  lastFailure: number | undefined
  lastError: string | undefined
}

/** Parts of the window: what leaves it, leaves it in such parts. */
const slotsMax = 60

export const newHealth = (): Health => ({
  until: undefined,
  probing: false,
  slots: [],
  lastSuccess: undefined,
  lastFailure: undefined,
  lastError: undefined,
})

const slotOf = (window_ms: number, at: number): number => Math.floor(at / Math.ceil(window_ms / slotsMax))

/** What came of the attempts in the window that ends at an instant. */
export const countsAt = (
  { slots }: Pick<Health, "slots">,
  window_ms: number,
  at: number,
): { readonly failures: number; readonly successes: number } => {
  const oldest = slotOf(window_ms, at) - slotsMax
  let failures = 0
  let successes = 0
  for (const slot of slots)
    if (slot.n > oldest) {
      failures += slot.failures
      successes += slot.successes
    }
  return { failures, successes }
}

/** `recovering`: unhealthy, but a request may be let through to see. */
export const healthAt = ({ until }: Pick<Health, "until">, at: number): "healthy" | "recovering" | "unhealthy" =>
  until === undefined ? "healthy" : at < until ? "unhealthy" : "recovering"

/** What an outcome says of the provider; `undefined`: nothing. One that refuses a wrong message does its work. */
export const verdict = ({ blames, outcome }: Pick<AttemptAnswered, "blames" | "outcome">): boolean | undefined => {
  switch (outcome) {
    case "accepted":
      return true
    case "refused":
      return blames !== "provider"
    case "failed":
      return false
    case "limited":
    case "unsure":
    case "never-arrived":
      return undefined
  }
}

/** An outcome enters the window. */
export const count = (health: Health, window_ms: number, at: number, good: boolean): void => {
  const n = slotOf(window_ms, at)
  let slot = health.slots.at(-1)
  if (slot?.n !== n) {
    slot = { n, successes: 0, failures: 0 }
    health.slots.push(slot)
    if (health.slots.length > slotsMax) health.slots.shift()
  }
  if (good) slot.successes++
  else slot.failures++
}

/**
 * What becomes of a provider's health once an outcome has entered its window.
 *
 * Shape   `undefined`: nothing. While it is unhealthy only the outcome of a probe counts; others left before.
 */
export const decideHealth = (
  health: Health,
  settings: HealthSettings,
  { at, good, probe }: { readonly at: number; readonly good: boolean | undefined; readonly probe: boolean },
): HealthChanged | undefined => {
  if (good === undefined) return undefined
  const counts = countsAt(health, settings.window_ms, at)
  const unhealthy = { ...counts, health: "unhealthy", until: at + settings.probe_after_ms } as const
  if (health.until !== undefined) {
    if (!probe) return undefined
    return good ? { ...counts, health: "healthy", why: "probe-succeeded" } : { ...unhealthy, why: "probe-failed" }
  }
  const total = counts.failures + counts.successes
  const reached = total >= settings.samples_min && counts.failures * 10_000 >= settings.failure_bp * total
  return good || !reached ? undefined : { ...unhealthy, why: "threshold" }
}

export const changeHealth = (health: Health, { health: to, until }: HealthChanged): void => {
  health.until = to === "unhealthy" ? until : undefined
  if (to === "healthy") health.slots = []
}
