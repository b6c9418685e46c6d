import { sha256 } from "../../core/canonical.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import { type ApiRequested, apiResponded, type Pair } from "../../core/entries.ts"
import type { World } from "../../core/Machine.ts"
import type { Gateway } from "../state.ts"

/*
 * Answers of the gateway's API. Errors have FastAPI's shape, which its clients know: `detail` is a list where fields are wrong, and
 * otherwise an object with a stable `error` beside what is known. Source: the gateway's requirements; "Handling Errors", FastAPI docs.
 */

/** A request on its way through the rules. */
export interface Request {
  readonly world: World
  readonly gateway: Gateway
  readonly entry: Entry<ApiRequested>
}

/** What a handler answers. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: ReadonlyArray<Pair>
  /** The id of the request it turned out to be about. */
  readonly subject?: string
  /** What happens besides: entries before the answer. */
  readonly drafts?: ReadonlyArray<Draft>
}

/** What a handler does: an answer now; or drafts whose answer comes later. */
export type Handled = Reply | { readonly later: ReadonlyArray<Draft> }

export const ok = (value: unknown, more: Omit<Reply, "body" | "status"> = {}): Reply => ({
  status: 200,
  body: JSON.stringify(value),
  ...more,
})

/** What is wrong with a field: where it is, in words for people and for programs. */
export interface Wrong {
  readonly type: string
  readonly loc: ReadonlyArray<string>
  readonly msg: string
}

export const invalid = (wrong: ReadonlyArray<Wrong>, status: 400 | 422 = 422): Reply => ({
  status,
  body: JSON.stringify({ detail: wrong }),
})

/** Errors that are not a field's, by their stable names. */
const statuses = {
  not_found: 404,
  unknown_provider: 404,
  unknown_request: 404,
  method_not_allowed: 405,
  not_cancellable: 409,
  not_a_dead_letter: 409,
  request_in_progress: 409,
  cleared: 409,
  body_too_large: 413,
  idempotency_key_reused: 422,
  rate_limit_exceeded: 429,
  internal_error: 500,
  provider_refused: 502,
  provider_failed: 502,
  provider_busy: 503,
  provider_limited: 503,
  no_provider_available: 503,
  queue_full: 503,
  overloaded: 503,
  stopping: 503,
  provider_unsure: 504,
} as const
export type ErrorName = keyof typeof statuses

export const refused = (
  error: ErrorName,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
  headers?: ReadonlyArray<Pair>,
): Reply => ({
  status: statuses[error],
  body: JSON.stringify({ detail: { error, message, ...facts } }),
  ...(headers === undefined ? {} : { headers }),
})

/** The header that says when to come again: whole seconds, one at least. */
export const retryAfter = (ms: number): ReadonlyArray<Pair> => [
  ["Retry-After", String(Math.max(1, Math.ceil(ms / 1000)))],
]

/** The answer to the request at `seq`, which has come before. */
export const answerLater = (seq: number, { body, headers, status, subject = "" }: Reply): Draft =>
  apiResponded.draft(subject, { body, ...(headers === undefined ? {} : { headers }), status }, seq)

/**
 * The drafts of a reply to a request. One that may change something keeps its whole answer; the answer to a read is kept as status, hash
 * and the seq it was rendered at, and told aside.
 */
export const respond = (
  { data, seq, subject }: Pick<Entry<ApiRequested>, "data" | "seq" | "subject">,
  { body, drafts = [], headers, status, subject: about = subject }: Reply,
): ReadonlyArray<Draft> => {
  const more = headers === undefined ? {} : { headers }
  if (data.method !== "GET" && data.method !== "HEAD")
    return [...drafts, apiResponded.draft(about, { body, ...more, status }, seq)]
  const read = { ...more, rendered_at: seq, sha256: sha256(body), status }
  return [{ ...apiResponded.draft(about, read, seq), aside: body }]
}
