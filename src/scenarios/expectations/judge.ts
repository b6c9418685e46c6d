import type { Json, JsonObject } from "../../core/canonical.ts"
import { isGroup } from "../../core/group.ts"
import type { Check, Compared, Miss, Timeline } from "../Scenario.ts"
import type { ExpectationKind } from "./ExpectationKind.ts"
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
  const things = new Things(kind, ledger, wanted.fields)
  const matching = things.like(wanted.fields)
  const expected = inWords(kind, wanted)
  const fail = (why: string, at: unknown, fields: Fields): Verdict => ({
    expected,
    met: false,
    final: false,
    why,
    ...(at === undefined ? {} : { closest: things.miss(at, fields), about: kind.subject(at) }),
  })
  const count = matching.length
  const extra = matching[wanted.most]
  if (extra !== undefined) {
    const why = `found ${count}: ${kind.id(extra)} is one too many`
    return { expected, met: false, final: true, why, about: kind.subject(extra) }
  }
  if (count < wanted.least) {
    const none = things.all.length === 0 ? `; there is no ${kind.nouns[0]} at all` : ""
    return fail(
      `found ${count === 0 ? "none" : count}${none}`,
      things.closest(things.all, wanted.fields),
      wanted.fields,
    )
  }
  const { each } = wanted
  const odd = each === undefined ? undefined : matching.find((item) => !things.isLike(item, each))
  if (odd !== undefined) return fail(`${kind.id(odd)} is otherwise`, odd, each ?? {})
  const missing = things.firstOutOfOrder(matching, wanted.order)
  if (missing !== undefined) {
    const { after, next } = missing
    const why = `none ${patternsShown(next)} comes ${after === undefined ? "at all" : `after ${kind.id(after)}`}`
    return fail(why, things.closest(matching, next) ?? after, next)
  }
  const [first] = matching
  return {
    expected,
    met: true,
    final: wanted.most === Number.POSITIVE_INFINITY && each === undefined,
    ...(first === undefined ? {} : { first: things.fieldsOf(first) }),
  }
}

/** What there is of a kind, and how it stands to patterns. */
class Things {
  readonly all: ReadonlyArray<unknown>
  readonly #kind: ExpectationKind
  readonly #ledger: Ledger

  constructor(kind: ExpectationKind, ledger: Ledger, wanted: Fields) {
    this.#kind = kind
    this.#ledger = ledger
    this.all = [...kind.items(ledger, wanted)]
  }

  like(fields: Fields): ReadonlyArray<unknown> {
    const patterns = Object.entries(fields)
    return this.all.filter((item) => patterns.every(([field, pattern]) => fits(pattern, this.#field(item, field))))
  }

  isLike(item: unknown, fields: Fields): boolean {
    return Object.entries(fields).every(([field, pattern]) => fits(pattern, this.#field(item, field)))
  }

  /** Of what does not match what comes nearest: most fields right, then most of the texts right, then the newest. */
  closest(items: ReadonlyArray<unknown>, fields: Fields): unknown {
    let closest: unknown
    let best = -1
    for (const item of items) {
      if (this.isLike(item, fields)) continue
      let right = 0
      for (const [field, pattern] of Object.entries(fields)) {
        const found = this.#field(item, field)
        right += fits(pattern, found) ? 1 : alike(pattern, found)
      }
      if (right < best) continue
      best = right
      closest = item
    }
    return closest
  }

  /** The first of patterns that come one after the other which nothing fits behind those before. */
  firstOutOfOrder(matching: ReadonlyArray<unknown>, order: ReadonlyArray<Fields>) {
    let at = -1
    for (const next of order) {
      const found = matching.findIndex((item, i) => i > at && this.isLike(item, next))
      if (found < 0) return { next, after: matching[at] }
      at = found
    }
    return undefined
  }

  miss(item: unknown, fields: Fields): Miss {
    return {
      id: this.#kind.id(item),
      fields: Object.entries(fields).flatMap(([field, pattern]) => compared(field, pattern, this.#field(item, field))),
    }
  }

  fieldsOf(item: unknown): JsonObject {
    return Object.fromEntries(
      Object.entries(this.#kind.fields).map(([field, { of }]) => [field, of(item, this.#ledger)]),
    )
  }

  #field(item: unknown, field: string): Json | undefined {
    return this.#kind.fields[field]?.of(item, this.#ledger)
  }
}

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
