import { limits } from "../core/limits.ts"

/** What came to the proxy of other hosts. */
export interface SeenHost {
  readonly host: string
  readonly passed: number
  readonly refused: number
}

/** What has come to the proxy and to TLS since the server began; no part of the run. */
export interface ProxySeen {
  /** Requests for simulated hosts, by proxy or by TLS. */
  readonly requests: number
  /** Connections that were asked for to simulated hosts. */
  readonly connects: number
  /** TLS connections that ended before anything was asked: most often the client does not trust the CA. */
  readonly distrusted: number
  /** Other hosts, in the order they came; those beyond `limits.proxyHostsMax` are one, called `…`. */
  readonly others: ReadonlyArray<SeenHost>
}

/** Counts it. */
export class ProxyCounts {
  requests = 0
  connects = 0
  distrusted = 0
  readonly #others = new Map<string, { passed: number; refused: number }>()

  /** Counts a request or connection for another host; gives whether it is the first of its kind. */
  other(host: string, what: "passed" | "refused"): boolean {
    const name = this.#others.has(host) || this.#others.size < limits.proxyHostsMax ? host : "…"
    const counts = this.#others.get(name) ?? { passed: 0, refused: 0 }
    this.#others.set(name, counts)
    counts[what]++
    return counts[what] === 1
  }

  get seen(): ProxySeen {
    return {
      requests: this.requests,
      connects: this.connects,
      distrusted: this.distrusted,
      others: [...this.#others].map(([host, counts]) => ({ host, ...counts })),
    }
  }
}
