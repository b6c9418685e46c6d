import * as Either from "effect/Either"
import type { Pair } from "../../core/entries.ts"
import { type TwilioError, twilioError } from "./errors.ts"
import { param } from "./request.ts"

/** What a list request of the 2010 API asks for. */
export interface Paging {
  readonly pageSize: number
  readonly page: number
  readonly token: PageToken | undefined
}

/** Where a page begins: after (older than) or before (newer than) the item with this SID. */
export interface PageToken {
  readonly way: "after" | "before"
  readonly sid: string
}

const pageSizeDefault = 50
const pageSizeMax = 1000

/**
 * Reads `PageSize`, `Page` and `PageToken`. A token names an item, so it stays good while new ones arrive.
 *
 * Refuses a page size above 1000 with 20007, what is no number with 20400.
 */
export const pagingOf = (query: ReadonlyArray<Pair>): Either.Either<Paging, TwilioError> => {
  const pageSize = wholeNumber(param(query, "PageSize"), pageSizeDefault)
  const page = wholeNumber(param(query, "Page"), 0)
  const token = param(query, "PageToken")
  if (pageSize === undefined || pageSize < 1)
    return Either.left(badPaging(`PageSize is no whole number from 1 to ${pageSizeMax}`))
  if (pageSize > pageSizeMax) return Either.left(twilioError(20007))
  if (page === undefined || page > pageMax) return Either.left(badPaging("Page is no whole number from 0"))
  if (token === undefined) return Either.right({ pageSize, page, token: undefined })
  const way = token.startsWith("PA") ? "after" : token.startsWith("PB") ? "before" : undefined
  return way === undefined
    ? Either.left(unknownToken())
    : Either.right({ pageSize, page, token: { way, sid: token.slice(2) } })
}

const pageMax = Number.MAX_SAFE_INTEGER / pageSizeMax

const badPaging = (reason: string): TwilioError => twilioError(20400, { reason })

/** The refusal of a token whose item is not known. */
export const unknownToken = (): TwilioError => badPaging("PageToken is none that this account's list has given")

/** A whole number without a sign; `undefined` for what is none. */
export const wholeNumber = (text: string | undefined, otherwise: number): number | undefined =>
  text === undefined ? otherwise : /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined

/** The links of a page: filters and page size are repeated in each. */
export interface Links {
  readonly path: string
  /** The request's own address. */
  readonly self: string
  /** What is repeated in the links. */
  readonly query: string
}

export const linksOf = (path: string, query: ReadonlyArray<Pair>, { page, pageSize }: Paging): Links => {
  const repeated = query.filter(([name]) => name !== "Page" && name !== "PageToken" && name !== "PageSize")
  const size: Pair = ["PageSize", String(pageSize)]
  const own: ReadonlyArray<Pair> = [
    ...repeated,
    size,
    ["Page", String(page)],
    ...query.filter(([name]) => name === "PageToken"),
  ]
  return { path, query: queryText([...repeated, size]), self: `${path}?${queryText(own)}` }
}

const queryText = (pairs: ReadonlyArray<Pair>): string =>
  pairs
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&")

/** A page of items. */
export interface PageOf<A> {
  readonly items: ReadonlyArray<A>
  /** Whether items follow, and whether others come before. */
  readonly more: boolean
  readonly earlier: boolean
}

/** The page of a short list; `undefined` when the token's item is not in it. */
export const pageOfList = <A extends { readonly sid: string }>(
  list: ReadonlyArray<A>,
  { page, pageSize, token }: Paging,
): PageOf<A> | undefined => {
  const at = token === undefined ? -1 : list.findIndex(({ sid }) => sid === token.sid)
  if (token !== undefined && at < 0) return undefined
  const start = token === undefined ? page * pageSize : token.way === "after" ? at + 1 : Math.max(0, at - pageSize)
  const end = token?.way === "before" ? at : start + pageSize
  return { items: list.slice(start, end), more: end < list.length, earlier: start > 0 }
}

/** `PA` and `PB` with the SID of the page's last and first item. */
export const tokensOf = (sids: ReadonlyArray<string>, page: { readonly more: boolean; readonly earlier: boolean }) => ({
  next: page.more && sids.length > 0 ? `PA${sids[sids.length - 1]}` : undefined,
  previous: page.earlier && sids.length > 0 ? `PB${sids[0]}` : undefined,
})
