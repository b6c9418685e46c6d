import * as Either from "effect/Either"
import type { Pair } from "../core/entries.ts"
import { type Reply, type Request, refused } from "./answers.ts"
import { invalid } from "./fields.ts"
import { canonicalOf } from "./numbers.ts"
import {
  type Conversation,
  type ConversationMessage,
  type Conversations,
  conversationOf,
  conversationWith,
  lastPlaceOf,
  messageOf,
  newestConversations,
} from "./state.ts"
import { conversationShown, idOf, messageShown } from "./wireOut.ts"

/*
 * Reading conversations and messages. Lists are newest first, in pages: `next` of one is the `cursor` of the next, null at the end.
 * What moves to the front meanwhile is not shown twice, and nothing is left out that does not move.
 */

const pageSizeUsual = 50
const pageSizeMax = 1_000

interface Paging {
  readonly size: number
  readonly cursor: string | undefined
}

const queryValue = (query: ReadonlyArray<Pair>, name: string): string | undefined =>
  query.find(([each, value]) => each === name && value !== "")?.[1]

/** Refuses parameters that are not known: a misspelt filter would find everything. */
const pagingOf = (request: Request, known: ReadonlyArray<string>): Either.Either<Paging, Reply> => {
  const { query } = request.entry.data
  const names = [...known, "page_size", "cursor"]
  const other = query.find(([name]) => !names.includes(name))
  if (other !== undefined)
    return Either.left(
      invalid(request, [
        { field: other[0].slice(0, 100), message: `is no parameter here; there are ${names.join(", ")}` },
      ]),
    )
  const text = queryValue(query, "page_size")
  const size = text === undefined ? pageSizeUsual : /^\d{1,4}$/.test(text) ? Number(text) : 0
  return size >= 1 && size <= pageSizeMax
    ? Either.right({ size, cursor: queryValue(query, "cursor") })
    : Either.left(
        invalid(request, [{ field: "page_size", message: `has to be a whole number from 1 to ${pageSizeMax}` }]),
      )
}

const ok = (body: unknown, subject?: string): Reply => ({
  status: 200,
  body: JSON.stringify(body),
  ...(subject === undefined ? {} : { subject }),
})

const wrongCursor = (request: Request): Reply =>
  invalid(request, [{ field: "cursor", message: "has to be the next of a page before" }])

const filters = ["status", "tenant_id", "workflow_type", "workflow_id", "language", "phone_number", "q"]
const oneOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  status: ["open", "closed"],
  language: ["en", "es", "pt", "unknown"],
}

/**
 * `GET /api/conversations`: those that fit, by last activity.
 *
 * `tenant_id=none` finds those without a tenant. `q` is looked for in the number, its digits, and the last message.
 */
export const listConversations = (request: Request): Reply => {
  const { conversations, entry } = request
  const paging = pagingOf(request, filters)
  if (Either.isLeft(paging)) return paging.left
  const { query } = entry.data
  for (const [field, values] of Object.entries(oneOf)) {
    const value = queryValue(query, field)
    if (value !== undefined && !values.includes(value))
      return invalid(request, [{ field, message: `has to be one of ${values.join(", ")}` }])
  }
  const start = startOf(paging.right.cursor)
  if (start === undefined) return wrongCursor(request)
  const fits = fitting(request, query)
  const page: Array<Conversation> = []
  let looked: Conversation | undefined
  let left = lookedMax
  for (const conversation of conversationsBehind(conversations, start)) {
    if (page.length === paging.right.size || left-- === 0) break
    looked = conversation
    if (fits(conversation)) page.push(conversation)
  }
  const more = looked !== undefined && looked.older >= 0
  return ok({
    conversations: page.map((conversation) => conversationShown(conversations, conversation)),
    next: more ? String(lastPlaceOf(looked as Conversation)) : null,
    total: conversations.all.length,
  })
}

/** Conversations that one page looks at for what fits, so that nobody waits for it long; the next page goes on. */
const lookedMax = 10_000

/** The place of the last message that a page begins behind. Undefined of a cursor that is none. */
const startOf = (cursor: string | undefined): number | undefined => {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  return /^\d{1,12}$/.test(cursor) ? Number(cursor) : undefined
}

