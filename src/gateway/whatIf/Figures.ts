import type { Entry } from "../../core/Entry.ts"
import { apiRequested, apiResponded, dataCleared } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { gatewayApi } from "../../network/apis.ts"
import {
  attemptAnswered,
  attemptChosen,
  type Cost,
  receiptArrived,
  requestAccepted,
  requestCancelled,
  requestDeadLettered,
  requestResent,
  requestRetried,
  requestSettled,
} from "../entries.ts"

/* What became of the requests of one run of the gateway, told by its entries alone. */

/** One decision of the gateway, as it is compared with that of another run. */
export interface Decision {
  readonly seq: number
  /** Virtual ms. */
  readonly at: number
  readonly subject: string
  readonly what: string
}

/** What one provider did. */
export interface ProviderFigures {
  attempts: number
  accepted: number
  refused: number
  limited: number
  failed: number
  delivered: number
  undelivered: number
}

/** Sums of a run. Times in virtual ms; money in millionths by currency. */
export interface GatewayFigures {
  readonly requests: number
  /** Requests that were turned away at the door, by the status of the answer. */
  readonly turned_away: Readonly<Record<string, number>>
  readonly delivered: number
  readonly undelivered: number
  /** Taken by a provider, and no receipt says more. */
  readonly taken: number
  readonly dead_lettered: Readonly<Record<string, number>>
  readonly cancelled: number
  /** Neither taken nor given up, at the end. */
  readonly waiting: number
  readonly attempts: number
  readonly cost: Readonly<Record<string, number>>
  /** From when a request might be sent to when a provider had taken it; of those that one took. */
  readonly waited: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly providers: Readonly<Record<string, ProviderFigures>>
}

type State = "waiting" | "taken" | "delivered" | "undelivered" | "cancelled" | `dead ${string}`

interface Known {
  state: State
  readonly sendable: number
  provider: string
}

/** Takes the entries of a run, in their order. */
export class Figures {
  readonly #requests = new Map<string, Known>()
  /** How those ended that were cleared since. */
  readonly #ended = new Map<State, number>()
  #count = 0
  readonly #asking = new Set<number>()
  readonly #turnedAway = new Map<string, number>()
  readonly #cost = new Map<string, number>()
  readonly #waited: Array<number> = []
  readonly #providers = new Map<string, ProviderFigures>()
  #attempts = 0
  /** The first decisions, at most `limits.comparedEntriesMax`. */
  readonly decisions: Array<Decision> = []

