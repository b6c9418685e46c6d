import type { Pair } from "../../core/entries.ts"
import { aboutOf } from "../../core/traffic/about.ts"
import type { RecordedExchange } from "../../core/traffic/RecordedExchange.ts"
import { keptBody } from "./bodies.ts"
import { headerNamed, shown, type Told, Unusable } from "./Told.ts"

/** What an exchange becomes in a recording, and what is to be said about it. */
export interface Made {
  readonly exchange: RecordedExchange
  /** What of it is lost. */
  readonly lost: ReadonlyArray<string>
  /** What is used as it is, though it is odd. */
  readonly notes: ReadonlyArray<string>
}

/** Names of exchanges that are remembered, to tell one that comes twice. */
const idsMax = 1_000_000

/** Makes exchanges of a recording out of what a foreign format tells, one after the other. */
export class Exchanges {
  readonly #ids = new Set<string>()
  #n = 0
  #at: number | undefined

  /** Throws `Unusable` for one that was there before. */
  make(told: Told): Made {
    const { answer, id } = told
    const headers = withType(told)
    if (id !== undefined) {
      if (this.#ids.has(id)) throw new Unusable(`${shown(id)} is there a second time`)
      if (this.#ids.size < idsMax) this.#ids.add(id)
    }
    const notes: Array<string> = []
    const before = this.#at
    if (told.at === undefined && before === undefined)
      notes.push("it does not say when it was; it begins at 1970-01-01")
    const at = told.at ?? before ?? 0
    if (before !== undefined && at < before) notes.push(`it was ${before - at} ms before the one that stands before it`)
    this.#at = at
    this.#n++
    const request = keptBody(told.body, headers)
    const answered = "failed" in answer ? undefined : keptBody(answer.body, answer.headers)
    const exchange = {
      n: this.#n,
      direction: directionOf(told),
      at,
      took: told.took,
      request: { method: told.method, url: told.url, headers: keptHeaders(headers), body: request.body },
      answer:
        "failed" in answer
          ? answer
          : { status: answer.status, headers: keptHeaders(answer.headers), body: answered?.body ?? { text: "" } },
    }
    return {
      exchange: { ...exchange, about: aboutOf(exchange) },
      lost: [request.lost, answered?.lost].flatMap((each) => each ?? []),
      notes,
    }
  }
}

/** Formats that leave out headers leave out what a form is known by; nothing else is written like one. */
const withType = ({ body, headers }: Told): ReadonlyArray<Pair> =>
  typeof body === "string" && headerNamed(headers, "content-type") === undefined && /^[^\s=&{<[]+=\S*$/.test(body)
    ? [...headers, ["content-type", "application/x-www-form-urlencoded"]]
    : headers

/** Without what is true of one connection alone, and of bodies that are not packed any more. */
const keptHeaders = (headers: ReadonlyArray<Pair>): ReadonlyArray<Pair> =>
  headers.flatMap(([name, value]): ReadonlyArray<Pair> => {
    const small = name.toLowerCase()
    return ofTransport.has(small) ? [] : [[small, value]]
  })

const ofTransport: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
])

/** A request that the carrier signed, or that tells of a message or call somewhere else than at the carrier, is a webhook. */
const directionOf = ({ body, headers, url }: Told): RecordedExchange["direction"] => {
  if (headerNamed(headers, "x-twilio-signature") !== undefined) return "webhook"
  const { hostname, pathname, search } = new URL(url)
  if (/(?:^|\.)twilio\.com$/i.test(hostname) || /^\/20\d\d-\d\d-\d\d\//.test(pathname)) return "api"
  const params = `${search.slice(1)}&${typeof body === "string" ? body : ""}`
  return /(?:^|&)AccountSid=AC/.test(params) && /(?:^|&)(?:MessageSid|SmsSid|CallSid)=/.test(params) ? "webhook" : "api"
}
