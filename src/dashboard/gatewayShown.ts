import type { Entry } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { type AttemptChosen, type Candidate, healthChanged } from "../gateway/entries.ts"
import { countsAt, healthAt } from "../gateway/health.ts"
import type { GatewayRequest } from "../gateway/requests.ts"
import { type Gateway, providerOf, queueDepth } from "../gateway/state.ts"
import { countAt } from "../gateway/windows.ts"

/* What the page of the gateway shows, out of its slice and its newest entries. Pure; instants and spans in virtual ms. */

/** Windows that the picture of the limits shows, at most. */
export const windowsMax = 40
/** Choices and dead letters that are listed. */
const choicesMax = 12
const deadMax = 20

/** How full one window of a limit was. */
interface Filled {
  readonly from: number
  readonly sent: number
  /** Of the limit, in hundredths; at most 100. */
  readonly height: number
}

export interface ShownProvider {
  readonly id: string
  readonly health: "healthy" | "recovering" | "unhealthy"
  readonly until: number | undefined
  readonly lastError: string | undefined
  readonly successes: number
  readonly failures: number
  readonly inFlight: number
  readonly weight: number
  /** Chosen by weight since counts began, and the share of all such choices. */
  readonly chosen: number
  readonly accepted: number
  readonly delivered: number
  readonly undelivered: number
  readonly cost: ReadonlyArray<readonly [currency: string, micros: number]>
  readonly sent: number
  readonly limit: number
  readonly windows: ReadonlyArray<Filled>
  /** Stretches of its health, oldest first, as hundredths of the time that is shown. */
  readonly stretches: ReadonlyArray<Stretch>
}

export interface Stretch {
  readonly tone: "bad" | "good"
  readonly x: number
  readonly width: number
  readonly from: number
  readonly why: string
}

export interface ShownChoice {
  readonly seq: number
  readonly at: number
  readonly id: string
  readonly attempt: number
  readonly provider: string
  readonly probe: boolean
  readonly candidates: ReadonlyArray<Candidate>
}

/** The page's numbers. */
export const gatewayShown = (
  gateway: Gateway,
  {
    at,
    choices,
    health,
  }: {
    /** The instant that is shown. */
    readonly at: number
    /** The newest choices up to then, oldest first. */
    readonly choices: ReadonlyArray<Entry<AttemptChosen>>
    /** Of each provider its changes of health up to then, oldest first. */
    readonly health: ReadonlyMap<string, ReadonlyArray<Entry>>
  },
) => {
  const { limits: rule, providers } = gateway.settings
  const since = gateway.byId.at(0)?.accepted ?? at
  const windows = windowsOf(choices, rule.window_ms, at)
  const total = countAt(gateway.total, rule, at)
  const chosen = providers.reduce((sum, { id }) => sum + providerOf(gateway, id).counts.chosen, 0)
  return {
    at,
    counts: [...gateway.counts].filter(([, n]) => n > 0),
    requests: gateway.byId.length,
    depth: queueDepth(gateway),
    queueMax: gateway.settings.queue_max,
    chosen,
    weights: providers.reduce((sum, { weight }) => sum + weight, 0),
    windowMs: rule.window_ms,
    total: { sent: total, limit: rule.total, windows: filled(windows, undefined, rule.total) },
    providers: providers.map(({ id, limit, weight }): ShownProvider => {
      const known = providerOf(gateway, id)
      const { accepted, chosen: chosenOf, cost, delivered, undelivered } = known.counts
      return {
        id,
        health: healthAt(known.health, at),
        until: known.health.until,
        lastError: known.health.lastError,
        ...countsAt(known.health, gateway.settings.health.window_ms, at),
        inFlight: known.inFlight,
        weight,
        chosen: chosenOf,
        accepted,
        delivered,
        undelivered,
        cost: [...cost],
        sent: countAt(known.window, rule, at),
        limit,
        windows: filled(windows, id, limit),
        stretches: stretchesOf(health.get(id) ?? [], since, at),
      }
    }),
    choices: choices
      .slice(-choicesMax)
      .reverse()
      .map(
        ({ at: when, data, seq, subject }): ShownChoice => ({
          seq,
          at: when,
          id: subject,
          attempt: data.attempt,
          provider: data.provider,
          probe: data.probe === true,
          candidates: data.candidates,
        }),
      ),
    dead: deadOf(gateway),
  }
}

