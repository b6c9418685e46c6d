import type { Message, Messages } from "./messages.ts"

/** A page of messages, newest first. */
export interface Page {
  readonly messages: ReadonlyArray<Message>
  /** Whether older ones follow, and newer ones come before. */
  readonly older: boolean
  readonly newer: boolean
}

/**
 * Where a page begins: at the newest, some way down, or right after (older than) or right before (newer than) a place, whose
 * message may be gone.
 */
export type PageStart =
  | { readonly _tag: "Newest"; readonly skip: number }
  | { readonly _tag: "After"; readonly n: number }
  | { readonly _tag: "Before"; readonly n: number }

/** The numbers a list is limited to. */
export interface Among {
  readonly to?: string | undefined
  readonly from?: string | undefined
}

/** The messages to or from a number, or all of them, newest first; those older than a place, if it is named. */
export function* newestFirst(messages: Messages, among: Among, than?: number): Generator<Message> {
  for (const i of newest(messages, among, than)) yield messages.bySid.at(i) as Message
}

/** The same by where they lie in `bySid`: of most that are looked at, a field or two says that they do not fit. */
function* newest({ bySid, byTo, byFrom, cleared }: Messages, { to, from }: Among, than?: number): Generator<number> {
  const below = than === undefined ? bySid.length : than - cleared
  if (to === undefined && from === undefined) {
    for (let i = below - 1; i >= 0; i--) if (bySid.has(i)) yield i
    return
  }
  const [chains, key, field] = to !== undefined ? [byTo, to, "to" as const] : [byFrom, from ?? "", "from" as const]
  const isOfChain = bySid.value(below, field) === key
  for (let i = isOfChain ? chains.older.at(below) : chains.newest.get(key); i !== undefined; i = chains.older.at(i)) {
    if (i < 0) return
    if (i < below && bySid.value(i, field) === key) yield i
  }
}

/**
 * The page that begins there, of those that fit: `fits` is asked by where a message lies in `bySid`. Costs what it walks over: of one
 * number, only that number's messages.
 */
export const pageOf = (
  messages: Messages,
  start: PageStart,
  size: number,
  fits: (i: number) => boolean,
  among: Among = {},
): Page => {
  const made = (found: ReadonlyArray<number>) => found.map((i) => messages.bySid.at(i) as Message)
  if (start._tag === "Before") {
    const newer = nearestNewer(messages, start.n, size + 1, fits, among)
    return { messages: made(newer.slice(-size)), older: true, newer: newer.length > size }
  }
  const older: Array<number> = []
  let skip = start._tag === "Newest" ? start.skip : 0
  for (const i of newest(messages, among, start._tag === "After" ? start.n : undefined)) {
    if (!fits(i)) continue
    if (skip > 0) skip--
    else if (older.push(i) > size) break
  }
  return {
    messages: made(older.slice(0, size)),
    older: older.length > size,
    newer: start._tag === "After" || (start.skip > 0 && messages.bySid.length > 0),
  }
}

/** Of the messages that are newer than a place the nearest `count` that fit, newest first. */
const nearestNewer = (
  messages: Messages,
  than: number,
  count: number,
  fits: (i: number) => boolean,
  among: Among,
): ReadonlyArray<number> => {
  const found: Array<number> = []
  const { bySid, cleared } = messages
  if (among.to === undefined && among.from === undefined) {
    for (let i = than - cleared + 1; i < bySid.length && found.length < count; i++)
      if (bySid.has(i) && fits(i)) found.push(i)
    return found.reverse()
  }
  for (const i of newest(messages, among)) {
    if (i <= than - cleared) break
    if (!fits(i)) continue
    found.push(i)
    if (found.length > count) found.shift()
  }
  return found
}
