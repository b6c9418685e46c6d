import { sha256Bytes } from "../../../core/canonical.ts"
import { sid as makeSid, token } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import { type OutboundAnswered, outboundRequested } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import type { World } from "../../../core/Machine.ts"
import { routeOut } from "../../../network/settings.ts"
import { mediaStored } from "../../delivery/entries.ts"
import { type Message, type Messages, mediaPurpose } from "../messages.ts"
import { picture } from "./picture.ts"

/*
 * Where the bytes of media come from.
 *
 *   message.created ──generate──> media.stored (a picture made from its SID)
 *          └──────────fetch─────> outbound.requested ──> answered 2xx ──> media.stored (known by its hash)
 *                                        │  └──> answered otherwise ────> the message fails
 *                                        └──> failed: offline ──────────> media.stored (a picture)
 *
 * The bytes are never in the log: pictures are made again, what was fetched lies beside the log under its hash.
 */

/** Virtual ms the other end has to answer. Source: error 11200: 15 s in all. */
const timeoutMs = 15_000

/** Media as pictures that are made here, one for each URL. */
export const generatedMedia = ({ seed }: World, { media }: Messages, { rare, sid }: Message): ReadonlyArray<Draft> =>
  (rare?.mediaUrls ?? []).map((url, i) => generated(makeSid("ME", seed, media + i), sid, url))

/** `cause` is the request for it, if there was one. */
const generated = (sid: string, messageSid: string, url: string, cause?: number): Draft => {
  const bytes = picture(sid)
  const stored = {
    content_type: "image/png",
    length: bytes.length,
    sha256: sha256Bytes(bytes),
    sid,
    source: "generated",
    url,
  } as const
  return mediaStored.draft(messageSid, stored, cause)
}

/** The requests for a message's media, one for each URL. `sign` names the carrier's headers. */
export const mediaRequests = (world: World, { rare, sid }: Message, sign: string): ReadonlyArray<Draft> =>
  (rare?.mediaUrls ?? []).map((url, i) => {
    const { connect, via } = routeOut(world, url)
    return outboundRequested.draft(sid, {
      attempt: 1,
      ...(connect === undefined ? {} : { connect }),
      method: "GET",
      params: [],
      purpose: mediaPurpose,
      sign,
      timeout_ms: timeoutMs,
      token: token(world.seed, `media ${i}`, sid),
      url,
      via,
    })
  })

/** The URL of a medium that was asked for with the entry `seq`; `undefined` when it was not, or is there. */
const askedFor = ({ rare }: Message, seq: number): string | undefined =>
  rare?.fetching?.find((each) => each.seq === seq)?.url

/** What a request for a medium came to: the medium, or the ErrorCode its message fails with. */
export type Obtained =
  | { readonly _tag: "Stored"; readonly draft: Draft }
  | { readonly _tag: "Refused"; readonly errorCode: number }

/** What an answer to a request for a medium makes of it; `undefined` when it is none. What arrives from a phone is not refused. */
export const obtained = (
  world: World,
  messages: Messages,
  message: Message,
  entry: Entry<OutboundAnswered>,
): Obtained | undefined => {
  const found = judged(world, messages, message, entry)
  return found?._tag === "Refused" && message.direction === "inbound"
    ? notObtained(world, messages, message, entry)
    : found
}

/**
 * Refuses another status than 2xx (11200), what is too large (11751), and a type that no phone shows (12300)
 * Source  errors 11200, 11751, 12300; "Accepted content types for media"
 */
const judged = (
  { seed }: World,
  messages: Messages,
  message: Message,
  { cause, data }: Entry<OutboundAnswered>,
): Obtained | undefined => {
  const url = askedFor(message, cause)
  if (url === undefined) return undefined
  const { body, content_type, status } = data
  if (status < 200 || status > 299) return { _tag: "Refused", errorCode: 11200 }
  const sid = makeSid("ME", seed, messages.media)
  // An endpoint inside the run has no bytes of its own.
  if (content_type === undefined) return { _tag: "Stored", draft: generated(sid, message.sid, url, cause) }
  if (typeof body === "string" || "base64" in body) return { _tag: "Refused", errorCode: 12300 }
  if (body.sha256 === undefined || body.length > limits.mediaBytesMax) return { _tag: "Refused", errorCode: 11751 }
  if (!acceptedTypes.test(content_type)) return { _tag: "Refused", errorCode: 12300 }
  const { length, sha256 } = body
  const stored = { content_type, length, sha256, sid, source: "fetched" as const, url }
  return { _tag: "Stored", draft: mediaStored.draft(message.sid, stored, cause) }
}

/** A medium nobody answered for is a picture: the machine may be offline. */
export const notObtained = (
  { seed }: World,
  { media }: Messages,
  message: Message,
  { cause }: Pick<Entry<unknown>, "cause">,
): Obtained | undefined => {
  const url = askedFor(message, cause)
  return url === undefined
    ? undefined
    : { _tag: "Stored", draft: generated(makeSid("ME", seed, media), message.sid, url, cause) }
}

const acceptedTypes =
  /^(?:image|audio|video)\/[\w.+-]+$|^text\/(?:vcard|x-vcard|csv|rtf|richtext|calendar|directory)$|^application\/(?:pdf|vcard|vnd\.apple\.pkpass)$/
