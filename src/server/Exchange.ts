import * as Context from "effect/Context"
import type { SeenMessage, SeenVerification } from "../carriers/delivery/seen.ts"
import type { Draft } from "../core/Entry.ts"
import type { ApiRequested } from "../core/entries.ts"
import type { Run } from "../engine/Run.ts"

/** What the server needs of the run it serves; made in app/. */
export class Exchange extends Context.Tag("ringback/Exchange")<
  Exchange,
  {
    readonly run: Run
    readonly version: string
    readonly provider: string
    /** Counts as `/health` shows them. */
    readonly statistics: () => { readonly messages: number; readonly calls: number; readonly callbacks: number }
    /** The run's messages, for reading back. */
    readonly messages: MessagesView
    /** Verifications with their codes as they stand now, newest first. */
    readonly verifications: () => Iterable<SeenVerification>
    /** Makes an HTTP request of the carrier's API the input it is. */
    readonly carrier: CarrierDoor
  }
>() {}

/** What tests read back of messages. */
export interface MessagesView {
  /** Newest first: all, or those older than one; `undefined` when that one is not known. */
  readonly newest: (before?: string) => Iterable<SeenMessage> | undefined
}

/** The carrier's way in and out as HTTP sees it. */
export interface CarrierDoor {
  readonly wireIn: (request: HttpRequest) => Draft<ApiRequested>
  /** Headers of every answer, flat: name, value, name, value. */
  readonly headers: (answer: CarrierAnswer) => Array<string>
  /** The text of an answer whose holes only the edge can fill. `host` is the Host header. Throws when a secret cannot be kept. */
  readonly fill: (body: string, host: string | undefined) => string
  /** Bytes an answer names by their hash alone; `undefined` when they are kept no longer. */
  readonly bytes: (sha256: string) => Uint8Array | undefined
  /** The answer in place of such bytes. */
  readonly gone: Refused
  /** Answers to requests that never became an entry: the exchange is overloaded, or is stopping. */
  readonly overloaded: Refused
  readonly unavailable: Refused
  /** Headers of the answer to a CORS preflight. */
  readonly preflight: ReadonlyArray<string>
}

/** An answer of the carrier as HTTP sees it. */
export interface CarrierAnswer {
  readonly status: number
  readonly body: string | Uint8Array
  /** What the body is when it is bytes. */
  readonly contentType?: string | undefined
  /** That of the answer's entry; empty when there is none. */
  readonly hash: string
  /** Requests under way. */
  readonly concurrent: number
}

export interface Refused {
  readonly status: number
  readonly body: string
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body:
    | Uint8Array
    | { readonly cut?: true; readonly length: number; readonly sha256: string; readonly why: "too-large" }
}
