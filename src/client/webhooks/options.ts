import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { InvalidAuthToken, InvalidOption } from "../errors.ts"
import type { MessageStatus } from "../types.ts"
import type { Duplicates } from "./duplicates.ts"
import type { InboundMessage, MessagePattern, Reply } from "./inbound.ts"
import { allowList, type TrustRules, urlBehind } from "./incoming.ts"
import type { StatusUpdate } from "./statusUpdates.ts"

/** Answers messages that fit its pattern. */
export interface MessageHandler<R = never> {
  /** Every message, when it is absent. */
  readonly on?: MessagePattern | undefined
  readonly answer: (message: InboundMessage) => Effect.Effect<Reply, unknown, R>
}

/** Is told when a message of ours has another status. */
export interface StatusListener<R = never> {
  /** Every status, when it is absent. */
  readonly on?: MessageStatus | ReadonlyArray<MessageStatus> | undefined
  readonly hears: (update: StatusUpdate) => Effect.Effect<unknown, unknown, R>
}

type Token = string | Redacted.Redacted<string>

/** What endpoints are made of, whoever handles. Only the token is needed. */
export interface CommonOptions {
  /** The account's auth token; several while it is being changed for another. Kept as `Redacted` and told nobody. */
  readonly authToken: Token | ReadonlyArray<Token>
  /**
   * The address that Twilio was told, up to the path that the server sees, such as `https://example.com`. Needed behind a proxy.
   * User and password in it are part of what Twilio signs, and are told nowhere.
   */
  readonly publicUrl?: string | undefined
  /** URLs that webhooks are expected at, without query; `*` in a path stands for any text. Any, when it is absent. */
  readonly allowedUrls?: ReadonlyArray<string> | undefined
  readonly duplicates?: Duplicates | undefined
  /** Whether YES opts in, as START does. True when it is absent. */
  readonly yesOptsIn?: boolean | undefined
  /** Whether texts of messages stay out of the log. True when it is absent. */
  readonly redactBodies?: boolean | undefined
  /** Makes hashes of numbers in logs the same in several processes. */
  readonly redactionKey?: string | undefined
  /** Bytes of a body. */
  readonly bodyBytesMax?: number | undefined
  /** Requests under way at once; one more is answered 503. */
  readonly requestsMax?: number | undefined
  /** Ms that a request may take, until its handler is interrupted and it is answered 500. Twilio waits for 15 s. */
  readonly timeoutMs?: number | undefined
  /** Messages whose newest status is remembered. */
  readonly statusesMax?: number | undefined
}

export interface WebhookOptions<R = never> extends CommonOptions {
  /** Who answers messages: the first that fits. None: no reply. */
  readonly messages?: ReadonlyArray<MessageHandler<R>> | undefined
  /** All of them are told, one after the other. */
  readonly statuses?: ReadonlyArray<StatusListener<R>> | undefined
}

export const webhookDefaults: Limits & { readonly bodyBytesMax: number } = {
  bodyBytesMax: 64 * 1024,
  requestsMax: 1_000,
  timeoutMs: 15_000,
  statusesMax: 10_000,
}

export interface Limits {
  readonly requestsMax: number
  readonly timeoutMs: number
  readonly statusesMax: number
}

/** What options come to; the first that cannot be is an error. */
export const rulesOf = <R>(
  options: WebhookOptions<R>,
): Effect.Effect<{ readonly trust: TrustRules; readonly limits: Limits }, InvalidAuthToken | InvalidOption> =>
  Effect.gen(function* () {
    const { allowedUrls, authToken, publicUrl } = options
    const tokens = [authToken].flat().map((token) => (typeof token === "string" ? Redacted.make(token) : token))
    if (tokens.length === 0 || tokens.some((token) => Redacted.value(token) === ""))
      return yield* new InvalidAuthToken({ message: "an auth token is needed to know Twilio's requests by" })
    if (publicUrl !== undefined && !isPublic(publicUrl))
      return yield* new InvalidOption({ message: "publicUrl is no absolute HTTP URL without query and fragment" })
    const isAllowed = allowList(allowedUrls)
    if (Either.isLeft(isAllowed))
      return yield* new InvalidOption({ message: `allowedUrls[${isAllowed.left}] is no absolute HTTP URL` })
    return {
      trust: {
        tokens,
        urlOf: urlBehind(publicUrl),
        isAllowed: isAllowed.right,
        bodyBytesMax: yield* whole(options, "bodyBytesMax"),
      },
      limits: {
        requestsMax: yield* whole(options, "requestsMax"),
        timeoutMs: yield* whole(options, "timeoutMs"),
        statusesMax: yield* whole(options, "statusesMax"),
      },
    }
  })

const isPublic = (url: string): boolean => /^https?:\/\/[^?#]+$/i.test(url) && URL.canParse(url)

const whole = (options: CommonOptions, name: keyof typeof webhookDefaults): Effect.Effect<number, InvalidOption> => {
  const value = options[name] ?? webhookDefaults[name]
  return Number.isSafeInteger(value) && value > 0
    ? Effect.succeed(value)
    : Effect.fail(new InvalidOption({ message: `${name} is no whole number above 0` }))
}
