import type { Entry } from "../core/Entry.ts"
import { PackedItems } from "../core/packed/PackedItems.ts"
import type { Priority, ReceiptArrived } from "./entries.ts"
import { type Health, newHealth } from "./health.ts"
import { type DueHeap, type Fifo, newFifo, newHeap } from "./queues.ts"
import { type GatewayRequest, layoutOfRequests, type RequestStatus } from "./requests.ts"
import { defaultGatewaySettings, type GatewaySettings } from "./settings.ts"
import { newWindow, type Window } from "./windows.ts"

/** The gateway's part of the world. */
export interface Gateway {
  settings: GatewaySettings
  /** The run's. */
  seed: number
  /** All requests since the last clearing, in order of acceptance. */
  readonly byId: PackedItems<GatewayRequest>
  /** How many there were before: places count over the whole run, so no id comes twice. */
  cleared: number
  /** How many stand where; of those that were. */
  readonly counts: Map<RequestStatus, number>
  /** What may be sent at once, by priority. */
  readonly ready: { readonly [P in Priority]: Ready }
  /** What may not: scheduled, or in a pause before it is tried again. */
  waiting: DueHeap
  /** By id; of every provider that settings ever named. */
  readonly providers: Map<string, Provider>
  /** What goes to all providers together, and what is taken. */
  total: Window
  intake: Window
  /** Attempts on their way, by the place of their request, which has one at most. */
  readonly flights: Map<number, Flight>
  /** When the timer of the queue is due; undefined: none is set. */
  armed: number | undefined
  /** Attempts and expiries since that timer fired the last time: a turn has an end. */
  chain: number
  /** Places of requests over the whole run, by the name that their provider has given them (`nameAt`). */
  readonly byName: Map<string, number>
  /** Receipts of messages that nobody knows yet: they may have overtaken the answer. Oldest first. */
  readonly early: Map<string, EarlyReceipt>
  /** Keys of requests, oldest first. */
  readonly keys: Map<string, KnownKey>
  /** Direct requests that are still to be answered: their subject, by their seq. */
  readonly awaiting: Map<number, string>
  /** Since when attempts, outcomes and cost are counted. */
  countedSince: number
  /** Texts that many requests have, each once. */
  readonly texts: Map<string, string>
}

/** Places of requests, oldest first: those that were tried already go before the others. */
export interface Ready {
  readonly again: Fifo
  readonly fresh: Fifo
}

/** A provider as the gateway knows it. */
export interface Provider {
  readonly id: string
  window: Window
  health: Health
  /** Its turn in the weighted round robin. */
  current: number
  inFlight: number
  /** Until when it wants to be left alone. */
  blockedUntil: number
  counts: Counts
}

/** What was counted of a provider since its counts were reset. */
export interface Counts {
  /** By the weighted choice, and asked for by name. */
  chosen: number
  direct: number
  accepted: number
  refused: number
  limited: number
  failed: number
  unsure: number
  delivered: number
  undelivered: number
  /** Millionths by currency. */
  cost: Map<string, number>
  /** Virtual ms from attempt to answer, of those that were answered. */
  answered: number
  answeredMs: number
}

/** An attempt on its way. */
export interface Flight {
  readonly provider: string
  readonly attempt: number
  readonly at: number
  /** The seq of the request that left; 0 until it has. */
  seq: number
  readonly probe: boolean
  /** The provider is asked what became of it. */
  asking: boolean
}

export interface EarlyReceipt {
  readonly at: number
  readonly receipt: ReceiptArrived
}

/** What a key stands for. */
export interface KnownKey {
  /** The hash of what it came with. */
  readonly of: string
  readonly n: number
  readonly at: number
}

export const newCounts = (): Counts => ({
  chosen: 0,
  direct: 0,
  accepted: 0,
  refused: 0,
  limited: 0,
  failed: 0,
  unsure: 0,
  delivered: 0,
  undelivered: 0,
  cost: new Map(),
  answered: 0,
  answeredMs: 0,
})

const newReady = (): Ready => ({ again: newFifo(), fresh: newFifo() })

export const initialGateway = (): Gateway => ({
  settings: defaultGatewaySettings,
  seed: 0,
  byId: new PackedItems(layoutOfRequests),
  cleared: 0,
  counts: new Map(),
  ready: { high: newReady(), normal: newReady(), low: newReady() },
  waiting: newHeap(),
  providers: new Map(),
  total: newWindow(),
  intake: newWindow(),
  flights: new Map(),
  armed: undefined,
  chain: 0,
  byName: new Map(),
  early: new Map(),
  keys: new Map(),
  awaiting: new Map(),
  countedSince: 0,
  texts: new Map(),
})

const newProvider = (id: string): Provider => ({
  id,
  window: newWindow(),
  health: newHealth(),
  current: 0,
  inFlight: 0,
  blockedUntil: 0,
  counts: newCounts(),
})

/** Takes settings that are in force from here on. What a provider is known for stays with its id. */
export const configure = (gateway: Gateway, settings: GatewaySettings): void => {
  gateway.settings = settings
  for (const { id } of settings.providers) if (!gateway.providers.has(id)) gateway.providers.set(id, newProvider(id))
}

/** A provider that settings name or have named. */
export const providerOf = ({ providers }: Gateway, id: string): Provider => {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`no provider ${id} was ever in the settings`)
  return provider
}

/** The place of the next request. */
export const nextPlace = ({ byId, cleared }: Gateway): number => cleared + byId.length

export const requestAt = ({ byId, cleared }: Gateway, n: number): GatewayRequest | undefined => byId.at(n - cleared)

/** The request an entry is about. */
export const requestOf = (
  { byId }: Gateway,
  { subject }: Pick<Entry<unknown>, "subject">,
): GatewayRequest | undefined => byId.get(subject)

/** What names a message of a provider's. */
export const nameAt = (provider: string, providerMessageId: string): string => `${provider} ${providerMessageId}`

/** The request that a provider has given a name. */
export const requestNamed = (gateway: Gateway, name: string): GatewayRequest | undefined => {
  const n = gateway.byName.get(name)
  return n === undefined ? undefined : requestAt(gateway, n)
}

/** Makes the request at a place known by the names its providers have given it; of two of one name the later request has it. */
export const nameMessages = ({ byId, byName, cleared }: Gateway, place: number): void => {
  for (const { outcome, provider, providerMessageId } of byId.value(place, "attempts") ?? [])
    if (outcome === "accepted" && providerMessageId !== undefined) {
      const name = nameAt(provider, providerMessageId)
      if ((byName.get(name) ?? -1) < cleared + place) byName.set(name, cleared + place)
    }
}

/** How many stand so. */
export const countOf = ({ counts }: Gateway, status: RequestStatus): number => counts.get(status) ?? 0

/** How many wait to be sent, their hour come or not. */
export const queueDepth = (gateway: Gateway): number => countOf(gateway, "pending") + countOf(gateway, "scheduled")
