import { globs } from "../../core/globs.ts"
import type { Message, SendRequest } from "../types.ts"

/** Which sends; what is absent may be anything. Of texts `*` stands for any text. */
export interface SendMatch {
  readonly to?: string | undefined
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly body?: string | RegExp | undefined
  readonly template?: string | undefined
  readonly mediaUrl?: string | undefined
}

/** Something that was sent, or tried: its body with the template filled in, as far as it got. */
export interface SentRecord {
  readonly request: SendRequest
  /** Absent when it failed. */
  readonly message?: Message
  /** The name of the error it failed with. */
  readonly error?: string
}

type Field = keyof SendMatch

const fields: ReadonlyArray<Field> = ["to", "from", "messagingServiceSid", "body", "template", "mediaUrl"]

/** What a send has there. */
const found = ({ message, request }: SentRecord, field: Field): ReadonlyArray<string> => {
  switch (field) {
    case "template":
      return request.template === undefined ? [] : [request.template.name]
    case "mediaUrl":
      return request.mediaUrl ?? []
    case "body":
      return [message?.body ?? request.body ?? ""]
    case "to":
      return [message?.to ?? request.to, request.to]
    case "from":
      return [message?.from, request.from].filter((value) => value !== undefined && value !== null)
    case "messagingServiceSid":
      return [message?.messagingServiceSid, request.messagingServiceSid].filter(
        (value) => value !== undefined && value !== null,
      )
  }
}

const fits = (wanted: string | RegExp, value: string): boolean =>
  typeof wanted === "string" ? globs(wanted, value) : value.search(wanted) >= 0

/** The fields of a match that a send does not fit. */
export const misfits = (match: SendMatch, record: SentRecord): ReadonlyArray<Field> =>
  fields.filter((field) => {
    const wanted = match[field]
    return wanted !== undefined && !found(record, field).some((value) => fits(wanted, value))
  })

/** A match in one line. */
export const tellMatch = (match: SendMatch): string => {
  const told = fields.flatMap((field) => {
    const wanted = match[field]
    return wanted === undefined ? [] : [`${field} ${wanted instanceof RegExp ? wanted : JSON.stringify(wanted)}`]
  })
  return told.length === 0 ? "any message" : told.join(", ")
}

export const tellSent = (record: SentRecord): string =>
  [
    ...fields.flatMap((field) => {
      const [value] = found(record, field)
      return value === undefined ? [] : [`${field} ${JSON.stringify(value)}`]
    }),
    ...(record.error === undefined ? [] : [`failed ${record.error}`]),
  ].join(", ")

/** So many sends that fit. */
export interface Expectation {
  readonly match: SendMatch
  readonly times: number
}

/**
 * How what was sent differs from what was expected, for people; `undefined` when it does not.
 *
 * Each send meets one expectation at most: the first in their order that it fits and that is not met yet.
 */
export const difference = (
  expected: ReadonlyArray<Expectation>,
  sent: ReadonlyArray<SentRecord>,
): string | undefined => {
  const left = expected.map(({ match, times }) => ({ match, times, met: 0 }))
  const others: Array<SentRecord> = []
  for (const record of sent) {
    const meets = left.find(({ match, met, times }) => met < times && misfits(match, record).length === 0)
    if (meets === undefined) others.push(record)
    else meets.met++
  }
  const unmet = left.filter(({ met, times }) => met < times)
  if (unmet.length === 0 && (others.length === 0 || expected.length === 0)) return undefined
  const lines = unmet.flatMap(({ match, met, times }) => [
    `expected ${times === 1 ? "" : `${times} times, sent ${met} times: `}${tellMatch(match)}`,
    ...nearest(match, others),
  ])
  const more = unmet.length === 0 ? [] : [""]
  return [
    ...lines,
    ...(others.length === 0
      ? []
      : [...more, "sent, and not expected:", ...others.map((record) => `  ${tellSent(record)}`)]),
  ].join("\n")
}

/** Of what nobody expected, what comes nearest to a match, and how it differs. */
const nearest = (match: SendMatch, others: ReadonlyArray<SentRecord>): ReadonlyArray<string> => {
  const [best] = others
    .map((record) => ({ record, wrong: misfits(match, record) }))
    .toSorted((a, b) => a.wrong.length - b.wrong.length)
  if (best === undefined) return ["  and nothing else was sent"]
  return [
    `  nearest: ${tellSent(best.record)}`,
    ...best.wrong.map((field) => {
      const wanted = match[field]
      return `    ${field}: expected ${wanted instanceof RegExp ? wanted : JSON.stringify(wanted)}, sent ${JSON.stringify(found(best.record, field)[0] ?? null)}`
    }),
  ]
}
