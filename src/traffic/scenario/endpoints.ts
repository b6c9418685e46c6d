import type { JsonObject } from "../../core/canonical.ts"
import { paramsOf } from "../../core/traffic/about.ts"
import { headerOf, isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import { saysNoAnswer } from "../import/messageLog.ts"
import { eventOf, subjectOf } from "../story.ts"
import { plain } from "./words.ts"

/* What the application answered, as endpoints that answer the same to the same. */

/** One request and its attempts: what was answered to each. */
interface Asked {
  readonly n: number
  readonly params: ReadonlyMap<string, string>
  readonly answers: Array<JsonObject>
}

/** Parameters by which requests are told apart, as few as it takes. What a run makes anew, SIDs and dates, is not among them. */
const telling: ReadonlyArray<ReadonlyArray<string>> = [
  [],
  ["MessageStatus", "CallStatus", "SmsStatus"],
  ["MessageStatus", "CallStatus", "SmsStatus", "Digits", "SpeechResult"],
  ["MessageStatus", "CallStatus", "SmsStatus", "Digits", "SpeechResult", "To"],
  ["MessageStatus", "CallStatus", "SmsStatus", "Digits", "SpeechResult", "To", "From"],
  ["MessageStatus", "CallStatus", "SmsStatus", "Digits", "SpeechResult", "To", "From", "Body"],
]

/** Endpoints for the webhooks of a recording, and webhooks whose answer no parameter tells from another's. */
export const endpointsOf = (exchanges: ReadonlyArray<RecordedExchange>) => {
  const byUrl = new Map<string, Map<string, Asked>>()
  for (const exchange of exchanges) {
    const { answer, direction, n, request } = exchange
    if (direction !== "webhook" || saysNoAnswer(answer)) continue
    const params = paramsOf(request)
    const url = request.url.replace(/[?#].*$/s, "")
    const asked = byUrl.get(url) ?? new Map<string, Asked>()
    byUrl.set(url, asked)
    const key = `${subjectOf(params)} ${eventOf(params, url)} ${params.find(([name]) => name === "Digits")?.[1] ?? ""}`
    const known = asked.get(key) ?? { n, params: new Map(params), answers: [] }
    asked.set(key, known)
    known.answers.push(answerOf(exchange))
  }
  const leftOut: Array<{ readonly n: number; readonly reason: string }> = []
  // The first endpoint that fits answers: the longest of those that begin alike stands first.
  const endpoints = [...byUrl]
    .sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
    .map(([url, asked]) => ({ url, answers: answersOf([...asked.values()], leftOut) }))
  return { endpoints, leftOut }
}

const answersOf = (
  asked: ReadonlyArray<Asked>,
  leftOut: Array<{ readonly n: number; readonly reason: string }>,
): ReadonlyArray<JsonObject> => {
  let last: ReadonlyMap<string, Asked> = new Map()
  for (const names of telling) {
    const { told, untold } = grouped(asked, names)
    last = told
    if (untold.length === 0) break
    if (names === telling.at(-1))
      for (const { n } of untold)
        leftOut.push({ n, reason: "no parameter tells its answer from another's, which the endpoint gives instead" })
  }
  return [...last].flatMap(([when, { answers }]) =>
    answers.map((answer) => (when === "{}" ? answer : { when: JSON.parse(when) as JsonObject, ...answer })),
  )
}

/** Requests by some of their parameters: those that tell which answers are given, and those that would get other ones. */
const grouped = (asked: ReadonlyArray<Asked>, names: ReadonlyArray<string>) => {
  const told = new Map<string, Asked>()
  const untold: Array<Asked> = []
  for (const each of asked) {
    const when = JSON.stringify(
      Object.fromEntries(
        names.flatMap((name) => {
          const value = each.params.get(name)
          return value === undefined ? [] : [[name, value]]
        }),
      ),
    )
    const other = told.get(when)
    if (other === undefined) told.set(when, each)
    else if (JSON.stringify(other.answers) !== JSON.stringify(each.answers)) untold.push(each)
  }
  return { told, untold }
}

const answerOf = ({ answer }: RecordedExchange): JsonObject => {
  if (!isAnswered(answer)) return { drop: /time/i.test(answer.failed) ? "timeout" : "reset" }
  const body = textOf(answer.body) ?? ""
  const type = headerOf(answer.headers, "content-type") ?? ""
  return {
    status: answer.status,
    ...(body === ""
      ? {}
      : /xml/i.test(type)
        ? { twiml: plain(body) }
        : { body: plain(body), ...(type === "" ? {} : { content_type: type }) }),
  }
}
