import type { Pair } from "../entries.ts"
import { Fields, parsedObject } from "./fields.ts"
import { headerOf, isAnswered, type RecordedExchange, type RecordedRequest, textOf } from "./RecordedExchange.ts"

/** The parameters of a request: those of its query, then those of its form, decoded, in their order. */
export const paramsOf = ({ body, headers, url }: RecordedRequest): ReadonlyArray<Pair> => {
  const cut = url.indexOf("?")
  const query = cut < 0 ? "" : url.slice(cut + 1).replace(/#.*$/s, "")
  const type = headerOf(headers, "content-type") ?? ""
  const form = /x-www-form-urlencoded/i.test(type) ? (textOf(body) ?? "") : ""
  return [...new URLSearchParams(query), ...new URLSearchParams(form)]
}

/** The path of a URL, as it is written. */
export const pathOf = (url: string): string => /^[^/]*\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || "/"

/** A SID anywhere in a text. */
export const sidPattern = /[A-Z]{2}[0-9a-f]{32}/g
const sid = /^[A-Z]{2}[0-9a-f]{32}$/
const subjects = [
  "MessageSid",
  "SmsMessageSid",
  "SmsSid",
  "CallSid",
  "VerificationSid",
  "ConferenceSid",
  "RecordingSid",
]

/**
 * The SID of what an exchange is about: of a webhook the message or call it names; of a request the message or call in its path, else what
 * its answer is, else the last thing that its path names. Empty where there is none.
 */
export const aboutOf = ({ answer, direction, request }: Omit<RecordedExchange, "about">): string => {
  if (direction === "webhook") {
    const params = new Map(paramsOf(request).toReversed())
    return subjects.map((name) => params.get(name) ?? "").find((value) => sid.test(value)) ?? ""
  }
  const inPath = pathOf(request.url).match(sidPattern) ?? []
  const subject = inPath.find((each) => /^(?:SM|MM|CA)/.test(each))
  if (subject !== undefined) return subject
  const made = isAnswered(answer) ? parsedObject(textOf(answer.body) ?? "") : undefined
  const own = made === undefined ? undefined : new Fields(made).value("sid")
  return typeof own === "string" && sid.test(own) ? own : (inPath.findLast((each) => !each.startsWith("AC")) ?? "")
}
