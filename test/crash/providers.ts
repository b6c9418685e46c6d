import { roll } from "../../src/core/chance.ts"

/** Two providers of the gateway's: what came to them, by text, of which no two requests have the same. */
export interface Providers {
  /** How often a text arrived. */
  readonly arrived: ReadonlyMap<string, number>
  /** How often one was taken. */
  readonly taken: ReadonlyMap<string, number>
  /** The answer to a request below `/providers/`. */
  readonly answer: (method: string, url: URL, body: string) => { readonly status: number; readonly json: object }
}

/** Where the settings of a crash run have them: one that can be asked what became of a request, and one that cannot. */
export const providersAt = (application: string) => ({
  limits: { intake: 0, total: 10_000, provider: 10_000 },
  // One answer in ten is a 500: that is no reason to leave a provider alone for half a minute.
  health: { min_samples: 1_000_000 },
  failover: { pause: "50ms", attempts: 20 },
  providers: [
    { id: "json", url: `${application}/providers/json` },
    {
      id: "forms",
      url: `${application}/providers/forms`,
      dialect: "twilio",
      account: "AC00000000000000000000000000000001",
      from: "+15550000001",
    },
  ],
})

export const newProviders = (seed: number): Providers => {
  const arrived = new Map<string, number>()
  const taken = new Map<string, number>()
  /** What the first has taken, by the gateway's id. */
  const references = new Set<string>()
  const add = (counts: Map<string, number>, text: string) => counts.set(text, (counts.get(text) ?? 0) + 1)
  let requests = 0
  return {
    arrived,
    taken,
    answer: (method, url, body) => {
      if (method === "GET") {
        const reference = url.searchParams.get("reference") ?? ""
        return references.has(reference)
          ? { status: 200, json: { reference, message_id: `m-${reference}` } }
          : { status: 404, json: { reference } }
      }
      const json = url.pathname === "/providers/json" ? JSON.parse(body) : undefined
      const text = String(json?.text ?? new URLSearchParams(body).get("Body"))
      add(arrived, text)
      if (roll(seed, "answer", "provider", requests++) < 1_000) return { status: 500, json: { error: "not now" } }
      add(taken, text)
      if (json === undefined) return { status: 201, json: { sid: `SM${text}` } }
      references.add(json.reference)
      return { status: 200, json: { success: true, message_id: `m-${json.reference}` } }
    },
  }
}
