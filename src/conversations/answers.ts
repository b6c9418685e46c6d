import { sha256 } from "../core/canonical.ts"
import { token } from "../core/chance.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import { type ApiRequested, apiResponded, type Pair } from "../core/entries.ts"
import { iso } from "../core/Instant.ts"
import type { World } from "../core/Machine.ts"
import type { Conversations } from "./state.ts"

/** A request of this API on its way through the rules. */
export interface Request {
  readonly world: World
  readonly conversations: Conversations
  readonly entry: Entry<ApiRequested>
  /** What it is called in answers and lines of the log: the client's name for it, or one that is made. */
  readonly requestId: string
}

/** What a handler answers. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** What the body is that is no JSON. */
  readonly contentType?: string
  /** The id it turned out to be about. */
  readonly subject?: string
  /** What happens besides: entries before the answer. */
  readonly drafts?: ReadonlyArray<Draft>
}

/** What can go wrong with a request, as `ApiError` names it. Source: seed 004, "Error Handling Strategy"; the others in its manner. */
export type ErrorCode =
  | "sms.validation_error"
  | "sms.unauthorized"
  | "sms.forbidden"
  | "sms.not_found"
  | "sms.method_not_allowed"
  | "sms.idempotent_duplicate"
  | "sms.conflict"
  | "sms.too_large"
  | "sms.external_failed"
  | "sms.internal_error"

const statuses: Readonly<Record<ErrorCode, number>> = {
  "sms.validation_error": 400,
  "sms.unauthorized": 401,
  "sms.forbidden": 403,
  "sms.not_found": 404,
  "sms.method_not_allowed": 405,
  "sms.idempotent_duplicate": 409,
  "sms.conflict": 409,
  "sms.too_large": 413,
  "sms.external_failed": 502,
  "sms.internal_error": 500,
}

/** What is wrong with one field of a request. */
export interface Detail {
  readonly field: string
  readonly message: string
}

/** A refusal in the `ApiError` envelope. */
export const refused = (
  { entry: { at }, requestId }: Pick<Request, "entry" | "requestId">,
  code: ErrorCode,
  message: string,
  details?: ReadonlyArray<Detail>,
): Reply => ({ status: statuses[code], body: errorBody({ at, code, details, message, requestId }) })

/** The envelope as JSON; `at` in virtual ms. */
export const errorBody = ({
  at,
  code,
  details,
  message,
  requestId,
}: {
  readonly at: number
  readonly code: string
  readonly details?: ReadonlyArray<Detail> | undefined
  readonly message: string
  readonly requestId: string
}): string =>
  JSON.stringify({
    error: { code, message, ...(details === undefined ? {} : { details }), timestamp: iso(at), requestId },
  })

/** A request with what it is called. */
export const requestOf = (world: World, conversations: Conversations, entry: Entry<ApiRequested>): Request => ({
  world,
  conversations,
  entry,
  requestId: requestIdOf(world.seed, conversations.requests, entry.data),
})

/** The header by which a client names a request. */
export const requestIdHeader = "x-request-id"

/** The client's name of a request where it has the form of one, or else one made of how many requests there were. */
export const requestIdOf = (seed: number, requests: number, { headers }: Pick<ApiRequested, "headers">): string => {
  const given = headerOf(headers, requestIdHeader)
  return given !== undefined && requestIdForm.test(given) ? given : token(seed, "request", String(requests))
}
const requestIdForm = /^[\w.:-]{1,128}$/

/** A header's value; names in the log are in lower case. */
export const headerOf = (headers: ReadonlyArray<Pair> | undefined, name: string): string | undefined =>
  headers?.find(([each]) => each === name)?.[1]

const json = "application/json"

/**
 * The drafts of a reply: what changed something keeps its whole answer; that to a read is kept as status, hash and the seq it was
 * rendered at, and told aside.
 */
export const respond = ({ entry, requestId }: Request, reply: Reply): ReadonlyArray<Draft> => {
  const { body, contentType = json, drafts = [], status, subject = entry.subject } = reply
  const headers: ReadonlyArray<Pair> = [
    ["content-type", contentType],
    [requestIdHeader, requestId],
  ]
  if (entry.data.method !== "GET" && entry.data.method !== "HEAD")
    return [...drafts, apiResponded.draft(subject, { body, headers, status }, entry.seq)]
  const read = { headers, rendered_at: entry.seq, sha256: sha256(body), status }
  return [{ ...apiResponded.draft(subject, read, entry.seq), aside: body }]
}
