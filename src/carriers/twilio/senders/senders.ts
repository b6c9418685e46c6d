import { type Collection, itemOf, noItems, removeItem } from "../collection.ts"
import type { NumberConfig, ServiceConfig } from "./entries.ts"

/** A phone number (`PN…`) or short code (`SC…`) of an account. Instants in virtual ms. */
export interface OwnedNumber {
  readonly sid: string
  /** E.164, or the digits of a short code. */
  readonly number: string
  /** Settings name it: it was not bought, and goes when they name it no longer. */
  readonly bySettings: boolean
  readonly created: number
  accountSid: string
  config: NumberConfig
  updated: number
  /** The service whose pool it is in. */
  serviceSid: string | undefined
}

/** A messaging service. Instants in virtual ms. */
export interface Service {
  readonly sid: string
  readonly accountSid: string
  readonly created: number
  config: ServiceConfig
  updated: number
  readonly pool: Collection<Member>
  /** Who sent to a recipient last. */
  readonly sticky: Map<string, string>
}

/** A sender of a service's pool: a phone number (`PN…`), short code (`SC…`) or alphanumeric sender ID (`AI…`). */
export interface Member {
  readonly sid: string
  /** What a recipient sees. */
  readonly sender: string
  readonly created: number
}

/** Numbers and services of a run. */
export interface Senders {
  readonly numbers: Collection<OwnedNumber>
  /** SIDs of owned numbers by the number. */
  readonly sids: Map<string, string>
  /** Numbers ever bought, and alphanumeric sender IDs ever added, from which their SIDs count. */
  bought: number
  alphaSenders: number
  /** Numbers that settings name and that were given back all the same. */
  readonly released: Set<string>
  readonly services: Collection<Service>
}

export const noSenders = (): Senders => ({
  numbers: noItems(),
  sids: new Map(),
  bought: 0,
  alphaSenders: 0,
  released: new Set(),
  services: noItems(),
})

/** Takes a number out of the pool it is in. */
export const leavePool = ({ numbers, services }: Senders, sid: string): void => {
  const number = itemOf(numbers, sid)
  const service = itemOf(services, number?.serviceSid ?? "")
  if (service !== undefined) removeItem(service.pool, sid)
  if (number !== undefined) number.serviceSid = undefined
}
