import * as dns from "node:dns"
import * as net from "node:net"
import { type Allow, allowOf, notAllowed } from "./allow.ts"

/** Nothing was connected to: the target is not permitted. */
class NotAllowed extends Error {
  override readonly name = "NotAllowed"
  readonly code = notAllowed
}

/** Watches over what the wire connects to. */
export interface Guard {
  /** Throws `NotAllowed` for a URL whose host is an address that is not permitted: node looks up names alone. */
  readonly check: (url: URL) => void
  /** Node's look-up of names, less the addresses that are not permitted: what is checked is what is connected to. */
  readonly lookup: net.LookupFunction
}

type Resolve = (
  host: string,
  options: dns.LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: ReadonlyArray<dns.LookupAddress>) => void,
) => void

/** The guard of the list in force: the same one for as long as that list is. */
export const guardsOf = (list: () => ReadonlyArray<string> | undefined): (() => Guard) => {
  let known = list()
  let guard = guardOf(allowOf(known))
  return () => {
    const now = list()
    if (now !== known) {
      known = now
      guard = guardOf(allowOf(now))
    }
    return guard
  }
}

/** The guard of a matcher. Each hop of a redirect is a connection of its own. */
export const guardOf = ({ permits }: Allow, resolve: Resolve = dns.lookup as Resolve): Guard => ({
  check: ({ hostname }) => {
    const host = hostname.replace(/^\[(.*)\]$/, "$1")
    if (net.isIP(host) !== 0 && !permits(host, host)) throw new NotAllowed(`${host} is not allowed`)
  },
  lookup: (host, options, callback) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      const addresses = error === null ? found.filter(({ address }) => permits(host, address)) : []
      const [first] = addresses
      if (first === undefined) return callback(error ?? new NotAllowed(`${host} is not allowed`), "", 0)
      return options.all === true ? callback(null, [...addresses]) : callback(null, first.address, first.family)
    }),
})
