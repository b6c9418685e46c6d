import type { Entry } from "../../core/Entry.ts"
import type { MessageCreated, MessageStatus, MessageStatusChanged, Plan } from "../delivery/entries.ts"
import { type MessageState, terminal } from "../delivery/lifecycle.decider.ts"

/** A message as the carrier knows it. Instants in virtual ms. */
export interface Message {
  readonly sid: string
  /** Its place among all messages, in order of creation. */
  readonly n: number
  accountSid: string
  readonly to: string
  from: string
  readonly body: string
  readonly direction: MessageCreated["direction"]
  readonly numSegments: number
  readonly numMedia: number
  readonly created: number
  status: MessageStatus
  errorCode: number | undefined
  updated: number
  sent: number | undefined
  /** Gone once nothing more will happen to the message. */
  plan: Plan | undefined
  statusCallback: string | undefined
}

/** All messages since the last clearing, in order of creation. */
export interface Messages {
  all: Array<Message | undefined>
  /** How many there were before: places count over the whole run, so no SID comes twice. */
  cleared: number
  readonly bySid: Map<string, Message>
  readonly byTo: Chains
  readonly byFrom: Chains
  /** Texts that many messages have, each once. */
  readonly texts: Map<string, string>
}

/** For each number its messages, newest first, so that a list of one number costs the same however many others there are. */
interface Chains {
  /** The index in `all` of a number's newest message. */
  readonly newest: Map<string, number>
  /** For each index the next older one of the same number; -1 where there is none. Outlasts a message that is gone. */
  older: Array<number>
}

const noChains = (): Chains => ({ newest: new Map(), older: [] })

const link = ({ newest, older }: Chains, number: string): void => {
  const before = newest.get(number) ?? -1
  newest.set(number, older.length)
  older.push(before)
}

const unlink = (chains: Chains): void => {
  chains.newest.clear()
  chains.older = []
}

export const noMessages = (): Messages => ({
  all: [],
  cleared: 0,
  bySid: new Map(),
  byTo: noChains(),
  byFrom: noChains(),
  texts: new Map(),
})

/** A message as its creation makes it. */
export const newMessage = (sid: string, n: number, at: number, data: MessageCreated): Message => ({
  sid,
  n,
  accountSid: data.account_sid,
  to: data.to,
  from: data.from,
  body: data.body,
  direction: data.direction,
  numSegments: data.num_segments,
  numMedia: data.num_media,
  created: at,
  status: data.status,
  errorCode: undefined,
  updated: at,
  sent: undefined,
  plan: data.plan,
  statusCallback: data.status_callback,
})

/** Different texts that are known at a time; past them they are forgotten, and those that come again are kept anew. */
const textsMax = 10_000

const shared = (texts: Map<string, string>, text: string): string => {
  const known = texts.get(text)
  if (known !== undefined) return known
  if (texts.size >= textsMax) texts.clear()
  texts.set(text, text)
  return text
}

const add = (messages: Messages, message: Message): void => {
  const { texts } = messages
  message.accountSid = shared(texts, message.accountSid)
  message.from = shared(texts, message.from)
  if (message.statusCallback !== undefined) message.statusCallback = shared(texts, message.statusCallback)
  messages.all.push(message)
  link(messages.byTo, message.to)
  link(messages.byFrom, message.from)
  messages.bySid.set(message.sid, message)
}

/** The place of the next message. */
export const nextPlace = ({ all, cleared }: Messages): number => cleared + all.length

export const addMessage = (messages: Messages, { at, subject, data }: Entry<MessageCreated>): void =>
  add(messages, newMessage(subject, nextPlace(messages), at, data))

export const changeStatus = (messages: Messages, { at, subject, data }: Entry<MessageStatusChanged>): void => {
  const message = messages.bySid.get(subject)
  if (message === undefined) return
  message.status = data.status
  message.updated = at
  message.errorCode = data.error_code
  if (data.status === "sent") message.sent = at
  if (terminal.has(data.status)) message.plan = undefined
}

export const clearMessages = (messages: Messages): void => {
  messages.cleared = nextPlace(messages)
  messages.all = []
  messages.bySid.clear()
  unlink(messages.byTo)
  unlink(messages.byFrom)
  messages.texts.clear()
}

/** Where a message stands, for its decider. */
export const stateOf = ({ status, plan }: Message): MessageState => {
  if (plan === undefined) return { _tag: "Done", status }
  return status === "queued" ? { _tag: "Queued", plan } : { _tag: "Sent", plan }
}

/** A page of messages, newest first. */
export interface Page {
  readonly messages: ReadonlyArray<Message>
  /** Whether older ones follow, and newer ones come before. */
  readonly older: boolean
  readonly newer: boolean
}

/** Where a page begins: at the newest, right after (older than) or right before (newer than) a message, or some way down. */
export type PageStart =
  | { readonly _tag: "Newest"; readonly skip: number }
  | { readonly _tag: "After"; readonly message: Message }
  | { readonly _tag: "Before"; readonly message: Message }

/** The numbers a list is limited to. */
export interface Among {
  readonly to?: string | undefined
  readonly from?: string | undefined
}

/** The messages to or from a number, or all of them, newest first; those older than one of them, if it is named. */
function* newestFirst(
  { all, byTo, byFrom, cleared }: Messages,
  { to, from }: Among,
  than?: Message,
): Generator<Message> {
  const chains = to !== undefined ? byTo : from !== undefined ? byFrom : undefined
  const below = than === undefined ? all.length : than.n - cleared
  const isOfChain = than !== undefined && (to !== undefined ? than.to === to : than.from === from)
  const first = isOfChain ? chains?.older[below] : chains?.newest.get(to ?? from ?? "")
  for (let i = chains === undefined ? below - 1 : (first ?? -1); i >= 0; i = chains?.older[i] ?? i - 1) {
    const message = all[i]
    if (message !== undefined && i < below) yield message
  }
}

