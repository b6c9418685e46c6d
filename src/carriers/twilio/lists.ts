import * as Either from "effect/Either"
import { type Among, type Collection, type PageStart, pageOf } from "./collection.ts"
import { linksOf, type Paging, pagingOf, tokensOf, unknownToken } from "./paging.ts"
import type { Reply, Request } from "./request.ts"
import { asciiJson } from "./template.ts"
import { type ListPage, listJson, refusal } from "./wireOut.ts"

/* Lists of collections, as pages of the 2010 and of the newer APIs. */

/** What a list shows. */
export interface Listed<Item> {
  /** The one key of the answer besides those of paging. */
  readonly key: string
  readonly fits: (item: Item) => boolean
  /** Where all that fits has one key: its chain. */
  readonly among?: Among | undefined
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
  const page = readPage(request, collection, listed)
  return Either.isLeft(page) ? page.left : { status: 200, body: listJson(page.right), ...about(listed) }
}

/** A v1 list: newest first, with a `meta` of absolute URLs, which the edge makes of paths. */
export const metaList = <Item extends { readonly sid: string }>(
  request: Request,
  collection: Collection<Item>,
  listed: Listed<Item>,
): Reply => {
  const page = readPage(request, collection, listed)
  return Either.isLeft(page)
    ? page.left
    : { status: 200, body: metaListJson(page.right), holes: true, ...about(listed) }
}

const about = ({ subject }: { readonly subject?: string }) => (subject === undefined ? {} : { subject })

const metaListJson = ({ items, key, links, nextToken, paging, previousToken }: ListPage): string => {
  const { path, query, self } = links
  const { page, pageSize } = paging
  const link = (at: number, token: string | undefined) =>
    token === undefined ? null : { url: `${path}?${query}&Page=${at}&PageToken=${token}` }
  const meta = asciiJson({
    page,
    page_size: pageSize,
    first_page_url: { url: `${path}?${query}&Page=0` },
    previous_page_url: link(Math.max(0, page - 1), previousToken),
    url: { url: self },
    next_page_url: link(page + 1, nextToken),
    key,
  })
  return `{${asciiJson(key)}:[${items.join(",")}],"meta":${meta}}`
}

const readPage = <Item extends { readonly sid: string }>(
  { entry }: Request,
  collection: Collection<Item>,
  { among, fits, key, show }: Listed<Item>,
): Either.Either<ListPage, Reply> => {
  const { path, query } = entry.data
  const paging = pagingOf(query)
  if (Either.isLeft(paging)) return Either.left(refusal(paging.left))
  const start = startOf(collection.places, paging.right)
  if (start === undefined) return Either.left(refusal(unknownToken()))
  const found = pageOf(collection, start, paging.right.pageSize, fits, among)
  const tokens = tokensOf(
    found.items.map(({ sid }) => sid),
    { more: found.older, earlier: found.newer },
  )
  return Either.right({
    key,
    items: found.items.map(show),
    links: linksOf(path, query, paging.right),
    paging: paging.right,
    nextToken: tokens.next,
    previousToken: tokens.previous,
  })
}

/** Where a page begins; the item that a token names may be gone. */
const startOf = (places: ReadonlyMap<string, number>, { page, pageSize, token }: Paging): PageStart | undefined => {
  if (token === undefined) return { _tag: "Newest", skip: page * pageSize }
  const place = places.get(token.sid)
  if (place === undefined) return undefined
  return token.way === "after" ? { _tag: "After", place } : { _tag: "Before", place }
}
