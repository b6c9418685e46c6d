import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { makeOptOuts, OptOuts } from "../optOuts.ts"
import { type LogLine, type LogOptions, runtimeOf } from "../plainLog.ts"
import type { MessageStatus } from "../types.ts"
import type { WebhookAnswer } from "./duplicates.ts"
import type { InboundMessage, MessagePattern, Reply } from "./inbound.ts"
import type { TrustedWebhook, WebhookRequest } from "./incoming.ts"
import { answerNode, fromNodeRequest } from "./node.ts"
import type { CommonOptions, MessageHandler, StatusListener } from "./options.ts"
import type { StatusUpdate } from "./statusUpdates.ts"
import { makeWebhooks, type WebhookEndpoint } from "./Webhooks.ts"
import { fromWebRequest, toWebResponse } from "./web.ts"

export interface CreateWebhooksOptions extends CommonOptions, LogOptions {
  /** Hears of log lines. When it is absent, errors and warnings go to standard error: a handler that fails must not go unseen. */
  readonly log?: ((line: LogLine) => void) | undefined
  /** Those of the client that sends, so that who says STOP gets nothing more. */
  readonly optOuts?: OptOuts | undefined
}

/** What a handler answers, now or later; nothing is no reply. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing has this type.
type Answer = Reply | void | Promise<Reply | void>
/** `signal` says that nobody waits any more. */
type AnswersMessage = (message: InboundMessage, signal: AbortSignal) => Answer
type HearsStatus = (update: StatusUpdate, signal: AbortSignal) => unknown

/** A kind of webhook, for servers of two kinds. */
export interface PlainEndpoint {
  /** Whatever the request is, it is answered. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Ends the response, whatever the request is. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** Webhooks for who does not use Effect. */
export interface PlainWebhooks {
  /** Adds who answers messages: the first that fits does. */
  readonly onMessage: {
    (answer: AnswersMessage): PlainWebhooks
    (pattern: MessagePattern, answer: AnswersMessage): PlainWebhooks
  }
  /** Adds who is told of statuses: all that fit are, one after the other. */
  readonly onStatus: {
    (hears: HearsStatus): PlainWebhooks
    (statuses: MessageStatus | ReadonlyArray<MessageStatus>, hears: HearsStatus): PlainWebhooks
  }
  readonly inbound: PlainEndpoint
  readonly status: PlainEndpoint
  /** What a request says when it is Twilio's, for webhooks of any kind; else rejects with a `WebhookError`. */
  readonly check: (request: Request | IncomingMessage) => Promise<TrustedWebhook>
  readonly optOuts: OptOuts
}

/** Endpoints for Twilio's webhooks. Throws `InvalidAuthToken` or `InvalidOption` when an option cannot be. */
export const createWebhooks = (options: CreateWebhooksOptions): PlainWebhooks => {
  const runtime = runtimeOf(options.log === undefined ? { logLevel: "warning", log: toStandardError } : options)
  const messages: Array<MessageHandler> = []
  const statuses: Array<StatusListener> = []
  const optOuts = options.optOuts ?? makeOptOuts()
  const made = Runtime.runSync(runtime)(
    Effect.either(Effect.provideService(makeWebhooks({ ...options, messages, statuses }), OptOuts, optOuts)),
  )
  if (made._tag === "Left") throw made.left
  const { check, inbound, status } = made.right
  const run = (endpoint: WebhookEndpoint, request: WebhookRequest): Promise<WebhookAnswer> =>
    Runtime.runPromise(runtime)(endpoint(request))
  const plain = (endpoint: WebhookEndpoint): PlainEndpoint => ({
    fetch: async (request) => toWebResponse(await run(endpoint, fromWebRequest(request))),
    node: async (request, response) => answerNode(request, response, await run(endpoint, fromNodeRequest(request))),
  })
  const webhooks: PlainWebhooks = {
    onMessage: (first: MessagePattern | AnswersMessage, second?: AnswersMessage) => {
      const [on, answers] =
        second === undefined ? [undefined, first as AnswersMessage] : [first as MessagePattern, second]
      messages.push({ on, answer: (message) => later((signal) => answers(message, signal) as Reply | Promise<Reply>) })
      return webhooks
    },
    onStatus: (first: MessageStatus | ReadonlyArray<MessageStatus> | HearsStatus, second?: HearsStatus) => {
      const [on, hears] = typeof first === "function" ? [undefined, first] : [first, second as HearsStatus]
      statuses.push({ on, hears: (update) => later((signal) => hears(update, signal)) })
      return webhooks
    },
    inbound: plain(inbound),
    status: plain(status),
    check: async (request) => {
      const checked = await Runtime.runPromise(runtime)(
        Effect.either(check(request instanceof Request ? fromWebRequest(request) : fromNodeRequest(request))),
      )
      if (checked._tag === "Left") throw checked.left
      return checked.right
    },
    optOuts,
  }
  return webhooks
}

const toStandardError = ({ facts, level, text }: LogLine): void =>
  void process.stderr.write(`${level} ${text} ${JSON.stringify(facts)}\n`)

/** A part that may return, throw, or promise. */
const later = <A>(part: (signal: AbortSignal) => A | Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: async (signal) => part(signal), catch: (error) => error })
