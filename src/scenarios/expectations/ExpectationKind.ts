import * as Schema from "effect/Schema"
import type { Json } from "../../core/canonical.ts"
import { Count, Duration, optional, True, Value } from "../file/words.ts"
import type { Ledger } from "./Ledger.ts"

/** One kind of thing that expectations are about: what it looks like in a file, and what there is of it. */
export interface ExpectationKind<Item = unknown> {
  /** The key that names it: `message`. */
  readonly key: string
  /** What one of them is called, and several. */
  readonly nouns: readonly [one: string, several: string]
  /** In one line, for editors. */
  readonly summary: string
  readonly fields: Readonly<Record<string, Field<Item>>>
  /** What there is now, oldest first. `wanted` may be looked at to leave out what cannot fit; what is left out is no closest miss. */
  readonly items: (ledger: Ledger, wanted: Readonly<Record<string, Json>>) => Iterable<Item>
  /** What an item is called: a SID, or `entry 12`. */
  readonly id: (item: Item) => string
  /** What an item's timeline is about; empty for nothing. */
  readonly subject: (item: Item) => string
}

/** A field of a kind: what it is, and what it is of an item. It is asked for only where somebody expects something of it. */
export interface Field<Item> {
  readonly is: string
  /** Nothing said: a text. */
  readonly holds?: Holds
  readonly of: (item: Item, ledger: Ledger) => Json
}

/** What a field can hold, so that a pattern that can fit none of it is told when its file is read. */
export interface Holds {
  /** `any`: whatever there is, groups too. Nothing said: a text. */
  readonly shape?: "text" | "number" | "list" | "any"
  /** The texts it can hold, of a list each of its items. */
  readonly oneOf?: ReadonlyArray<string> | "entry types"
  /** Paths, URLs or what an application says: a text between slashes may be meant as it is. */
  readonly plain?: true
}

/** Makes a kind one of the table's. */
export const expectationKind = <Item>(kind: ExpectationKind<Item>): ExpectationKind =>
  kind as unknown as ExpectationKind

/** What an expectation of this kind may say: patterns for its fields. */
const fieldsSchema = ({ fields }: ExpectationKind) =>
  Schema.Struct(
    Object.fromEntries(
      Object.entries(fields).map(([name, { is }]) => [name, optional(Value.annotations({ description: is }))]),
    ),
  )

/** How many there should be, and how those should be. */
const counts = {
  exactly: optional(Count),
  at_least: optional(Count),
  at_most: optional(Count),
  never: optional(True),
}

/** When it has to hold, where it is a step: nothing said means at once. */
const times = {
  within: optional(Duration),
  eventually: optional(True),
}

/** The whole expectation of a kind. A step may give it time. */
export const expectationSchema = (kind: ExpectationKind, step: boolean): Schema.Schema.AnyNoContext => {
  const fields = fieldsSchema(kind)
  return Schema.Struct({
    [kind.key]: fields,
    ...counts,
    each: optional(fields as never),
    in_order: optional(Schema.Array(fields as never) as never),
    ...(step ? times : {}),
  }).annotations({ description: kind.summary }) as never
}

/** `value: ${otp.status}` with `is`. */
export const valueSchema = (step: boolean): Schema.Schema.AnyNoContext =>
  Schema.Struct({ value: Value, is: Value, ...(step ? times : {}) }).annotations({
    description: "A value, most often of a result, and the pattern it has to fit",
  }) as never

/** `digest`: that of the whole log. */
export const digestSchema = (step: boolean): Schema.Schema.AnyNoContext =>
  Schema.Struct({
    digest: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)).annotations({
      message: () => ({ message: "a digest of 64 hex digits", override: true }),
    }),
    ...(step ? times : {}),
  }).annotations({
    description: "The hash of the newest entry, which stands for the whole log",
  }) as never
