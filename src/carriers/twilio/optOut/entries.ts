import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"

/*
 * Who wants no messages from whom. Fields in the order of canonical JSON.
 */

/** A recipient, and the number, short code or messaging service (`MG…`) it wants, or no longer wants, messages from. */
const Pair = Schema.Struct({ recipient: Schema.String, sender: Schema.String })
export type RecipientAndSender = typeof Pair.Type

/** By a keyword, or by an operator's order; then it is an input. */
export const recipientOptedOut = entryType("recipient.opted-out", () => Pair)
export const recipientOptedIn = entryType("recipient.opted-in", () => Pair)

/** The carrier itself answers a keyword. That is no message of the account. */
export const keywordAnswered = entryType("keyword.answered", () =>
  Schema.Struct({
    body: Schema.String,
    from: Schema.String,
    keyword: Schema.Literal("STOP", "START", "HELP"),
    to: Schema.String,
  }),
)

export const optOutEntryTypes = [recipientOptedOut, recipientOptedIn, keywordAnswered] as const
