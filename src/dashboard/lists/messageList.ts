import * as Either from "effect/Either"
import { MessageDirection, MessageStatus } from "../../carriers/delivery/entries.ts"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { parseE164 } from "../../core/E164.ts"
import {
  addressOperator,
  choiceOperator,
  holds,
  numberOperator,
  textOperator,
  timeOperators,
} from "../../timetravel/operators.ts"
import { type Language, readSearch, soughtValue } from "../../timetravel/search.ts"
import type { MessagesSource } from "../Shown.ts"
import { type ListAsked, type ListPage, walked } from "./walked.ts"

/* The list of messages, newest first. */

/** How messages are searched. */
export const messageLanguage: Language<SeenMessage> = {
  operators: [
    addressOperator("to", "who it goes to", ({ to }) => to),
    addressOperator("from", "who it comes from", ({ from }) => from),
    choiceOperator("status", "how it stands", MessageStatus.literals, ({ status }) => status),
    textOperator("body", "a text in it; * stands for any text", 'body:"your code"', ({ body }) => body),
    {
      name: "direction",
      about: "which way it goes",
      example: "direction:inbound",
      test: (value) => {
        const outbound = value === "outbound"
        return outbound || MessageDirection.literals.some((literal) => literal === value)
          ? Either.right(({ direction }) => (outbound ? direction !== "inbound" : direction === value))
          : Either.left(`inbound, outbound, or one of ${MessageDirection.literals.slice(1).join(", ")}`)
      },
    },
    numberOperator("error", "its error code", "error:30008", ({ errorCode }) => errorCode),
    numberOperator("media", "how many media it has", "media:1", ({ numMedia }) => numMedia),
    textOperator("sid", "its SID or the beginning of it", "sid:SM12", ({ sid }) => sid),
    textOperator("account", "its account's SID", "account:AC62", ({ accountSid }) => accountSid),
    textOperator("service", "its messaging service's SID", "service:MG12", ({ serviceSid }) => serviceSid ?? ""),
    ...timeOperators<SeenMessage>(({ created }) => created),
  ],
  word: (value) => {
    const fits = holds(value)
    return ({ body, from, sid, to }) => fits(body) || fits(to) || fits(from) || fits(sid)
  },
}

/**
 * A page of messages. The left says what is wrong with the search.
 *
 * Cost   what it walks over: of one number only its messages, at most `limits.listScanMessagesMax`, and as long as there is time
 */
export const messageList = (
  source: MessagesSource,
  { before, isOver, now, search, size }: ListAsked,
): Either.Either<ListPage<SeenMessage>, ReadonlyArray<string>> =>
  Either.map(readSearch(messageLanguage, search, now), ({ fits, terms }) => {
    const [to, from] = [soughtValue(terms, "to"), soughtValue(terms, "from")].map((value) =>
      value === undefined ? undefined : parseE164(value),
    )
    return walked(source.newest(before, { to, from }) ?? [], { isOver, size }, fits)
  })
