import * as Schema from "effect/Schema"

/** A field that may be absent, and is never there as `undefined`: canonical JSON knows none. */
export const optional = <A, I, R>(schema: Schema.Schema<A, I, R>) => Schema.optionalWith(schema, { exact: true })
