import type { Json, JsonObject } from "../../core/canonical.ts"
import type { Check, Compared, Miss, Timeline } from "../Scenario.ts"
import type { Candidate, ExpectationKind } from "./ExpectationKind.ts"
import type { Ledger } from "./Ledger.ts"
import { alike, fits, textDiff, told } from "./patterns.ts"

/** How an expectation fares where the run stands. */
export interface Verdict extends Pick<Check, "closest" | "expected" | "met" | "why"> {
  /** Whatever comes later, it stays as it is. */
  readonly final: boolean
  /** Whose timeline tells more. */
  readonly about?: string
  /** Of what it is about the first, for steps behind. */
  readonly first?: JsonObject
}

type Fields = Readonly<Record<string, Json>>

/** An expectation of a kind, its names filled in. */
interface Expected {
  readonly fields: Fields
  readonly each: Fields | undefined
  readonly order: ReadonlyArray<Fields>
  /** Bounds on a count, both included. */
  readonly least: number
  readonly most: number
}

/** Judges what there is of a kind. */
export const judge = (kind: ExpectationKind, written: JsonObject, ledger: Ledger): Verdict => {
  const wanted = expectedOf(kind, written)
  const all = [...kind.candidates(ledger, wanted.fields)]
  const matching = all.filter((each) => isLike(wanted.fields, each))
  const expected = inWords(kind, wanted)
  const fail = (why: string, at: Candidate | undefined, fields: Fields, final: boolean): Verdict => ({
    expected,
    met: false,
    final,
    why,
    ...(at === undefined ? {} : { closest: missOf(at, fields), about: at.subject }),
  })
  const count = matching.length
  const extra = matching[wanted.most]
  if (extra !== undefined)
    return {
      expected,
      met: false,
      final: true,
      why: `found ${count}: ${extra.id} is one too many`,
      about: extra.subject,
    }
  if (count < wanted.least) {
    const closest = closestOf(all, wanted.fields)
    const none = all.length === 0 ? `; there is no ${kind.nouns[0]} at all` : ""
    return fail(`found ${count === 0 ? "none" : count}${none}`, closest, wanted.fields, false)
  }
  const odd = wanted.each === undefined ? undefined : matching.find((each) => !isLike(wanted.each ?? {}, each))
  if (odd !== undefined) return fail(`${odd.id} is otherwise`, odd, wanted.each ?? {}, false)
  const missing = firstOutOfOrder(matching, wanted.order)
  if (missing !== undefined) {
    const { after, next } = missing
    const why = `none ${patternsShown(next)} comes ${after === undefined ? "at all" : `after ${after.id}`}`
    return fail(why, closestOf(matching, next) ?? after, next, false)
  }
  const [first] = matching
  return {
    expected,
    met: true,
    final: wanted.most === Number.POSITIVE_INFINITY && wanted.each === undefined,
    ...(first === undefined ? {} : { first: knownFields(first) }),
  }
}

/** The fields that are there. */
const knownFields = ({ fields }: Candidate): JsonObject =>
  Object.fromEntries(Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])))

/** Judges one value by its pattern. */
export const judgeValue = ({ is, value }: JsonObject): Verdict => {
  const expected = `a value to be ${told(is)}`
  return fits(is as Json, value)
    ? { expected, met: true, final: true }
    : {
        expected,
        met: false,
        final: false,
        why: `found ${told(value)}`,
        closest: { id: "the value", fields: compared("value", is as Json, value) },
      }
}

export const judgeDigest = ({ digest }: JsonObject, found: string): Verdict => ({
  expected: `the digest ${digest}`,
  met: digest === found,
  final: digest === found,
  ...(digest === found ? {} : { why: `found ${found}` }),
})

