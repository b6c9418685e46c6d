import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { parseAddress } from "../core/addresses.ts"
import { formBody } from "../core/form.ts"
import type { Pair } from "../core/pair.ts"
import { pageOf, serverDateOf, type WirePage } from "./answers.ts"
import type { Call, Caller } from "./calls.ts"
import { type ClientError, InvalidRequest, UnreadableAnswer } from "./errors.ts"
import { isDate, isoSeconds } from "./sendParams.ts"
import type { ListFilter, Message, Page } from "./types.ts"

/* Lists of messages, a page after the other. */

/** A page with the date of the answer it came in. */
export interface DatedPage extends WirePage {
  /** By Twilio's clock, ms, to the second; `undefined` when the answer has none. */
  readonly date: number | undefined
}

const pageSizeMax = 1_000

/** The path of an account's messages. */
export const messagesPath = (accountSid: string): string => `/2010-04-01/Accounts/${accountSid}/Messages`

/** The first page that a filter asks for. */
export const firstPath = (accountSid: string, filter: ListFilter): Either.Either<string, InvalidRequest> => {
  const { dateSent, dateSentAfter, dateSentBefore, from, pageSize, to } = filter
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= pageSizeMax))
    return Either.left(
      new InvalidRequest({ message: `a page has 1 to ${pageSizeMax} messages, not ${pageSize}`, code: 20007 }),
    )
  if ([dateSent, dateSentAfter, dateSentBefore].some((date) => date !== undefined && !isDate(date)))
    return Either.left(new InvalidRequest({ message: "a date of the filter is none (`Date`)", code: 20400 }))
  if ([from, to].some((address) => address !== undefined && typeof address !== "string"))
    return Either.left(new InvalidRequest({ message: "an address of the filter is no text", code: 20400 }))
  const query: ReadonlyArray<Pair> = [
    ...given("To", to === undefined ? undefined : (parseAddress(to) ?? to)),
    ...given("From", from === undefined ? undefined : (parseAddress(from) ?? from)),
    ...given("DateSent", dateSent?.toISOString().slice(0, 10)),
    ...given("DateSent>", dateSentAfter === undefined ? undefined : isoSeconds(dateSentAfter)),
    ...given("DateSent<", dateSentBefore === undefined ? undefined : isoSeconds(dateSentBefore)),
    ...given("PageSize", pageSize === undefined ? undefined : String(pageSize)),
  ]
  return Either.right(`${messagesPath(accountSid)}.json${query.length === 0 ? "" : `?${formBody(query)}`}`)
}

const given = (name: string, value: string | undefined): ReadonlyArray<Pair> =>
  value === undefined ? [] : [[name, value]]

/** The call for one page. */
export const pageCall = (path: string): Call<DatedPage> => ({
  name: "list",
  method: "GET",
  path,
  params: [],
  repeatable: true,
  before: Effect.void,
  read: (object, answer) => {
    const page = pageOf(object)
    return page === undefined ? undefined : { ...page, date: serverDateOf(answer) }
  },
})

/**
 * The path behind a page; `undefined` at the end. Refuses one that leads anywhere but to the same account's messages: the
 * credentials go with it.
 */
export const pathBehind = (
  { nextPageUri }: WirePage,
  current: string,
  { accountSid, baseUrl }: { readonly accountSid: string; readonly baseUrl: string },
): Either.Either<string | undefined, UnreadableAnswer> => {
  if (nextPageUri === null || nextPageUri === "") return Either.right(undefined)
  const path = nextPageUri.startsWith(`${baseUrl}/`) ? nextPageUri.slice(baseUrl.length) : nextPageUri
  if (path.startsWith(`${messagesPath(accountSid)}.json?`) && path !== current) return Either.right(path)
  return Either.left(
    new UnreadableAnswer({ message: "the answer cannot be read: its next page is not one of the same list" }),
  )
}

/** The pages of a filter; each is asked for when it is wanted. */
export const pagesOf = (
  { call }: Caller,
  account: { readonly accountSid: string; readonly baseUrl: string },
  filter: ListFilter,
): Stream.Stream<Page<Message>, ClientError> =>
  Stream.unwrap(
    Effect.map(firstPath(account.accountSid, filter), (first) =>
      Stream.paginateEffect({ path: first, index: 0 }, ({ index, path }) =>
        Effect.gen(function* () {
          const { value } = yield* call(pageCall(path))
          const next = yield* pathBehind(value, path, account)
          const page: Page<Message> = { items: value.messages, index, isLast: next === undefined }
          return [page, next === undefined ? Option.none() : Option.some({ path: next, index: index + 1 })] as const
        }),
      ),
    ),
  )