  take(entry: Entry<unknown>): void {
    if (entry.type.startsWith("gateway-")) this.#gateway(entry)
    else if (apiRequested.is(entry)) {
      if (entry.data.api === gatewayApi && entry.data.method === "POST") this.#asking.add(entry.seq)
    } else if (apiResponded.is(entry)) {
      if (!this.#asking.delete(entry.cause)) return
      const { status } = entry.data
      if (status !== 429 && status !== 503) return
      add(this.#turnedAway, String(status))
      this.#decided(entry, `a request is answered ${status}`)
    } else if (dataCleared.is(entry) && entry.data.what === "all") {
      for (const { state } of this.#requests.values()) add(this.#ended, state)
      this.#requests.clear()
    }
  }

  #gateway(entry: Entry<unknown>): void {
    const known = this.#requests.get(entry.subject)
    if (requestAccepted.is(entry)) {
      this.#count++
      const sendable = Math.max(entry.at, entry.data.send_at ?? entry.at)
      this.#requests.set(entry.subject, { state: "waiting", sendable, provider: "" })
      this.#decided(entry, "is accepted")
    } else if (known === undefined) return
    else if (attemptChosen.is(entry)) {
      this.#attempts++
      this.#provider(entry.data.provider).attempts++
      this.#decided(entry, `attempt ${entry.data.attempt} goes to ${entry.data.provider}`)
    } else if (attemptAnswered.is(entry)) {
      const { attempt, cost, outcome, provider } = entry.data
      this.#decided(entry, `attempt ${attempt} at ${provider} is ${outcome}`)
      if (outcome === "accepted" || outcome === "refused" || outcome === "limited" || outcome === "failed")
        this.#provider(provider)[outcome]++
      if (cost !== undefined) this.#pay(cost)
      if (outcome !== "accepted") return
      known.state = "taken"
      known.provider = provider
      this.#waited.push(entry.at - known.sendable)
    } else if (requestRetried.is(entry)) this.#decided(entry, `is tried again (${entry.data.why})`)
    else this.#ends(entry, known)
  }

  #ends(entry: Entry<unknown>, known: Known): void {
    if (requestSettled.is(entry)) {
      const { status } = entry.data
      known.state = status
      this.#provider(known.provider)[status]++
      this.#decided(entry, `is ${status}`)
    } else if (requestDeadLettered.is(entry)) {
      known.state = `dead ${entry.data.reason}`
      this.#decided(entry, `becomes a dead letter (${entry.data.reason})`)
    } else if (requestCancelled.is(entry)) {
      known.state = "cancelled"
      this.#decided(entry, "is cancelled")
    } else if (requestResent.is(entry)) known.state = "waiting"
    else if (receiptArrived.is(entry) && entry.data.cost !== undefined) this.#pay(entry.data.cost)
  }

  #pay({ currency, micros }: Cost): void {
    add(this.#cost, currency, micros)
  }

  #provider(id: string): ProviderFigures {
    const known = this.#providers.get(id)
    if (known !== undefined) return known
    const fresh = { attempts: 0, accepted: 0, refused: 0, limited: 0, failed: 0, delivered: 0, undelivered: 0 }
    this.#providers.set(id, fresh)
    return fresh
  }

  #decided({ at, seq, subject }: Entry<unknown>, what: string): void {
    if (this.decisions.length < limits.comparedEntriesMax) this.decisions.push({ seq, at, subject, what })
  }

  /** The sums so far. */
  result(): GatewayFigures {
    const states = new Map(this.#ended)
    for (const { state } of this.#requests.values()) add(states, state)
    const of = (state: State) => states.get(state) ?? 0
    const dead = [...states].flatMap(([state, n]) => (state.startsWith("dead ") ? [[state.slice(5), n] as const] : []))
    const waited = Float64Array.from(this.#waited).sort()
    const at = (part: number) => waited[Math.min(waited.length - 1, Math.floor(waited.length * part))] ?? 0
    return {
      requests: this.#count,
      turned_away: byName(this.#turnedAway),
      delivered: of("delivered"),
      undelivered: of("undelivered"),
      taken: of("taken"),
      dead_lettered: byName(dead),
      cancelled: of("cancelled"),
      waiting: of("waiting"),
      attempts: this.#attempts,
      cost: byName(this.#cost),
      waited: { p50: at(0.5), p99: at(0.99), max: at(1) },
      providers: byName(this.#providers),
    }
  }
}

const add = <K>(counts: Map<K, number>, key: K, n = 1): void => void counts.set(key, (counts.get(key) ?? 0) + n)

const byName = <V>(entries: Iterable<readonly [string, V]>): Readonly<Record<string, V>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Where two runs decide otherwise for the first time; of one that has come to its end, `undefined`. */
export interface Parting {
  readonly a: Decision | undefined
  readonly b: Decision | undefined
}

/** The first place where two runs decide otherwise, or at another time; nothing where all decisions that were kept are the same. */
export const firstParting = (a: ReadonlyArray<Decision>, b: ReadonlyArray<Decision>): Parting | undefined => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]]
    const same =
      one !== undefined &&
      other !== undefined &&
      one.at === other.at &&
      one.subject === other.subject &&
      one.what === other.what
    if (!same) return { a: one, b: other }
  }
  return undefined
}
