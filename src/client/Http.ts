import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** One request. Its credentials are not among its headers, so that whoever keeps requests keeps no secret. */
export interface HttpRequest {
  readonly method: "GET" | "POST"
  /** Absolute. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** `Basic …`; added by whoever sends it. */
  readonly authorization: Redacted.Redacted<string>
  readonly body?: string | undefined
  /** Ms for all of it, by Effect's Clock. */
  readonly timeoutMs: number
  /** Ms of the host for each step of connecting. */
  readonly connectTimeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the failure was of. `tls`: the certificate or the handshake; `too-long`: the answer's body; `broken`: an answer that is no HTTP. */
export type HttpFailureReason = "dns" | "connect" | "tls" | "timeout" | "reset" | "too-long" | "broken"

/** There is no answer. */
export class HttpFailure extends Data.Error<{
  readonly reason: HttpFailureReason
  /** Whether a byte of the request may have reached the other end: false only where that is impossible. */
  readonly left: boolean
  readonly message: string
  /** The system's code, such as `ECONNREFUSED`. */
  readonly systemCode?: string | undefined
}> {
  readonly _tag = "HttpFailure"
}

/** The way to the API: one request, one answer. Never follows a redirect and never repeats a request. */
export interface Http {
  /** Interrupting it ends the connection. */
  readonly send: (request: HttpRequest) => Effect.Effect<HttpAnswer, HttpFailure>
}
export const Http: Context.Tag<Http, Http> = Context.GenericTag<Http>("ringback/client/Http")
