import * as Either from "effect/Either"
import { isSender, parseAddress } from "../core/addresses.ts"
import { canonical, type JsonObject, sha256 } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import type { World } from "../core/Machine.ts"
import { headerOf, type Reply, type Request, refused } from "./answers.ts"
import { composed, conversationFor, type Found } from "./conversing.ts"
import { type MessageComposed, type messageComposed } from "./entries.ts"
import { Check, fieldsIn, invalid, own } from "./fields.ts"
import { beginLookup, lookupDue } from "./lookup.ts"
import { conversationsSettings } from "./settings.ts"
import { type Conversation, conversationOf, messageOf } from "./state.ts"
import { messageShown } from "./wireOut.ts"

/*
 * `POST /api/messages`: a message is to be sent.
 *
 * It is there, and pending, when the answer comes (202); the carrier is asked after that. A client that names its request
 * (Idempotency-Key) may send it again: the same request gets the message that it made, another one under the same name 409.
 */

const bodyLengthMax = 1_600
const mediaMax = 10
const mediaUrlLengthMax = 2_000
const keyLengthMax = 255
/** What a client's name for a request has: visible characters. */
const keyForm = /^[\x21-\x7e]+$/

/** What is asked for, checked. */
interface Asked {
  readonly found: Found
  /** The number that the conversation is with; a new one is looked up. */
  readonly number: string
  readonly original: string
  readonly body: string
  readonly from: string
  readonly media: ReadonlyArray<string>
}

export const composeMessage = (request: Request): Reply => {
  const { conversations, entry, world } = request
  const fields = fieldsIn(request, ["body", "conversation_id", "from", "media_urls", "to"])
  if (Either.isLeft(fields)) return fields.left
  const key = headerOf(entry.data.headers, "idempotency-key")
  if (key !== undefined && (key.length > keyLengthMax || !keyForm.test(key)))
    return invalid(request, [
      { field: "Idempotency-Key", message: `has to be 1 to ${keyLengthMax} visible characters of ASCII` },
    ])
  const hash = hashOf(fields.right)
  const before = key === undefined ? undefined : conversations.idempotency.get(key)
  if (before !== undefined) return again(request, before, hash)
  const asked = checked(request, fields.right)
  if (Either.isLeft(asked)) return asked.left
  const { found, from, media, number, original, body } = asked.right
  const message = composed(world.seed, found, {
    body,
    from,
    ...(key === undefined ? {} : { idempotency: { key, sha256: hash } }),
    ...(media.length === 0 ? {} : { media }),
    to: number,
    via: "api",
  })
  const drafts = [...found.drafts, message, ...lookup(world, found, number, original)]
  return { status: 202, body: JSON.stringify(pending(message, entry.at)), subject: message.subject, drafts }
}

const lookup = (world: World, { conversation, id }: Found, number: string, original: string): ReadonlyArray<Draft> =>
  conversation === undefined
    ? [beginLookup({ id, lookups: 0, number, original })]
    : lookupDue(world, conversation)

/** A hash of what a request asks for, however its fields are ordered; of a body the log could not hold, of its text. */
const hashOf = (fields: Readonly<Record<string, unknown>>): string => sha256(JSON.stringify(sortedFields(fields)))
const sortedFields = (fields: Readonly<Record<string, unknown>>) =>
  Object.keys(fields)
    .sort()
    .map((name) => [name, own(fields, name)])

const again = (
  request: Request,
  before: { readonly sha256: string; readonly message: string },
  hash: string,
): Reply => {
  const message = messageOf(request.conversations, before.message)
  return message === undefined || before.sha256 !== hash
    ? refused(
        request,
        "sms.idempotent_duplicate",
        "this Idempotency-Key was used for another request; use one of its own for each message",
      )
    : {
        status: 202,
        body: JSON.stringify(messageShown(request.conversations, message)),
        subject: message.id,
      }
}
