import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { type Compared, type Match, type Matcher, matcherOf } from "./match.ts"

/*
 * What a test expects of the messages of a run, and what is wrong where it does not hold. Pure.
 */

/** How many messages there should be that match; nothing said: at least one. */
export interface Expectation {
  readonly match: Match
  readonly exactly?: number
  readonly at_least?: number
  readonly at_most?: number
  readonly never?: true
}

/** The message that comes nearest to what was expected. */
export interface Miss {
  readonly sid: string
  readonly fields: ReadonlyArray<Compared>
}

/** How one expectation fares. */
export interface Fate {
  readonly met: boolean
  /** Messages that match. */
  readonly count: number
  /** Their SIDs, oldest first; as many as are named at most. */
  readonly sids: ReadonlyArray<string>
  /** What is wrong, in words. */
  readonly why?: string
  readonly closest?: Miss
}

export interface Verdict {
  readonly met: boolean
  /** Whatever comes later, it stays as it is: nothing limits how many there may be, or too many are there already. */
  readonly final: boolean
  readonly fates: ReadonlyArray<Fate>
}

/** Bounds on a count, both included. */
const boundsOf = ({ at_least, at_most, exactly, never }: Expectation): readonly [least: number, most: number] => {
  if (never) return [0, 0]
  if (exactly !== undefined) return [exactly, exactly]
  return [at_least ?? (at_most === undefined ? 1 : 0), at_most ?? Number.POSITIVE_INFINITY]
}

/** Why an expectation makes no sense. */
export const senseless = (expectation: Expectation): string | undefined => {
  const { at_least, at_most, exactly, match, never } = expectation
  if (
    Object.keys(match).length === 0 &&
    never === undefined &&
    exactly === undefined &&
    at_least === undefined &&
    at_most === undefined
  )
    return "match: expected at least one field, or a count"
  const counted = at_least !== undefined || at_most !== undefined
  if ([never !== undefined, exactly !== undefined, counted].filter(Boolean).length > 1)
    return "expected one of exactly, never, or at_least with at_most"
  return at_least !== undefined && at_most !== undefined && at_least > at_most
    ? `expected at_least to be no more than at_most, found ${at_least} and ${at_most}`
    : undefined
}

/**
 * Judges expectations by messages, which are given oldest first. With `inOrder` each expectation's messages come after those that the
 * one before it needed; the earliest that fit are taken.
 */
export const judge = (
  expectations: ReadonlyArray<Expectation>,
  messages: ReadonlyArray<SeenMessage>,
  { inOrder, namedMax }: { readonly inOrder: boolean; readonly namedMax: number },
): Verdict => {
  let place = -1
  let open = false
  let hopeless = false
  const fates = expectations.map((expectation): Fate => {
    const [least, most] = boundsOf(expectation)
    const matcher = matcherOf(expectation.match)
    const places = messages.flatMap((message, i) => (matcher.fits(message) ? [i] : []))
    const count = places.length
    const sids = places.slice(0, namedMax).map((i) => messages[i]?.sid ?? "")
    if (most !== Number.POSITIVE_INFINITY) open = true
    if (count > most) {
      hopeless = true
      return { met: false, count, sids, why: `expected ${said(least, most)}, found ${count}` }
    }
    if (count < least) {
      const closest = closestMiss(matcher, messages)
      return {
        met: false,
        count,
        sids,
        why: `expected ${said(least, most)}, found ${count}`,
        ...(closest && { closest: { sid: closest.item.sid, fields: closest.fields } }),
      }
    }
    const after = inOrder && least > 0 ? places.filter((i) => i > place) : places
    if (after.length < least) {
      const before = messages[place]?.sid
      const why = `expected ${said(least, most)} after ${before}, found ${after.length} there and ${count - after.length} before`
      return { met: false, count, sids, why }
    }
    if (inOrder && least > 0) place = after[least - 1] ?? place
    return { met: true, count, sids }
  })
  const met = fates.every((fate) => fate.met)
  return { met, final: hopeless || (met && !open), fates }
}

const said = (least: number, most: number): string => {
  if (most === 0) return "none"
  if (least === most) return `exactly ${least}`
  if (most === Number.POSITIVE_INFINITY) return `at least ${least}`
  return least === 0 ? `at most ${most}` : `${least} to ${most}`
}

/** Of the items that do not match the one with most fields right; of several the last. */
export const closestMiss = <Item>(
  matcher: Matcher<Item>,
  items: Iterable<Item>,
): { readonly item: Item; readonly fields: ReadonlyArray<Compared> } | undefined => {
  let closest: { readonly item: Item; readonly fields: ReadonlyArray<Compared> } | undefined
  let best = -1
  for (const item of items) {
    const fields = matcher.compare(item)
    const right = fields.filter(({ fits }) => fits).length
    if (right === fields.length || right < best) continue
    best = right
    closest = { item, fields }
  }
  return closest
}
