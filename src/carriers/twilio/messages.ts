import type { Entry } from "../../core/Entry.ts"
import type { OutboundRequested } from "../../core/entries.ts"
import { valueAt } from "../../core/packed/columns.ts"
import { type Changing, type Layout, PackedItems } from "../../core/packed/PackedItems.ts"
import type {
  MediaStored,
  MessageCreated,
  MessageFeedback,
  MessageStatus,
  MessageStatusChanged,
  Plan,
} from "../delivery/entries.ts"
import { type MessageState, terminal } from "../delivery/lifecycle.decider.ts"
import { type Chains, link, noChains, unlink } from "./chains.ts"

/**
 * A message as the carrier knows it. `created` in virtual ms; later instants are told from there: most messages have the same, or one of a
 * few.
 */
export interface Message {
  readonly sid: string
  /** Its place among all messages, in order of creation. */
  readonly n: number
  readonly accountSid: string
  readonly to: string
  /** Empty while its service has not chosen a sender. */
  readonly from: string
  readonly body: string
  readonly direction: MessageCreated["direction"]
  readonly numSegments: number
  readonly numMedia: number
  readonly created: number
  readonly status: MessageStatus
  readonly errorCode: number | undefined
  readonly updatedAfter: number
  readonly sentAfter: number | undefined
  /** Gone once nothing more will happen to the message. */
  readonly plan: Plan | undefined
  readonly statusCallback: string | undefined
  /** What it costs once it is sent, in millionths of the currency. */
  readonly priceMicros: number | undefined
  /** What few messages have. */
  readonly rare: Rare | undefined
}

/** What few messages have, kept apart so that the many stay small. */
export interface Rare {
  readonly serviceSid?: string
  readonly sendAt?: number
  readonly smartEncoded?: true
  readonly validityMs?: number
  /** Where its media come from. */
  readonly mediaUrls?: ReadonlyArray<string>
  /** Requests for media whose answer is still to come; absent where media are not fetched. */
  readonly fetching?: ReadonlyArray<{ readonly seq: number; readonly url: string }>
  /** Media that are there, oldest first. */
  readonly media?: ReadonlyArray<Medium>
  readonly feedback?: Feedback
}

/** A medium of a message. */
export interface Medium {
  readonly sid: string
  readonly contentType: string
  /** Bytes. */
  readonly length: number
  /** Of its bytes, in hex. */
  readonly sha256: string
  readonly source: MediaStored["source"]
  readonly url: string
  readonly created: number
}

export interface Feedback {
  readonly outcome: MessageFeedback["outcome"]
  readonly created: number
  readonly updated: number
}

/** All messages since the last clearing. */
export interface Messages {
  /** In order of creation: the place of a message is its `n` less those that were there before the clearing. */
  readonly bySid: PackedItems<Message>
  /** How many there were before: places count over the whole run, so no SID comes twice. */
  cleared: number
  /** Places of deleted messages by SID: a list's page token may still name one. */
  readonly deleted: Map<string, number>
  /** How many wait for their hour. */
  scheduled: number
  /** How many media there ever were. */
  media: number
  /** Until when each sender is busy, where senders have a rate. */
  readonly busyUntil: Map<string, number>
  /** Until when each carrier is, by name, where its throughput is bounded. */
  readonly carriersBusyUntil: Map<string, number>
  readonly byTo: Chains
  readonly byFrom: Chains
  /** Texts that many messages have, each once. */
  readonly texts: Map<string, string>
}

/** How messages are packed: those whose life is over, and those that wait for their hour. */
const layoutOfMessages: Layout<Message> = {
  key: "sid",
  fields: [
    "sid",
    "n",
    "accountSid",
    "to",
    "from",
    "body",
    "direction",
    "numSegments",
    "numMedia",
    "created",
    "status",
    "errorCode",
    "updatedAfter",
    "sentAfter",
    "plan",
    "statusCallback",
    "priceMicros",
    "rare",
  ],
  unpack: (columns, i) => ({
    sid: valueAt(columns.sid, i),
    n: valueAt(columns.n, i),
    accountSid: valueAt(columns.accountSid, i),
    to: valueAt(columns.to, i),
    from: valueAt(columns.from, i),
    body: valueAt(columns.body, i),
    direction: valueAt(columns.direction, i),
    numSegments: valueAt(columns.numSegments, i),
    numMedia: valueAt(columns.numMedia, i),
    created: valueAt(columns.created, i),
    status: valueAt(columns.status, i),
    errorCode: valueAt(columns.errorCode, i),
    updatedAfter: valueAt(columns.updatedAfter, i),
    sentAfter: valueAt(columns.sentAfter, i),
    plan: valueAt(columns.plan, i),
    statusCallback: valueAt(columns.statusCallback, i),
    priceMicros: valueAt(columns.priceMicros, i),
    rare: valueAt(columns.rare, i),
  }),
  moves: ({ plan, status }) => plan !== undefined && status !== "scheduled",
}

