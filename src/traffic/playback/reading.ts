import { paramsOf, pathOf, sidPattern } from "../../core/traffic/about.ts"
import type { RecordedRequest, TrafficHeader } from "../../core/traffic/RecordedExchange.ts"
import { meaningOf } from "../../core/traffic/redact/names.ts"
import { replaceNumbers } from "../../core/traffic/redact/numbers.ts"
import { isImported } from "../imported.ts"
import { behindPrefix } from "../webhookPath.ts"
import { bodyFields, lastName } from "./bodyFields.ts"

/** How a field of a request is compared: `pattern` counts values as the same that it fits, whatever they are. */
export type FieldRule = "exact" | "ignore" | { readonly pattern: RegExp }

/** How requests are compared with recorded ones. */
export interface MatchRules {
  /** By the name of a parameter. */
  readonly fields: ReadonlyMap<string, FieldRule>
  /** Numbers of the recording are stand-ins of a salt that is not known: any number of the same length may be meant. */
  readonly numbersHidden: boolean
  /** So are texts and codes: any of the same shape may be meant. */
  readonly textsHidden: boolean
  /** Callbacks of the recording went to a recorder, which passed on what stands behind its prefix: with it and without are the same. */
  readonly throughRecorder: boolean
}

/** The rules for a recording; `salted` says that requests are redacted with its own salt before they are compared. */
export const matchRules = (
  header: TrafficHeader,
  fields: ReadonlyMap<string, FieldRule>,
  salted: boolean,
): MatchRules => ({
  fields,
  numbersHidden: header.redaction.numbers === "stand-ins" && !salted,
  textsHidden: header.redaction.bodies === "stand-ins" && !salted,
  throughRecorder: !isImported(header),
})

/** A field of a request as it is compared: `same` is what has to be equal, `value` what it says. */
export interface ReadField {
  readonly name: string
  readonly value: string
  readonly same: string
  /** What it says has nothing to do with what the recorded one says. */
  readonly free: boolean
}

/** A request as it is compared. Requests of one `key` may be the same one. */
export interface ReadRequest {
  readonly method: string
  readonly path: string
  /** The method and the path, SIDs by their kind. */
  readonly place: string
  /** By name, and in their order where names are the same. */
  readonly fields: ReadonlyArray<ReadField>
  readonly key: string
}

/** Reads a request by the rules. */
export const readRequest = (request: RecordedRequest, rules: MatchRules): ReadRequest => {
  const path = pathOf(request.url)
  const samePath = withKinds(rules.numbersHidden ? zeroed(decodedPath(path)) : decodedPath(path))
  const place = `${request.method} ${samePath}`
  const fields = [...paramsOf(request), ...bodyFields(request)]
    .flatMap(([name, value]): ReadonlyArray<ReadField> => {
      const same = sameness(name, value, rules)
      return same === undefined ? [] : [{ name, value, same, free: typeof ruleOf(name, rules) === "object" }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const key = [place, ...fields.map(({ name, same }) => `${name}=${same}`)].join("\n")
  return { fields, key, method: request.method, path, place }
}

const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A text with the kinds of its SIDs in place of them. */
const withKinds = (text: string): string => text.replace(sidPattern, (sid) => `{${sid.slice(0, 2)}}`)

const zeros = (number: string): string => `+${"0".repeat(number.length - 1)}`

/** A text in which every number is nothing but so many digits. */
const zeroed = (text: string): string => replaceNumbers(text, zeros)

/** The rule for a field, by its path or its last name. */
const ruleOf = (name: string, { fields }: MatchRules): FieldRule | undefined =>
  fields.get(name) ?? fields.get(lastName(name))

/** What of a value has to be equal; `undefined`: nothing. */
const sameness = (name: string, value: string, rules: MatchRules): string | undefined => {
  const rule = ruleOf(name, rules)
  const last = lastName(name)
  if (rule === "ignore") return undefined
  if (rule === "exact") return value
  if (rule !== undefined) return rule.pattern.test(value) ? `{${rule.pattern.source}}` : value
  if (dates.test(last)) return "{date}"
  const meaning = meaningOf(last)
  if (rules.textsHidden && (meaning === "text" || meaning === "code")) return shapeOf(value)
  const place = withoutServer(value, rules.throughRecorder)
  if (!rules.numbersHidden) return withKinds(place)
  return meaning === "address" && /^\d{3,9}$/.test(place) ? "0".repeat(place.length) : withKinds(zeroed(place))
}

/** A URL without its server, and without the prefix of a recorder; any other text as it is. */
const withoutServer = (value: string, throughRecorder: boolean): string => {
  const server = /^https?:\/\/[^/?#]*/i.exec(value)?.[0]
  if (server === undefined) return value
  const target = value.slice(server.length)
  const behind = throughRecorder ? behindPrefix(target) : undefined
  return `{server}${behind ?? target}`
}

/** Instants that a program works out from the day on which it runs. */
const dates = /^(?:SendAt|Date(?:Sent|Created|Updated)|(?:Start|End)(?:Time|Date))[<>]?$/i

/** The shape that a stand-in of a text has, too: length, words, capitals, digits. */
const shapeOf = (text: string): string =>
  text
    .replace(/\p{Lu}/gu, "A")
    .replace(/[\p{L}\p{M}]/gu, (char) => (char === "A" ? char : "a"))
    .replace(/\p{Nd}/gu, "0")