const expectedOf = ({ key }: ExpectationKind, written: JsonObject): Expected => {
  const {
    at_least,
    at_most,
    each,
    exactly,
    in_order = [],
    never,
  } = written as {
    readonly [key: string]: Json
  } & { readonly in_order?: ReadonlyArray<Fields> }
  const bounds = (): readonly [number, number] => {
    if (never === true) return [0, 0]
    if (typeof exactly === "number") return [exactly, exactly]
    const least = typeof at_least === "number" ? at_least : at_most === undefined ? 1 : 0
    return [least, typeof at_most === "number" ? at_most : Number.POSITIVE_INFINITY]
  }
  const [least, most] = bounds()
  return { fields: written[key] as Fields, each: each as Fields | undefined, order: in_order, least, most }
}

const isLike = (fields: Fields, { fields: found }: Candidate): boolean =>
  Object.entries(fields).every(([field, pattern]) => fits(pattern, found[field]))

/** The first of patterns that come one after the other which nothing fits behind those before. */
const firstOutOfOrder = (matching: ReadonlyArray<Candidate>, order: ReadonlyArray<Fields>) => {
  let at = -1
  for (const next of order) {
    const found = matching.findIndex((each, i) => i > at && isLike(next, each))
    if (found < 0) return { next, after: matching[at] }
    at = found
  }
  return undefined
}

/** Of what does not match what comes nearest: most fields right, then most of the texts right, then the newest. */
const closestOf = (all: ReadonlyArray<Candidate>, fields: Fields): Candidate | undefined => {
  let closest: Candidate | undefined
  let best = -1
  for (const each of all) {
    if (isLike(fields, each)) continue
    let right = 0
    for (const [field, pattern] of Object.entries(fields))
      right += fits(pattern, each.fields[field]) ? 1 : alike(pattern, each.fields[field])
    if (right < best) continue
    best = right
    closest = each
  }
  return closest
}

const missOf = ({ fields: found, id }: Candidate, fields: Fields): Miss => ({
  id,
  fields: Object.entries(fields).flatMap(([field, pattern]) => compared(field, pattern, found[field])),
})

/** A field beside its pattern; of a group key by key. */
const compared = (field: string, pattern: Json, found: Json | undefined): ReadonlyArray<Compared> => {
  if (isGroup(pattern) && isGroup(found) && !("not" in pattern) && !("any_of" in pattern))
    return Object.entries(pattern).flatMap(([key, inner]) => compared(`${field}.${key}`, inner, found[key]))
  const isFit = fits(pattern, found)
  const diff = isFit ? undefined : textDiff(pattern, found)
  return [
    {
      field,
      expected: told(pattern),
      found: told(found),
      fits: isFit,
      ...(diff === undefined ? {} : { diff }),
    },
  ]
}

const isGroup = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `exactly 1 message with to "+15551234567", status "delivered"`. */
const inWords = ({ nouns }: ExpectationKind, { each, fields, least, most, order }: Expected): string => {
  const parts = [counted(least, most, nouns)]
  if (Object.keys(fields).length > 0) parts.push(patternsShown(fields))
  if (each !== undefined) parts.push(`each ${patternsShown(each)}`)
  if (order.length > 0) parts.push(`in order: ${order.map(patternsShown).join("; ")}`)
  return parts.join(" ")
}

const counted = (least: number, most: number, [one, several]: ExpectationKind["nouns"]): string => {
  if (most === 0) return `no ${one}`
  if (least === most) return `exactly ${least} ${least === 1 ? one : several}`
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} ${least === 1 ? one : several}`
  return least === 0 ? `at most ${most} ${most === 1 ? one : several}` : `${least} to ${most} ${several}`
}

const patternsShown = (fields: Fields): string =>
  `with ${Object.entries(fields)
    .map(([field, pattern]) => `${field} ${told(pattern)}`)
    .join(", ")}`

/** What happened to a subject, of much the newest. */
export const timelineOf = (
  ledger: Ledger,
  subject: string,
  gist: (entry: ReturnType<Ledger["about"]>[number]) => string,
  eventsMax: number,
): Timeline => {
  // What is due shows when it happens.
  const all = ledger.about(subject).filter(({ type }) => !type.startsWith("timer."))
  const events = all.slice(-eventsMax).map((entry) => ({
    seq: entry.seq,
    at: entry.at,
    type: entry.type,
    gist: gist(entry),
  }))
  return { subject, events, more: all.length - events.length }
}
