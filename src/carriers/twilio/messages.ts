import type { Entry } from "../../core/Entry.ts"
import type { MessageCreated, MessageStatus, MessageStatusChanged, Plan } from "../delivery/entries.ts"
import { type MessageState, terminal } from "../delivery/lifecycle.decider.ts"

/** A message as the carrier knows it. Instants in virtual ms. */
export interface Message {
  readonly sid: string
  /** Its place among all messages, in order of creation. */
  readonly n: number
  readonly accountSid: string
  readonly to: string
  readonly from: string
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
}

export const noMessages = (): Messages => ({ all: [], cleared: 0, bySid: new Map() })

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

const add = (messages: Messages, message: Message): void => {
  messages.all.push(message)
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

/** The page that begins there, of those that fit. Costs what it walks over. */
export const pageOf = (
  { all, cleared }: Messages,
  start: PageStart,
  size: number,
  fits: (message: Message) => boolean,
): Page => {
  if (start._tag === "Before") {
    const newer: Array<Message> = []
    for (let i = start.message.n - cleared + 1; i < all.length && newer.length <= size; i++) {
      const message = all[i]
      if (message !== undefined && fits(message)) newer.push(message)
    }
    const messages = newer.slice(0, size).reverse()
    return { messages, older: true, newer: newer.length > size }
  }
  const older: Array<Message> = []
  let skip = start._tag === "Newest" ? start.skip : 0
  for (
    let i = start._tag === "After" ? start.message.n - cleared - 1 : all.length - 1;
    i >= 0 && older.length <= size;
    i--
  ) {
    const message = all[i]
    if (message === undefined || !fits(message)) continue
    if (skip > 0) skip--
    else older.push(message)
  }
  return {
    messages: older.slice(0, size),
    older: older.length > size,
    newer: start._tag === "After" || (start.skip > 0 && all.length > 0),
  }
}

/** All messages for a snapshot: a list for each field, which costs a tenth of an object for each message. */
export type SavedMessages = { readonly cleared: number } & {
  readonly [Field in keyof Omit<Message, "n">]: ReadonlyArray<Message[Field] | null>
}

/** A message that is gone leaves `null` in every list. */
export const saveMessages = ({ all, cleared }: Messages): SavedMessages => {
  const list = <Field extends keyof Message>(field: Field) =>
    all.map((message) => (message === undefined ? null : message[field]))
  return {
    cleared,
    sid: list("sid"),
    accountSid: list("accountSid"),
    to: list("to"),
    from: list("from"),
    body: list("body"),
    direction: list("direction"),
    numSegments: list("numSegments"),
    numMedia: list("numMedia"),
    created: list("created"),
    status: list("status"),
    errorCode: list("errorCode"),
    updated: list("updated"),
    sent: list("sent"),
    plan: list("plan"),
    statusCallback: list("statusCallback"),
  }
}

export const loadMessages = (saved: SavedMessages): Messages => {
  const messages = { ...noMessages(), cleared: saved.cleared }
  for (let i = 0; i < saved.sid.length; i++) {
    const field = <Field extends keyof Omit<Message, "n">>(name: Field) => saved[name][i] as Message[Field]
    const n = saved.cleared + i
    if (saved.sid[i] === null) messages.all.push(undefined)
    else
      add(messages, {
        sid: field("sid"),
        n,
        accountSid: field("accountSid"),
        to: field("to"),
        from: field("from"),
        body: field("body"),
        direction: field("direction"),
        numSegments: field("numSegments"),
        numMedia: field("numMedia"),
        created: field("created"),
        status: field("status"),
        errorCode: field("errorCode"),
        updated: field("updated"),
        sent: field("sent"),
        plan: field("plan"),
        statusCallback: field("statusCallback"),
      })
  }
  return messages
}
