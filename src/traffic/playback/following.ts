import type { RecordedExchange } from "../../core/traffic/RecordedExchange.ts"

/** A recorded webhook, and how many ms after the end of the request it follows it came. */
export interface Following {
  readonly webhook: RecordedExchange
  readonly after: number
}

/**
 * The webhooks of a recording by the request that each follows: the last one about the same message or call whose answer was there before,
 * else the last of all; by its `n`. Under 0 are those that came before any request was answered. Where a clock ran backwards a webhook follows at
 * once.
 */
export const followings = (
  exchanges: ReadonlyArray<RecordedExchange>,
): ReadonlyMap<number, ReadonlyArray<Following>> => {
  const found = new Map<number, Array<Following>>()
  const began = exchanges[0]?.at ?? 0
  /** The request that ended last, about something and at all. The order is that of their ends. */
  const lastAbout = new Map<string, RecordedExchange>()
  let last: RecordedExchange | undefined
  const ended = ({ at, direction, took }: RecordedExchange) => (direction === "api" ? at + took : at)
  for (const exchange of exchanges.toSorted((a, b) => ended(a) - ended(b) || a.n - b.n)) {
    if (exchange.direction === "api") {
      last = exchange
      // What made something is followed by what becomes of it; a look at it in between is not.
      if (exchange.about !== "" && (exchange.request.method !== "GET" || !lastAbout.has(exchange.about)))
        lastAbout.set(exchange.about, exchange)
      continue
    }
    const anchor = lastAbout.get(exchange.about) ?? last
    const after = Math.max(0, exchange.at - (anchor === undefined ? began : ended(anchor)))
    const key = anchor?.n ?? 0
    const known = found.get(key)
    if (known === undefined) found.set(key, [{ after, webhook: exchange }])
    else known.push({ after, webhook: exchange })
  }
  return found
}