/** Those whose last message stands before a place, newest first. */
const conversationsBehind = (conversations: Conversations, start: number): Iterable<Conversation> => {
  const { all, messages } = conversations
  for (let place = Math.min(start, messages.length) - 1; place >= 0; place--) {
    const conversation = all[messages[place]?.conversation ?? -1]
    if (conversation !== undefined && lastPlaceOf(conversation) === place)
      return newestConversations(conversations, conversation)
  }
  return []
}

const fitting = (
  { conversations: { messages } }: Request,
  query: ReadonlyArray<Pair>,
): ((conversation: Conversation) => boolean) => {
  const value = (name: string) => queryValue(query, name)
  const [status, tenant, type, id, language] = [
    value("status"),
    value("tenant_id"),
    value("workflow_type"),
    value("workflow_id"),
    value("language"),
  ]
  const given = value("phone_number")
  const number = given === undefined ? undefined : (canonicalOf(given.replace(/^ /, "+")) ?? given)
  const q = value("q")?.toLowerCase()
  return (conversation) =>
    (status === undefined || conversation.status === status) &&
    (tenant === undefined || (conversation.tenantId ?? "none") === tenant) &&
    (type === undefined || conversation.workflowType === type) &&
    (id === undefined || conversation.workflowId === id) &&
    (language === undefined || conversation.language === language) &&
    (number === undefined || conversation.number === number) &&
    (q === undefined || mentions(conversation, messages[lastPlaceOf(conversation)], q))
}

const mentions = ({ number, original }: Conversation, last: ConversationMessage | undefined, q: string): boolean =>
  number.includes(q) || original.includes(q) || (last?.body.toLowerCase().includes(q) ?? false)

const noConversation = (request: Request, id: string): Reply =>
  refused(request, "sms.not_found", `there is no conversation ${id.slice(0, 100)}`)

/** `GET /api/conversations/{id}` */
export const readConversation = (request: Request, id: string): Reply => {
  const conversation = conversationOf(request.conversations, id)
  return conversation === undefined
    ? noConversation(request, id)
    : ok(conversationShown(request.conversations, conversation), conversation.id)
}

/** `GET /api/conversations/by-number/{number}`, in any form that the number can have. */
export const readByNumber = (request: Request, given: string): Reply => {
  const number = canonicalOf(given)
  const conversation = number === undefined ? undefined : conversationWith(request.conversations, number)
  return conversation === undefined
    ? refused(request, "sms.not_found", `there is no conversation with ${given.slice(0, 100)}`)
    : ok(conversationShown(request.conversations, conversation), conversation.id)
}

/** `GET /api/conversations/{id}/messages`; `direction` limits it to those that came in or went out. */
export const listMessages = (request: Request, id: string): Reply => {
  const { conversations, entry } = request
  const conversation = conversationOf(conversations, id)
  if (conversation === undefined) return noConversation(request, id)
  const paging = pagingOf(request, ["direction"])
  if (Either.isLeft(paging)) return paging.left
  const direction = queryValue(entry.data.query, "direction")
  if (direction !== undefined && direction !== "inbound" && direction !== "outbound")
    return invalid(request, [{ field: "direction", message: "has to be inbound or outbound" }])
  const { cursor, size } = paging.right
  const from = cursor === undefined ? undefined : messageOf(conversations, cursor)
  if (cursor !== undefined && from === undefined) return wrongCursor(request)
  const before = from === undefined ? Number.MAX_SAFE_INTEGER : (conversations.messagePlaces.get(from.id) as number)
  const found: Array<ConversationMessage> = []
  for (let i = conversation.messages.length - 1; i >= 0 && found.length <= size; i--) {
    const place = conversation.messages[i] as number
    const message = conversations.messages[place] as ConversationMessage
    if (place < before && (direction === undefined || message.direction === direction)) found.push(message)
  }
  const page = found.slice(0, size)
  return ok(
    {
      messages: page.map((message) => messageShown(id, message)),
      next: found.length > size ? (page.at(-1)?.id ?? null) : null,
      total: conversation.messages.length,
    },
    conversation.id,
  )
}

/** `GET /api/messages/{id}`, by our id or by the carrier's SID. */
export const readMessage = (request: Request, id: string): Reply => {
  const { conversations } = request
  const message = messageOf(conversations, id) ?? conversations.messages[conversations.bySid.get(id) ?? -1]
  return message === undefined
    ? refused(request, "sms.not_found", `there is no message ${id.slice(0, 100)}`)
    : ok(messageShown(idOf(conversations, message), message), message.id)
}