/** The page that begins there, of those that fit. Costs what it walks over: of one number, only that number's messages. */
export const pageOf = (
  messages: Messages,
  start: PageStart,
  size: number,
  fits: (message: Message) => boolean,
  among: Among = {},
): Page => {
  if (start._tag === "Before") {
    const newer = nearestNewer(messages, start.message, size + 1, fits, among)
    return { messages: newer.slice(-size), older: true, newer: newer.length > size }
  }
  const older: Array<Message> = []
  let skip = start._tag === "Newest" ? start.skip : 0
  for (const message of newestFirst(messages, among, start._tag === "After" ? start.message : undefined)) {
    if (!fits(message)) continue
    if (skip > 0) skip--
    else if (older.push(message) > size) break
  }
  return {
    messages: older.slice(0, size),
    older: older.length > size,
    newer: start._tag === "After" || (start.skip > 0 && messages.all.length > 0),
  }
}

/** Of the messages that are newer than one the nearest `count` that fit, newest first. */
const nearestNewer = (
  messages: Messages,
  than: Message,
  count: number,
  fits: (message: Message) => boolean,
  among: Among,
): ReadonlyArray<Message> => {
  const found: Array<Message> = []
  if (among.to === undefined && among.from === undefined) {
    const { all, cleared } = messages
    for (let i = than.n - cleared + 1; i < all.length && found.length < count; i++) {
      const message = all[i]
      if (message !== undefined && fits(message)) found.push(message)
    }
    return found.reverse()
  }
  for (const message of newestFirst(messages, among)) {
    if (message.n <= than.n) break
    if (!fits(message)) continue
    found.push(message)
    if (found.length > count) found.shift()
  }
  return found
}

/** Messages that follow each other, for a snapshot: a list for each field, which costs a tenth of an object for each. */
export type SavedMessages = {
  readonly [Field in Exclude<keyof Message, RepeatedText>]: ReadonlyArray<Message[Field]>
} & { readonly [Field in RepeatedText]: Coded<Message[Field]> }

/** Fields whose texts come again and again. */
type RepeatedText = "accountSid" | "from" | "direction" | "status" | "statusCallback"

/** A list by the indexes of its values. */
interface Coded<A> {
  readonly values: ReadonlyArray<A>
  readonly indexes: ReadonlyArray<number>
}

/** Messages that one part of a snapshot holds. */
const savedTogether = 10_000

/** All messages in their order, some at a time; one that is gone is left out. */
export function* saveMessages({ all }: Messages): Generator<SavedMessages> {
  for (let i = 0; i < all.length; i += savedTogether)
    yield savedOf(all.slice(i, i + savedTogether).filter((message) => message !== undefined))
}

const savedOf = (some: ReadonlyArray<Message>): SavedMessages => ({
  sid: some.map(({ sid }) => sid),
  n: some.map(({ n }) => n),
  accountSid: coded(some.map(({ accountSid }) => accountSid)),
  to: some.map(({ to }) => to),
  from: coded(some.map(({ from }) => from)),
  body: some.map(({ body }) => body),
  direction: coded(some.map(({ direction }) => direction)),
  numSegments: some.map(({ numSegments }) => numSegments),
  numMedia: some.map(({ numMedia }) => numMedia),
  created: some.map(({ created }) => created),
  status: coded(some.map(({ status }) => status)),
  errorCode: some.map(({ errorCode }) => errorCode),
  updated: some.map(({ updated }) => updated),
  sent: some.map(({ sent }) => sent),
  plan: some.map(({ plan }) => plan),
  statusCallback: coded(some.map(({ statusCallback }) => statusCallback)),
})

const coded = <A>(list: ReadonlyArray<A>): Coded<A> => {
  const known = new Map<A, number>()
  const indexes = list.map((value) => {
    const index = known.get(value) ?? known.size
    known.set(value, index)
    return index
  })
  return { values: [...known.keys()], indexes }
}

/** Adds messages as they were saved to those before them. */
export const loadMessages = (messages: Messages, saved: SavedMessages): void => {
  const { sid, n, to, body, numSegments, numMedia, created, errorCode, updated, sent, plan } = saved
  const accountSid = decoder(saved.accountSid)
  const from = decoder(saved.from)
  const direction = decoder(saved.direction)
  const status = decoder(saved.status)
  const statusCallback = decoder(saved.statusCallback)
  for (let i = 0; i < sid.length; i++) {
    addGone(messages, n[i] as number)
    add(messages, {
      sid: sid[i] as string,
      n: n[i] as number,
      accountSid: accountSid(i),
      to: to[i] as string,
      from: from(i),
      body: body[i] as string,
      direction: direction(i),
      numSegments: numSegments[i] as number,
      numMedia: numMedia[i] as number,
      created: created[i] as number,
      status: status(i),
      errorCode: errorCode[i],
      updated: updated[i] as number,
      sent: sent[i],
      plan: plan[i],
      statusCallback: statusCallback(i),
    })
  }
}

const decoder =
  <A>({ values, indexes }: Coded<A>) =>
  (i: number): A =>
    values[indexes[i] as number] as A

/** Leaves the places up to one, which is the next, to messages that are gone. */
export const addGone = (messages: Messages, next: number): void => {
  while (nextPlace(messages) < next) {
    messages.all.push(undefined)
    messages.byTo.older.push(-1)
    messages.byFrom.older.push(-1)
  }
}
