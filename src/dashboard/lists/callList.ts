import * as Either from "effect/Either"
import { CallDirection, CallStatus } from "../../carriers/twilio/calls/entries.ts"
import type { SeenCall } from "../../carriers/twilio/calls/seenCalls.ts"
import { addressOperator, choiceOperator, holds, textOperator, timeOperators } from "../../timetravel/operators.ts"
import { type Language, readSearch } from "../../timetravel/search.ts"
import type { CallsSource } from "../Shown.ts"
import { type ListAsked, type ListPage, walked } from "./walked.ts"

/* The list of calls, newest first. */

const parties = ["human", "machine_start", "machine_end_beep", "fax", "unknown"]

/** How calls are searched. */
export const callLanguage: Language<SeenCall> = {
  operators: [
    addressOperator("to", "who is called", ({ to }) => to),
    addressOperator("from", "who calls", ({ from }) => from),
    choiceOperator("status", "how it stands", CallStatus.literals, ({ status }) => status),
    {
      name: "direction",
      about: "which way it goes",
      example: "direction:inbound",
      test: (value) => {
        const outbound = value === "outbound"
        return outbound || CallDirection.literals.some((literal) => literal === value)
          ? Either.right(({ direction }) => (outbound ? direction !== "inbound" : direction === value))
          : Either.left(`outbound, or one of ${CallDirection.literals.join(", ")}`)
      },
    },
    choiceOperator(
      "answered_by",
      "who picked up, where that was found out",
      parties,
      ({ answeredBy }) => answeredBy ?? "",
    ),
    textOperator("sid", "its SID or the beginning of it", "sid:CA12", ({ sid }) => sid),
    textOperator("parent", "the SID of the call that dialled it", "parent:CA12", ({ parentSid }) => parentSid ?? ""),
    textOperator("account", "its account's SID", "account:AC62", ({ accountSid }) => accountSid),
    ...timeOperators<SeenCall>(({ created }) => created),
  ],
  word: (value) => {
    const fits = holds(value)
    return ({ from, sid, to }) => fits(to) || fits(from) || fits(sid)
  },
}

/** A page of calls. The left says what is wrong with the search. Costs what it walks over. */
export const callList = (
  source: CallsSource,
  { before, isOver, now, search, size }: ListAsked,
): Either.Either<ListPage<SeenCall>, ReadonlyArray<string>> =>
  Either.map(readSearch(callLanguage, search, now), ({ fits }) =>
    walked(source.newest(before) ?? [], { isOver, size }, fits),
  )