export const noMessages = (): Messages => ({
  bySid: new PackedItems(layoutOfMessages),
  cleared: 0,
  deleted: new Map(),
  scheduled: 0,
  media: 0,
  busyUntil: new Map(),
  carriersBusyUntil: new Map(),
  byTo: noChains(),
  byFrom: noChains(),
  texts: new Map(),
})

/** When a message last changed, virtual ms. */
export const updatedOf = ({ created, updatedAfter }: Message): number => created + updatedAfter

/** When it was sent, virtual ms. */
export const sentOf = ({ created, sentAfter }: Pick<Message, "created" | "sentAfter">): number | undefined =>
  sentAfter === undefined ? undefined : created + sentAfter

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
  updatedAfter: 0,
  sentAfter: data.direction === "inbound" ? 0 : undefined,
  plan: data.plan,
  statusCallback: data.status_callback,
  priceMicros: data.price_micros,
  rare: rareOf(data),
})

const rareOf = (data: MessageCreated): Rare | undefined => {
  const { media, messaging_service_sid, send_at, smart_encoded, validity_ms } = data
  if (media === undefined && validity_ms === undefined && send_at === undefined && smart_encoded === undefined)
    return messaging_service_sid === undefined ? undefined : { serviceSid: messaging_service_sid }
  if (media === undefined && messaging_service_sid === undefined && validity_ms === undefined) return undefined
  return {
    ...(media === undefined ? {} : { mediaUrls: media }),
    ...(messaging_service_sid === undefined ? {} : { serviceSid: messaging_service_sid }),
    ...(send_at === undefined ? {} : { sendAt: send_at }),
    ...(smart_encoded === undefined ? {} : { smartEncoded: smart_encoded }),
    ...(validity_ms === undefined ? {} : { validityMs: validity_ms }),
  }
}

/** Different texts that are known at a time; past them they are forgotten, and those that come again are kept anew. */
const textsMax = 10_000

const shared = (texts: Map<string, string>, text: string): string => {
  const known = texts.get(text)
  if (known !== undefined) return known
  if (texts.size >= textsMax) texts.clear()
  texts.set(text, text)
  return text
}

/** Puts the message at a place into the lists of its numbers. */
export const list = ({ byFrom, bySid, byTo }: Messages, place: number): void => {
  link(byTo, bySid.value(place, "to") ?? "", place)
  link(byFrom, bySid.value(place, "from") ?? "", place)
}

/** The place of the next message. */
export const nextPlace = ({ bySid, cleared }: Messages): number => cleared + bySid.length

export const addMessage = (messages: Messages, { at, subject, data }: Entry<MessageCreated>): void => {
  const { bySid, texts } = messages
  const message: Changing<Message> = newMessage(subject, nextPlace(messages), at, data)
  message.accountSid = shared(texts, message.accountSid)
  message.from = shared(texts, message.from)
  if (message.statusCallback !== undefined) message.statusCallback = shared(texts, message.statusCallback)
  bySid.push(message)
  list(messages, bySid.length - 1)
  if (data.status === "scheduled") messages.scheduled++
  if (data.plan?.busy_ms !== undefined) occupy(messages, data.from, at, data.plan)
  if (data.plan?.carrier_busy_ms !== undefined) occupyCarrier(messages, at, data.plan)
}

/** The sender has this to do, too. Senders that have nothing to do are forgotten now and then. */
const occupy = ({ busyUntil }: Messages, from: string, at: number, { busy_ms = 0, wait_ms = 0 }: Plan): void => {
  if (busyUntil.size % sendersBetweenSweeps === sendersBetweenSweeps - 1)
    for (const [sender, until] of busyUntil) if (until <= at) busyUntil.delete(sender)
  busyUntil.set(from, at + wait_ms + busy_ms)
}

const occupyCarrier = (
  { carriersBusyUntil }: Messages,
  at: number,
  { carrier = "", carrier_busy_ms = 0, wait_ms = 0 }: Plan,
): void => {
  carriersBusyUntil.set(carrier, at + wait_ms + carrier_busy_ms)
}

