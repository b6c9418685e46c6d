import * as Either from "effect/Either"
import { isSender, parseAddress } from "../core/addresses.ts"
import { byCodeUnit, sha256 } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import type { World } from "../core/Machine.ts"
import { headerOf, type Reply, type Request, refused } from "./answers.ts"
import { composedMessage } from "./changes.ts"
import { composed, conversationFor, type Found } from "./conversing.ts"
import { Check, fieldsIn, invalid, own } from "./fields.ts"
import { beginLookup, lookupDue } from "./lookup.ts"
import { conversationsSettings } from "./settings.ts"
import { type Conversation, conversationOf, messageOf } from "./state.ts"
import { idOf, messageShown } from "./wireOut.ts"

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
  return {
    status: 202,
    body: JSON.stringify(messageShown(found.id, composedMessage(message.subject, message.data, entry.at))),
    subject: message.subject,
    drafts,
  }
}

const lookup = (world: World, { conversation, id }: Found, number: string, original: string): ReadonlyArray<Draft> =>
  conversation === undefined ? [beginLookup({ id, lookups: 0, number, original })] : lookupDue(world, conversation)

/** A hash of what a request asks for, however its fields are ordered. */
const hashOf = (fields: Readonly<Record<string, unknown>>): string =>
  sha256(
    JSON.stringify(
      Object.keys(fields)
        .sort(byCodeUnit)
        .map((name) => [name, own(fields, name)]),
    ),
  )

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
        body: JSON.stringify(messageShown(idOf(request.conversations, message), message)),
        subject: message.id,
      }
}

/** A request with all that a message needs, or what is wrong with it. */
const checked = (request: Request, fields: Readonly<Record<string, unknown>>): Either.Either<Asked, Reply> => {
  const check = new Check()
  const to = check.text(fields, "to", addressLengthMax)
  const conversationId = check.text(fields, "conversation_id", addressLengthMax)
  const body = check.text(fields, "body", bodyLengthMax) ?? ""
  const media = mediaIn(check, fields)
  if (body === "" && media.length === 0 && check.details.length === 0) check.wrong("body", "or media_urls is needed")
  if ((to === undefined) === (conversationId === undefined) && check.details.length === 0)
    check.wrong("to", "or conversation_id is needed, and not both")
  const number = to === undefined ? undefined : parseAddress(to)
  if (to !== undefined && number === undefined) check.wrong("to", "has to be a phone number such as +15551234567")
  const from = check.text(fields, "from", addressLengthMax)
  if (from !== undefined && !isSender(from) && !serviceSid.test(from))
    check.wrong("from", "has to be a phone number, a short code, a sender's name or a messaging service (MG...)")
  if (check.details.length > 0) return Either.left(invalid(request, check.details))
  const with_ = number === undefined ? byId(request, conversationId ?? "") : byNumber(request, number, to ?? "")
  if (with_ === undefined)
    return Either.left(refused(request, "sms.not_found", `there is no conversation ${conversationId}`))
  const sender = from ?? senderOf(request.world, with_.found.conversation)
  return sender === undefined
    ? Either.left(
        invalid(request, [{ field: "from", message: "is needed: neither the conversation nor the settings name one" }]),
      )
    : Either.right({ ...with_, body, from: parseAddress(sender) ?? sender, media })
}

const addressLengthMax = 100
const serviceSid = /^MG[0-9a-f]{32}$/

type With = Pick<Asked, "found" | "number" | "original">

const byNumber = ({ conversations, world }: Request, number: string, original: string): With => ({
  found: conversationFor(world.seed, conversations, number, original),
  number,
  original,
})

/** A conversation by its id; of one that was merged the one it is part of. */
const byId = ({ conversations }: Request, id: string): With | undefined => {
  const named = conversationOf(conversations, id)
  const conversation = named?.mergedInto === undefined ? named : conversationOf(conversations, named.mergedInto)
  if (named === undefined || conversation === undefined) return undefined
  const { number, original } = named
  return { found: { id: conversation.id, conversation, drafts: [] }, number, original }
}

/** What is sent from: what the other end wrote to, or what the settings name, or the first number the exchange has. */
const senderOf = (world: World, conversation: Conversation | undefined): string | undefined => {
  if (conversation?.ownNumber !== undefined) return conversation.ownNumber
  const { carrier, from } = conversationsSettings(world)
  if (from !== undefined || carrier !== undefined) return from
  const { allowed_from_numbers: numbers } = world.settings.twilio as unknown as {
    readonly allowed_from_numbers: ReadonlyArray<string>
  }
  return numbers[0]
}

const mediaIn = (check: Check, fields: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const urls = own(fields, "media_urls")
  if (urls === undefined) return []
  const fine = Array.isArray(urls) && urls.length <= mediaMax && urls.every(isMediaUrl)
  if (!fine)
    check.wrong("media_urls", `has to be a list of at most ${mediaMax} URLs that begin with http:// or https://`)
  return fine ? (urls as ReadonlyArray<string>) : []
}

const isMediaUrl = (url: unknown): boolean =>
  typeof url === "string" && url.length <= mediaUrlLengthMax && /^https?:\/\/[^/]/i.test(url) && URL.canParse(url)
