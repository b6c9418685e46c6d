import * as Schema from "effect/Schema"
import type { Json } from "../../core/canonical.ts"
import { roll } from "../../core/chance.ts"
import { parseDuration } from "../../core/Instant.ts"
import { Duration, expects, Scalar } from "../file/words.ts"

/* What cells of a generated table hold, drawn from the run's seed: a pure function of table, column and row. */

const Whole = Schema.Int.pipe(Schema.between(-1_000_000_000, 1_000_000_000))

const kinds = {
  digits: Schema.Struct({ digits: Schema.Int.pipe(Schema.between(1, 40)) }).annotations({
    description: "So many random digits, as a text",
  }),
  oneOf: Schema.Struct({ one_of: Schema.NonEmptyArray(Scalar) }).annotations({ description: "One of these" }),
  whole: Schema.Struct({ whole: Schema.Tuple(Whole, Whole) }).annotations({
    description: "A whole number from the first to the second",
  }),
  duration: Schema.Struct({ duration: Schema.Tuple(Duration, Duration) }).annotations({
    description: "A duration from the first to the second, in whole ms",
  }),
  numbersFrom: Schema.Struct({ numbers_from: Schema.String.pipe(Schema.pattern(/^\+[1-9]\d{6,14}$/)) }).annotations({
    description: "Phone numbers, one after the other, each once",
  }),
}

export const Generator = expects(
  Schema.Union(kinds.digits, kinds.oneOf, kinds.whole, kinds.duration, kinds.numbersFrom) as unknown as Schema.Schema<
    | typeof kinds.digits.Type
    | typeof kinds.oneOf.Type
    | typeof kinds.whole.Type
    | typeof kinds.duration.Type
    | typeof kinds.numbersFrom.Type
  >,
  'a generator: digits: 6, one_of: [a, b], whole: [1, 10], duration: [1s, 5m] or numbers_from: "+15551000000"',
)

export interface Drawn {
  readonly seed: number
  /** What is drawn for: table and column. */
  readonly name: string
  /** Row, from 0. */
  readonly index: number
}

export const generated = (generator: typeof Generator.Type, drawn: Drawn): Json => {
  if ("digits" in generator)
    return Array.from({ length: generator.digits }, (_, n) => String(draw(drawn, n) % 10)).join("")
  if ("one_of" in generator) return generator.one_of[below(drawn, generator.one_of.length)] ?? null
  if ("whole" in generator) return between(drawn, generator.whole)
  if ("duration" in generator) {
    const [from, to] = generator.duration
    return `${between(drawn, [parseDuration(from) ?? 0, parseDuration(to) ?? 0])}ms`
  }
  return `+${BigInt(generator.numbers_from.slice(1)) + BigInt(drawn.index)}`
}

const draw = ({ index, name, seed }: Drawn, n: number): number => roll(seed, name, String(index), n)

/** A whole number from 0 up to, and without, a bound of at most 10^12. */
const below = (drawn: Drawn, bound: number): number =>
  Math.floor(((draw(drawn, 0) * 1e8 + draw(drawn, 1) * 1e4 + draw(drawn, 2)) * bound) / 1e12)

const between = (drawn: Drawn, [from, to]: readonly [number, number]): number =>
  Math.min(from, to) + below(drawn, Math.abs(to - from) + 1)