export type GatewayShown = ReturnType<typeof gatewayShown>

interface Counted {
  readonly from: number
  readonly by: Map<string, number>
}

/** Attempts of the newest windows by provider; windows in which nothing was sent are between them. */
const windowsOf = (
  choices: ReadonlyArray<Entry<AttemptChosen>>,
  windowMs: number,
  at: number,
): ReadonlyArray<Counted> => {
  const newest = Math.floor(at / windowMs)
  const first = Math.max(newest - windowsMax + 1, Math.floor((choices[0]?.at ?? at) / windowMs))
  const counted = Array.from({ length: newest - first + 1 }, (_, i) => ({
    from: (first + i) * windowMs,
    by: new Map<string, number>(),
  }))
  for (const { at: when, data } of choices) {
    const by = counted[Math.floor(when / windowMs) - first]?.by
    by?.set(data.provider, (by.get(data.provider) ?? 0) + 1)
  }
  return counted
}

const filled = (windows: ReadonlyArray<Counted>, provider: string | undefined, limit: number): ReadonlyArray<Filled> =>
  windows.map(({ by, from }) => {
    const sent = provider === undefined ? [...by.values()].reduce((sum, n) => sum + n, 0) : (by.get(provider) ?? 0)
    return { from, sent, height: Math.min(100, Math.round((sent / limit) * 1_000) / 10) }
  })

/** Health over time: good until it changes, each stretch until the next change. */
const stretchesOf = (changes: ReadonlyArray<Entry>, since: number, at: number): ReadonlyArray<Stretch> => {
  const whole = Math.max(1, at - since)
  const points: Array<{ readonly at: number; readonly good: boolean; readonly why: string }> = [
    { at: since, good: true, why: "healthy" },
  ]
  for (const entry of changes) {
    const change = healthChanged.is(entry) ? entry.data : undefined
    const good = change === undefined || change.health === "healthy"
    const why = change?.why ?? "reset by an order"
    if (points.at(-1)?.good !== good) points.push({ at: Math.max(since, entry.at), good, why })
  }
  return points.map(({ at: from, good, why }, i) => {
    const to = points[i + 1]?.at ?? at
    const x = ((from - since) / whole) * 100
    return {
      tone: good ? "good" : "bad",
      x: Math.round(x * 100) / 100,
      width: Math.max(0.4, Math.round(((to - from) / whole) * 10_000) / 100),
      from,
      why,
    }
  })
}

/** The newest dead letters, and how many there are. */
const deadOf = (gateway: Gateway) => {
  const found: Array<GatewayRequest> = []
  const { byId } = gateway
  const oldest = Math.max(0, byId.length - limits.listScanMessagesMax)
  for (let i = byId.length - 1; i >= oldest && found.length < deadMax; i--) {
    const status = byId.value(i, "status")
    if (status === "failed" || status === "unsure") found.push(byId.at(i) as GatewayRequest)
  }
  return {
    count: (gateway.counts.get("failed") ?? 0) + (gateway.counts.get("unsure") ?? 0),
    newest: found.map(({ accepted, attempts, dead, id, phone, status, text, updated }) => ({
      id,
      phone,
      text,
      status,
      attempts: attempts.length,
      last: attempts.at(-1)?.provider,
      reason: dead?.reason ?? "",
      detail: dead?.detail ?? "",
      accepted,
      updated: updated ?? accepted,
    })),
  }
}
