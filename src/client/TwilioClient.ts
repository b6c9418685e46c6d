import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { ClientError, InvalidTemplate, MissingVariables, UnknownTemplate } from "./errors.ts"
import type { OptOuts } from "./optOuts.ts"
import type {
  BulkOptions,
  CircuitState,
  ListFilter,
  Message,
  Outcome,
  Page,
  SendRequest,
  TemplateVariables,
} from "./types.ts"

/** Sends and reads messages. What makes one needs nothing else: no method has requirements. */
export interface TwilioClient {
  readonly messages: Messages
  readonly templates: Templates
  readonly optOuts: OptOuts
  /** What the next request would meet. */
  readonly circuit: Effect.Effect<CircuitState>
}
export const TwilioClient: Context.Tag<TwilioClient, TwilioClient> =
  Context.GenericTag<TwilioClient>("ringback/client/TwilioClient")

export interface Messages {
  /**
   * Sends one message: checks it, waits for its turn, and makes as many requests as the retry table allows.
   *
   * Fails `OutcomeUnknown` when the message may exist all the same; after any other failure it does not.
   */
  readonly send: (request: SendRequest) => Effect.Effect<Message, ClientError>
  /** Sends several, so many at once; the outcomes are in the order of the requests. Never fails. */
  readonly sendBulk: (
    requests: Iterable<SendRequest>,
    options?: BulkOptions,
  ) => Effect.Effect<ReadonlyArray<Outcome<Message>>>
  readonly get: (sid: string) => Effect.Effect<Message, ClientError>
  /** Several by their SIDs, in that order; each SID is asked for once. Never fails. */
  readonly getMany: (sids: Iterable<string>, options?: BulkOptions) => Effect.Effect<ReadonlyArray<Outcome<Message>>>
  /** Newest first. Asks for a page when the messages before it have been taken. */
  readonly list: (filter?: ListFilter) => Stream.Stream<Message, ClientError>
  readonly pages: (filter?: ListFilter) => Stream.Stream<Page<Message>, ClientError>
  /** Cancels a message that is still scheduled. Canceling twice is canceling. */
  readonly cancel: (sid: string) => Effect.Effect<Message, ClientError>
}

/** Texts with places for variables: `{{ name }}` and `{{ order.id }}`. */
export interface Templates {
  /** Replaces one of the same name. */
  readonly register: (name: string, text: string) => Effect.Effect<void, InvalidTemplate>
  /** What `render` would refuse, without making the text. */
  readonly validate: (
    name: string,
    variables?: TemplateVariables,
  ) => Effect.Effect<void, UnknownTemplate | MissingVariables>
  readonly render: (
    name: string,
    variables?: TemplateVariables,
  ) => Effect.Effect<string, UnknownTemplate | MissingVariables>
}
