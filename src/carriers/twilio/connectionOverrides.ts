import type { OutboundRequested, RetryOn } from "../../core/entries.ts"

/** What the fragment of a webhook's URL says about its connection; what it does not say is absent. */
export interface ConnectionOverrides {
  readonly connectMs?: number
  readonly readMs?: number
  readonly totalMs?: number
  /** Attempts beyond the first. */
  readonly retries?: number
  readonly on?: ReadonlyArray<RetryOn>
}

/**
 * Reads `#ct=2000&rt=5000&tt=10000&rc=3&rp=5xx,ct`; keys are joined by `&`.
 *
 * Refuses nothing: a value that is none, or outside of its range, counts as not given. The fragment is not sent and not signed
 * Source  "Webhooks: connection overrides"
 */
export const overridesOf = (url: string): ConnectionOverrides => {
  const given = fragmentOf(url)
  if (given === undefined) return none
  const found = {
    connectMs: whole(given.get("ct"), 100, 10_000),
    readMs: whole(given.get("rt"), 100, 15_000),
    totalMs: whole(given.get("tt"), 100, 15_000),
    retries: whole(given.get("rc"), 0, 5),
    on: policy(given.get("rp")),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const none: ConnectionOverrides = {}

/** The retry policy that a fragment names and that is none. Source: error 11243. */
export const badPolicyIn = (url: string): string | undefined => {
  const named = fragmentOf(url)?.get("rp")
  return policy(named) === undefined ? named : undefined
}

const fragmentOf = (url: string): ReadonlyMap<string, string> | undefined => {
  const cut = url.indexOf("#")
  if (cut < 0) return undefined
  const pairs = url.slice(cut + 1).split("&")
  return new Map(
    pairs.map((part) => {
      const at = part.indexOf("=")
      return at < 0 ? ([part, ""] as const) : ([part.slice(0, at), part.slice(at + 1)] as const)
    }),
  )
}

/** Virtual ms a webhook has to answer. Source: errors 11205, 11200: 15 s in all. */
const timeoutMs = 15_000

/** How long a webhook has, but for what its URL's fragment says. */
export const boundsOf = ({
  connectMs,
  readMs,
  totalMs,
}: ConnectionOverrides): Pick<OutboundRequested, "connect_ms" | "read_ms" | "timeout_ms"> => ({
  ...(connectMs === undefined ? {} : { connect_ms: connectMs }),
  ...(readMs === undefined ? {} : { read_ms: readMs }),
  timeout_ms: totalMs ?? timeoutMs,
})

/**
 * What is tried again of a request for instructions: nothing, unless its URL's fragment says how often or after what.
 *
 * Shape   one more attempt where `rc` is not said, none but after `ct` where `rp` is not said; at once, without a gap
 * Source  "Webhooks: connection overrides"
 */
export const instructionsRetryOf = ({ on, retries }: ConnectionOverrides): Pick<OutboundRequested, "retry"> =>
  on === undefined && retries === undefined
    ? {}
    : { retry: { attempts: (retries ?? 1) + 1, gap_ms: 0, on: on ?? ["ct"] } }

const whole = (text: string | undefined, min: number, max: number): number | undefined => {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined
  const number = Number(text)
  return number >= min && number <= max ? number : undefined
}

const kinds: ReadonlySet<string> = new Set<RetryOn>(["4xx", "5xx", "ct", "rt", "all"])

const policy = (text: string | undefined): ReadonlyArray<RetryOn> | undefined => {
  const named = text?.replaceAll("%2C", ",").replaceAll("%2c", ",").split(",")
  return named?.every((kind) => kinds.has(kind)) ? ([...new Set(named)] as ReadonlyArray<RetryOn>) : undefined
}
