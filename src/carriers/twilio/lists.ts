import type { Pair } from "../../core/entries.ts"
import { type Collection, type PageStart, pageOf } from "./collection.ts"
import { twilioError } from "./errors.ts"
import { param, type Reply, type Request } from "./request.ts"
import { asciiJson } from "./template.ts"
import { listJson, refusal } from "./wireOut.ts"

const pageSizeDefault = 50
const pageSizeMax = 1000

/** What a list shows. */
export interface Listed<Item> {
  /** The one key of the answer besides those of paging. */
  readonly key: string
  readonly fits: (item: Item) => boolean
  /** An item as JSON. */
  readonly show: (item: Item) => string
  /** SID the answer is about. */
  readonly subject?: string
}

/** A 2010 list: newest first, with `…_uri` fields of paging. */
export const list = <Item extends { readonly sid: string }>(
  request: Request,
  collection: Collection<Item>,
  listed: Listed<Item>,
): Reply => {
  const found = readPage(request, collection, listed)
  if ("status" in found) return found
  const { page, pageSize, path, query } = found
  return {
    status: 200,
    body: listJson({
      key: listed.key,
      items: found.items,
      path,
      query: queryText(query),
      page,
      pageSize,
      nextToken: found.nextToken,
      previousToken: found.previousToken,
      self: `${path}?${queryText(found.self)}`,
    }),
    ...(listed.subject === undefined ? {} : { subject: listed.subject }),
  }
}

/** A v1 list: newest first, with a `meta` of absolute URLs, which the edge makes of paths. */
export const metaList = <Item extends { readonly sid: string }>(
  request: Request,
  collection: Collection<Item>,
  listed: Listed<Item>,
): Reply => {
  const found = readPage(request, collection, listed)
  if ("status" in found) return found
  const { page, pageSize, path, query } = found
  const link = (at: number, token: string | undefined) =>
    token === undefined ? null : { url: `${path}?${queryText(query)}&Page=${at}&PageToken=${token}` }
  const meta = asciiJson({
    page,
    page_size: pageSize,
    first_page_url: { url: `${path}?${queryText(query)}&Page=0` },
    previous_page_url: link(Math.max(0, page - 1), found.previousToken),
    url: { url: `${path}?${queryText(found.self)}` },
    next_page_url: link(page + 1, found.nextToken),
    key: listed.key,
  })
  return {
    status: 200,
    body: `{${asciiJson(listed.key)}:[${found.items.join(",")}],"meta":${meta}}`,
    holes: true,
    ...(listed.subject === undefined ? {} : { subject: listed.subject }),
  }
}

interface ReadPage {
  readonly items: ReadonlyArray<string>
  readonly path: string
  /** Filters and page size, as links repeat them; and all of it, as the page itself is named. */
  readonly query: ReadonlyArray<Pair>
  readonly self: ReadonlyArray<Pair>
  readonly page: number
  readonly pageSize: number
  readonly nextToken: string | undefined
  readonly previousToken: string | undefined
}

const readPage = <Item extends { readonly sid: string }>(
  { entry }: Request,
  collection: Collection<Item>,
  { fits, show }: Listed<Item>,
): ReadPage | Reply => {
  const { path, query: asked } = entry.data
  const pageSize = wholeNumber(param(asked, "PageSize"), pageSizeDefault, 1, Number.MAX_SAFE_INTEGER)
  const page = wholeNumber(param(asked, "Page"), 0, 0, Math.floor(Number.MAX_SAFE_INTEGER / pageSizeMax))
  if (pageSize === undefined) return badPaging(`PageSize is no whole number from 1 to ${pageSizeMax}`)
  if (pageSize > pageSizeMax) return refusal(twilioError(20007))
  if (page === undefined) return badPaging("Page is no whole number from 0")
  const token = param(asked, "PageToken")
  const start: PageStart | undefined =
    token === undefined ? { _tag: "Newest", skip: page * pageSize } : startOf(collection.places, token)
  if (start === undefined) return badPaging("PageToken is none that this list has given")
  const found = pageOf(collection, start, pageSize, fits)
  const filters = asked.filter(([name]) => name !== "Page" && name !== "PageToken" && name !== "PageSize")
  const query: ReadonlyArray<Pair> = [...filters, ["PageSize", String(pageSize)]]
  const tokens = asked.filter(([name]) => name === "PageToken")
  return {
    items: found.items.map(show),
    path,
    query,
    self: [...query, ["Page", String(page)], ...tokens],
    page,
    pageSize,
    nextToken: found.older ? tokenOf("PA", found.items.at(-1)) : undefined,
    previousToken: found.newer ? tokenOf("PB", found.items[0]) : undefined,
  }
}

/** `PA` + SID: after (older than) that item, which may be gone; `PB` + SID: before (newer than) it. */
const startOf = (places: ReadonlyMap<string, number>, token: string): PageStart | undefined => {
  const place = places.get(token.slice(2))
  if (place === undefined) return undefined
  if (token.startsWith("PA")) return { _tag: "After", place }
  return token.startsWith("PB") ? { _tag: "Before", place } : undefined
}

const tokenOf = (way: "PA" | "PB", item: { readonly sid: string } | undefined): string | undefined =>
  item === undefined ? undefined : way + item.sid

const badPaging = (reason: string): Reply => refusal(twilioError(20400, { reason }))

/** A whole number within its bounds; `undefined` for what is none. */
export const wholeNumber = (
  text: string | undefined,
  otherwise: number,
  min: number,
  max: number,
): number | undefined => {
  if (text === undefined) return otherwise
  const n = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  return n >= min && n <= max ? n : undefined
}

/** Pairs as the query of a URL. */
export const queryText = (pairs: ReadonlyArray<Pair>): string =>
  pairs
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&")