const sendersBetweenSweeps = 1_000

export const changeStatus = (messages: Messages, { at, subject, data }: Entry<MessageStatusChanged>): void => {
  messages.bySid.change(subject, (message) => {
    if (message.status === "scheduled") messages.scheduled--
    message.status = data.status
    message.updatedAfter = at - message.created
    message.errorCode = data.error_code
    if (data.status === "sent") message.sentAfter = message.updatedAfter
    if (data.plan !== undefined) joinQueue(messages, message, at, data)
    if (terminal.has(data.status) || message.plan?.outcome === data.status) message.plan = undefined
  })
}

/** A service's message has got its sender, and what follows from it. */
const joinQueue = (
  messages: Messages,
  message: Changing<Message>,
  at: number,
  { from, num_segments, plan, price_micros }: MessageStatusChanged,
): void => {
  message.plan = plan
  if (from !== undefined && from !== message.from) {
    message.from = shared(messages.texts, from)
    link(messages.byFrom, from, message.n - messages.cleared)
  }
  message.numSegments = num_segments ?? message.numSegments
  message.priceMicros = price_micros
  if (plan?.busy_ms !== undefined) occupy(messages, message.from, at, plan)
  if (plan?.carrier_busy_ms !== undefined) occupyCarrier(messages, at, plan)
}

export const redactMessage = (messages: Messages, { at, subject }: Entry<unknown>): void => {
  messages.bySid.change(subject, (message) => {
    message.body = ""
    message.updatedAfter = at - message.created
  })
}

export const deleteMessage = (messages: Messages, { subject }: Entry<unknown>): void => {
  const message = messages.bySid.get(subject)
  if (message === undefined) return
  messages.bySid.remove(subject)
  messages.deleted.set(subject, message.n)
}

export const takeFeedback = (messages: Messages, { at, subject, data }: Entry<MessageFeedback>): void => {
  changeRare(messages, subject, (rare) => ({ ...rare, feedback: feedbackOf(rare, at, data) }))
}

/** The feedback on a message as an outcome that is given now makes it. */
export const feedbackOf = (rare: Rare | undefined, at: number, { outcome }: MessageFeedback): Feedback => ({
  outcome,
  created: rare?.feedback?.created ?? at,
  updated: at,
})

export const addMedium = (messages: Messages, { at, cause, subject, data }: Entry<MediaStored>): void => {
  messages.media++
  const { content_type: contentType, length, sha256, sid, source, url } = data
  const medium: Medium = { sid, contentType, length, sha256, source, url, created: at }
  changeRare(messages, subject, (rare) => ({
    ...rare,
    media: [...(rare?.media ?? []), medium],
    ...(rare?.fetching === undefined ? {} : { fetching: rare.fetching.filter(({ seq }) => seq !== cause) }),
  }))
}

/** A medium has been asked for. */
export const fetchMedium = (messages: Messages, { seq, subject, data }: Entry<OutboundRequested>): void => {
  if (data.purpose !== mediaPurpose) return
  changeRare(messages, subject, (rare) => ({ ...rare, fetching: [...(rare?.fetching ?? []), { seq, url: data.url }] }))
}

/** The `purpose` of requests for media. */
export const mediaPurpose = "media"

export const deleteMedium = (messages: Messages, { subject, data }: Entry<{ sid: string }>): void =>
  changeRare(messages, subject, (rare) =>
    rare?.media === undefined ? rare : { ...rare, media: rare.media.filter(({ sid }) => sid !== data.sid) },
  )

const changeRare = ({ bySid }: Messages, sid: string, changed: (rare: Rare | undefined) => Rare | undefined): void => {
  bySid.change(sid, (message) => {
    message.rare = changed(message.rare)
  })
}

export const clearMessages = (messages: Messages): void => {
  messages.cleared = nextPlace(messages)
  messages.bySid.clear()
  messages.deleted.clear()
  messages.scheduled = 0
  messages.busyUntil.clear()
  messages.carriersBusyUntil.clear()
  unlink(messages.byTo)
  unlink(messages.byFrom)
  messages.texts.clear()
}

/** Where a message stands, for its decider. */
export const stateOf = ({ status, plan }: Message): MessageState => {
  if (plan === undefined) return { _tag: "Done", status }
  switch (status) {
    case "queued":
      return { _tag: "Queued", plan }
    case "accepted":
      return { _tag: "Accepted", plan }
    case "scheduled":
      return { _tag: "Scheduled", plan }
    default:
      return { _tag: "Sent", plan }
  }
}
