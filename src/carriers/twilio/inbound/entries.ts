import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"

/*
 * What comes in from phones. Fields in the order of canonical JSON.
 */

/** An input: someone sends a message to a number. What becomes of it follows; a number nobody has gets nothing. */
export const messageArrived = entryType("message.arrived", () =>
  Schema.Struct({
    body: Schema.String,
    from: Schema.String,
    /** Where its media come from, in their order. */
    media: Schema.optionalWith(Schema.Array(Schema.String), { exact: true }),
    to: Schema.String,
  }),
)
export type MessageArrived = Schema.Schema.Type<typeof messageArrived.schema>

export const inboundEntryTypes = [messageArrived] as const
