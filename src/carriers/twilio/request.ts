import { sha256 } from "../../core/canonical.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import { type ApiRequested, apiResponded, type Pair } from "../../core/entries.ts"
import type { World } from "../../core/Machine.ts"
import type { Twilio } from "./state.ts"

/** One API request on its way through the rules. */
export interface Request {
  readonly world: World
  readonly twilio: Twilio
  /** Its `at` is when it is carried out, which with simulated latency is later than it came. */
  readonly entry: Entry<ApiRequested>
  /** The seq of the entry at which it is carried out. */
  readonly seenAt: number
  /** The account of the path, or of the credentials where the path names none. */
  readonly accountSid: string
  /** Whether a number may send to itself. */
  readonly toItself?: boolean
}

/** What a handler answers. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** The body has holes that the edge fills: secrets, and absolute URLs of this server. */
  readonly holes?: true
  /** What the body is, when that is bytes (one character for each) and no text. */
  readonly bytes?: { readonly contentType: string; readonly sha256: string }
  /** The SID or id the request turned out to be about. */
  readonly subject?: string
  /** What happens besides: entries before the answer. */
  readonly drafts?: ReadonlyArray<Draft>
}

/** The first value of a parameter; empty ones count as missing, as Twilio has it. */
export const param = (pairs: ReadonlyArray<Pair>, name: string): string | undefined => {
  for (const [key, value] of pairs) if (key === name && value !== "") return value
  return undefined
}

/**
 * The drafts of a reply. A request that may change something keeps its whole answer; the answer to a read is kept as
 * status, hash and the seq it was rendered at, and told aside.
 */
export const respond = (
  { entry, seenAt }: Pick<Request, "entry" | "seenAt">,
  { status, body, bytes, holes, subject, drafts }: Reply,
): ReadonlyArray<Draft> => {
  const about = subject ?? entry.subject
  if (entry.data.method !== "GET" && entry.data.method !== "HEAD") {
    const answer = apiResponded.draft(
      about,
      holes === undefined ? { body, status } : { body, holes, status },
      entry.seq,
    )
    return drafts === undefined ? [answer] : [...drafts, answer]
  }
  const read = { rendered_at: seenAt, sha256: bytes?.sha256 ?? sha256(body), status }
  const data =
    bytes !== undefined ? { content_type: bytes.contentType, ...read } : holes !== undefined ? { holes, ...read } : read
  return [{ ...apiResponded.draft(about, data, entry.seq), aside: body }]
}
