import type { TextMatch, Within } from "./terms.ts"

/* Requests that the exchange makes, as a test sees them. */

/** One request to the application, or to an endpoint inside the run, as it was when it was looked at. */
export interface SentRequest {
  /** The place in the log. */
  readonly seq: number
  /** Virtual time. */
  readonly at: Date
  /**
   * `callback`: an attempt of one; `webhook`, `webhook-fallback`: what is to be done with a message from a phone; `twiml`: with a call;
   * `media`: media of a message is fetched.
   */
  readonly purpose: string
  /** The SID it is about. */
  readonly subject: string
  readonly method: string
  /** Passwords in it are replaced by names. */
  readonly url: string
  /** Of a name that comes twice the last value. */
  readonly params: Readonly<Record<string, string>>
  /** The same for every attempt and every copy of a callback. */
  readonly token: string
  /** From 1. */
  readonly attempt: number
  /** 0, or which copy of a callback it is: a duplicate, or one that was sent again. */
  readonly copy: number
  /** Of the answer; null while there is none. */
  readonly status: number | null
  /** Of the answer, such as its TwiML; null while there is none, and where it is no text or too long to keep. */
  readonly body: string | null
  /** Why there is no answer. */
  readonly failed: string | null
}

/** What a request has to be; what is absent may be anything. */
export interface RequestMatch {
  readonly purpose?: string | undefined
  readonly subject?: string | undefined
  readonly method?: string | undefined
  readonly url?: TextMatch | undefined
  /** Parameters by name, all of which have to fit; one that is not there is empty. */
  readonly params?: Readonly<Record<string, TextMatch>> | undefined
  /** Of its answer. */
  readonly status?: number | undefined
}

/** Every request that leaves the exchange, one by one: attempts of callbacks, webhooks, fetches of TwiML and media. */
export interface Requests {
  /** Oldest first. */
  readonly list: (match?: RequestMatch) => ReadonlyArray<SentRequest>
  /** The newest that matches; throws when there is none, and says which comes nearest. */
  readonly latest: (match?: RequestMatch) => SentRequest
  /** The newest that matches, as soon as there is one. Fails when the time is over, and says which comes nearest. */
  readonly waitFor: (match: RequestMatch, options?: Within) => Promise<SentRequest>
}
