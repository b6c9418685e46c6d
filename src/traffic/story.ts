import type { Pair } from "../core/entries.ts"
import { paramsOf, pathOf } from "../core/traffic/about.ts"
import { isAnswered, type RecordedExchange, textOf } from "../core/traffic/RecordedExchange.ts"

/*
 * What recorded exchanges tell: who asked for what, what phones did, and what became of messages. Comparing and making scenarios
 * read a recording by it.
 */

/** What a recorded webhook tells. */
export type Webhook =
  | {
      readonly tells: "message arrived"
      readonly from: string
      readonly to: string
      readonly body: string
      readonly media: ReadonlyArray<string>
    }
  | { readonly tells: "call arrived"; readonly from: string; readonly to: string }
  /** Something that follows from what happened before. */
  | { readonly tells: "news"; readonly event: string }

/** Why a request of a recording cannot be asked again; `undefined` when it can. */
export const whyNotAsked = ({ answer, request }: RecordedExchange): string | undefined => {
  const path = pathOf(request.url)
  // Requests of the API are known by their path, wherever they were sent.
  if (!/^\/(?:20\d\d-\d\d-\d\d|v[1-9])(?:\/|$)/.test(path)) return `${path} is no path of the API`
  if (!isAnswered(answer)) return `no answer was recorded: ${answer.failed}`
  return textOf(request.body) === undefined ? "the body of the request was not kept" : undefined
}

/** What a webhook tells. `known` are calls of which one was told before. */
export const webhookOf = (exchange: RecordedExchange, known: ReadonlySet<string>): Webhook => {
  const params = new Map(paramsOf(exchange.request).toReversed())
  const value = (name: string): string => params.get(name) ?? ""
  if (value("SmsStatus") === "received" && value("MessageStatus") === "")
    return {
      tells: "message arrived",
      from: value("From"),
      to: value("To"),
      body: value("Body"),
      media: Array.from({ length: Math.min(Number(value("NumMedia")) || 0, 10) }, (_, i) => value(`MediaUrl${i}`)),
    }
  if (value("Direction") === "inbound" && value("CallStatus") === "ringing" && !known.has(value("CallSid")))
    return { tells: "call arrived", from: value("From"), to: value("To") }
  return { tells: "news", event: eventOf(paramsOf(exchange.request), exchange.request.url) }
}

/** What a webhook or callback reports, and where: the same of one that was recorded and of one that was made. */
export const eventOf = (params: ReadonlyArray<Pair>, url: string): string => {
  const value = (name: string) => params.find((pair) => pair[0] === name)?.[1]
  const status =
    value("MessageStatus") ?? value("RecordingStatus") ?? value("StatusCallbackEvent") ?? value("CallStatus")
  return `${status ?? value("SmsStatus") ?? "?"} ${pathOf(url)}`
}

/** What a webhook is about: the first of the SIDs by which it can be told from others. */
export const subjectOf = (params: ReadonlyArray<Pair>): string => {
  for (const name of ["MessageSid", "SmsSid", "RecordingSid", "CallSid", "ConferenceSid"]) {
    const found = params.find((pair) => pair[0] === name)?.[1]
    if (found !== undefined) return found
  }
  return ""
}

/** What became of a message, as far as a recording shows it. */
export interface Ending {
  readonly status: "delivered" | "undelivered" | "failed" | "sent"
  readonly errorCode: number | undefined
  /** Virtual ms from its creation until it was sent, and from there to its end, where callbacks told both. */
  readonly sentAfter: number | undefined
  readonly endedAfter: number | undefined
}

/** Endings of the messages of a recording, by their SIDs. */
export const endingsOf = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlyMap<string, Ending> => {
  const made = new Map<string, number>()
  const seen = new Map<
    string,
    Array<{ readonly status: string; readonly code: number | undefined; readonly at: number | undefined }>
  >()
  const add = (sid: string, status: unknown, code: unknown, at: number | undefined) => {
    if (typeof status !== "string" || !ends.has(status)) return
    const number = Number(code)
    const errorCode = Number.isInteger(number) && number >= 10_000 && number <= 99_999 ? number : undefined
    const all = seen.get(sid)
    if (all === undefined) seen.set(sid, [{ status, code: errorCode, at }])
    else all.push({ status, code: errorCode, at })
  }
  for (const { answer, at, direction, request } of exchanges) {
    if (direction === "webhook") {
      const params = new Map(paramsOf(request))
      add(params.get("MessageSid") ?? "", params.get("MessageStatus"), params.get("ErrorCode"), at)
    } else {
      const resource = isAnswered(answer) ? messageIn(textOf(answer.body) ?? "") : undefined
      if (resource === undefined) continue
      if (request.method === "POST" && /\/Messages(?:\.json)?$/.test(pathOf(request.url))) made.set(resource.sid, at)
      add(resource.sid, resource.status, resource.errorCode, undefined)
    }
  }
  return new Map(
    [...seen].flatMap(([sid, all]) => {
      const last = all.find(({ status }) => status !== "sent") ?? all[0]
      if (last === undefined) return []
      const [created, sent] = [made.get(sid), all.find(({ at, status }) => status === "sent" && at !== undefined)?.at]
      const ended = all.find(({ at, status }) => status === last.status && at !== undefined)?.at
      const ending: Ending = {
        status: last.status as Ending["status"],
        errorCode: all.find(({ code }) => code !== undefined)?.code,
        sentAfter: between(created, last.status === "failed" ? ended : sent),
        endedAfter: last.status === "sent" || last.status === "failed" ? undefined : between(sent, ended),
      }
      return [[sid, ending] as const]
    }),
  )
}

const ends: ReadonlySet<string> = new Set(["sent", "delivered", "undelivered", "failed"])

const between = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined || to < from ? undefined : to - from

/** The message that an answer shows. */
const messageIn = (
  text: string,
): { readonly sid: string; readonly status: unknown; readonly errorCode: unknown } | undefined => {
  const { error_code: errorCode, sid, status } = jsonOf(text)
  return typeof sid === "string" && /^(?:SM|MM)/.test(sid) ? { sid, status, errorCode } : undefined
}

/** The fields of a text that is a JSON object; none of any other. */
export const jsonOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {} // An answer that is no JSON has no fields.
  }
}

/** Exchanges in the order in which they happened. */
export const asHappened = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlyArray<RecordedExchange> =>
  exchanges.toSorted((a, b) => a.at - b.at || a.n - b.n)
