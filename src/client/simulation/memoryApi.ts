import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { sid as makeSid } from "../../core/chance.ts"
import { rfc2822 } from "../../core/Instant.ts"
import { dropOldest } from "../../core/oldest.ts"
import type { Http, HttpAnswer, HttpRequest } from "../Http.ts"
import { messagesPath } from "../pages.ts"
import { magicError } from "./magicNumbers.ts"

/** A message as the API tells it. */
type WireMessage = { readonly [name: string]: string | null | object }

export interface MemoryApiOptions {
  readonly accountSid: string
  /** Messages that are kept; the oldest goes. 10,000 when absent. */
  readonly max?: number | undefined
}

const version = "2010-04-01"
const messagesMax = 10_000
const bodyMax = 1_600

/**
 * The messages of one account, in memory, as far as a client can tell: created, read, listed and canceled, and refused for what
 * the magic numbers stand for. Nothing is ever sent: a status stays what it was. For lives of messages there is the exchange.
 */
export const makeMemoryApi = ({ accountSid, max = messagesMax }: MemoryApiOptions): Http => {
  /** Oldest first. */
  const messages = new Map<string, WireMessage>()
  let made = 0

  const created = (form: URLSearchParams, now: number): HttpAnswer => {
    const tooLong = (form.get("Body") ?? "").length > bodyMax ? 21617 : undefined
    const refusal = magicError(form.get("From"), form.get("To")) ?? tooLong
    if (refusal !== undefined) return refused(refusal)
    const numMedia = form.getAll("MediaUrl").length
    const sid = makeSid(numMedia > 0 ? "MM" : "SM", 1, ++made)
    const scheduled = form.has("SendAt")
    const service = form.get("MessagingServiceSid")
    const date = rfc2822(now)
    const uri = `/${version}/Accounts/${accountSid}/Messages/${sid}.json`
    const message: WireMessage = {
      account_sid: accountSid,
      api_version: version,
      body: form.get("Body") ?? "",
      date_created: date,
      date_sent: null,
      date_updated: date,
      direction: "outbound-api",
      error_code: null,
      error_message: null,
      from: form.get("From"),
      messaging_service_sid: service,
      num_media: String(numMedia),
      num_segments: service === null ? "1" : "0",
      price: null,
      price_unit: "USD",
      sid,
      status: scheduled ? "scheduled" : service === null ? "queued" : "accepted",
      subresource_uris: { media: uri.replace(".json", "/Media.json") },
      to: form.get("To"),
      uri,
    }
    messages.set(sid, message)
    if (messages.size > max) dropOldest(messages)
    return json(201, message)
  }

  const changed = (sid: string, form: URLSearchParams, now: number): HttpAnswer => {
    const message = messages.get(sid)
    if (message === undefined) return refused(20404)
    if (form.get("Status") !== "canceled") return refused(20001)
    if (message.status !== "scheduled") return refused(30409)
    const canceled = { ...message, status: "canceled", date_updated: rfc2822(now) }
    messages.set(sid, canceled)
    return json(200, canceled)
  }

  const listed = (path: string, query: URLSearchParams): HttpAnswer => {
    const size = Number(query.get("PageSize") ?? 50)
    const page = Number(query.get("Page") ?? 0)
    const fits = [...messages.values()].filter(
      ({ from, to }) => (query.get("From") ?? from) === from && (query.get("To") ?? to) === to && !hasDate(query),
    )
    const newest = fits.toReversed()
    const next = new URLSearchParams(query)
    next.set("Page", String(page + 1))
    next.set("PageToken", `PA${page + 1}`)
    const isLast = newest.length <= (page + 1) * size
    return json(200, {
      messages: newest.slice(page * size, (page + 1) * size),
      next_page_uri: isLast ? null : `${path}?${next}`,
      page,
      page_size: size,
    })
  }

  const answer = ({ body = "", method, url }: HttpRequest, now: number): HttpAnswer => {
    const { pathname, searchParams } = new URL(url)
    const form = new URLSearchParams(body)
    const all = messagesPath(accountSid)
    if (pathname === `${all}.json`) return method === "POST" ? created(form, now) : listed(pathname, searchParams)
    const sid = pathname.startsWith(`${all}/`) ? pathname.slice(all.length + 1).replace(/\.json$/, "") : ""
    if (method === "POST") return changed(sid, form, now)
    const message = messages.get(sid)
    return message === undefined ? refused(20404) : json(200, message)
  }

  return { send: (request) => Effect.map(Clock.currentTimeMillis, (now) => answer(request, now)) }
}

/** Nothing here has been sent yet. */
const hasDate = (query: URLSearchParams): boolean =>
  ["DateSent", "DateSent>", "DateSent<"].some((name) => query.has(name))

const statuses: Readonly<Record<number, number>> = { 20404: 404, 21611: 429, 30409: 409 }

const refused = (code: number): HttpAnswer =>
  json(statuses[code] ?? 400, {
    code,
    message: `simulated: error ${code}`,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: statuses[code] ?? 400,
  })

const json = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})
