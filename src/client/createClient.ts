import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import type { Http } from "./Http.ts"
import { clientOver } from "./make.ts"
import { makeNodeHttp, type NodeHttpOptions } from "./nodeHttp.ts"
import type { ClientOptions } from "./options.ts"
import type { OptOut, OptOutPair } from "./optOuts.ts"
import { type LogOptions, runtimeOf } from "./plainLog.ts"
import type { TwilioClient } from "./TwilioClient.ts"
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

/** What a client with plain promises is made of. */
export interface CreateOptions extends ClientOptions, NodeHttpOptions, LogOptions {
  /** Another way to the API than node's `https`. */
  readonly http?: Http | undefined
}

export interface CallOptions {
  /** Aborting rejects with the signal's reason. A send that was on its way then may have been carried out. */
  readonly signal?: AbortSignal | undefined
}

/** The client with plain promises. They reject with the errors of `ClientError`, instances of its classes. */
export interface SmsClient {
  readonly messages: {
    readonly send: (request: SendRequest, options?: CallOptions) => Promise<Message>
    readonly sendBulk: (
      requests: Iterable<SendRequest>,
      options?: BulkOptions & CallOptions,
    ) => Promise<ReadonlyArray<Outcome<Message>>>
    readonly get: (sid: string, options?: CallOptions) => Promise<Message>
    readonly getMany: (
      sids: Iterable<string>,
      options?: BulkOptions & CallOptions,
    ) => Promise<ReadonlyArray<Outcome<Message>>>
    readonly list: (filter?: ListFilter) => AsyncIterable<Message>
    readonly pages: (filter?: ListFilter) => AsyncIterable<Page<Message>>
    readonly cancel: (sid: string, options?: CallOptions) => Promise<Message>
  }
  readonly templates: {
    readonly register: (name: string, text: string) => Promise<void>
    readonly validate: (name: string, variables?: TemplateVariables) => Promise<void>
    readonly render: (name: string, variables?: TemplateVariables) => Promise<string>
  }
  readonly optOuts: {
    readonly isOptedOut: (pair: OptOutPair) => Promise<boolean>
    readonly optOut: (pair: OptOutPair) => Promise<void>
    readonly optIn: (pair: OptOutPair) => Promise<boolean>
    readonly list: () => Promise<ReadonlyArray<OptOut>>
  }
  readonly circuit: () => Promise<CircuitState>
  /** The same client for Effect. */
  readonly effect: TwilioClient
  /** Closes the connections that are kept; they do not keep a process alive in any case. */
  readonly close: () => void
}

/** A client with plain promises. Throws the `ConfigurationError` when an option is wrong. */
export const createClient = (options: CreateOptions): SmsClient => {
  const own = options?.http === undefined ? makeNodeHttp(options) : undefined
  const made = clientOver(own ?? (options.http as Http), options)
  if (Either.isLeft(made)) throw made.left
  return promisesOf(made.right, options, () => own?.close())
}

/** Any client with plain promises: the mock's too. */
export const promisesOf = (client: TwilioClient, logging: LogOptions = {}, close: () => void = () => {}): SmsClient => {
  const runtime = runtimeOf(logging)
  const run = <A, E>(effect: Effect.Effect<A, E>, { signal }: CallOptions = {}): Promise<A> =>
    promised(runtime, effect, signal)
  const { circuit, messages, optOuts, templates } = client
  return {
    messages: {
      send: (request, options) => run(messages.send(request), options),
      sendBulk: (requests, options) => run(messages.sendBulk(requests, options), options),
      get: (sid, options) => run(messages.get(sid), options),
      getMany: (sids, options) => run(messages.getMany(sids, options), options),
      list: (filter) => Stream.toAsyncIterableRuntime(messages.list(filter), runtime),
      pages: (filter) => Stream.toAsyncIterableRuntime(messages.pages(filter), runtime),
      cancel: (sid, options) => run(messages.cancel(sid), options),
    },
    templates: {
      register: (name, text) => run(templates.register(name, text)),
      validate: (name, variables) => run(templates.validate(name, variables)),
      render: (name, variables) => run(templates.render(name, variables)),
    },
    optOuts: {
      isOptedOut: async ({ recipient, sender }) =>
        (await run(optOuts.find(recipient, sender === undefined ? [] : [sender]))) !== undefined,
      optOut: (pair) => run(optOuts.optOut(pair, "application")),
      optIn: (pair) => run(optOuts.optIn(pair)),
      list: () => run(optOuts.list),
    },
    circuit: () => run(circuit),
    effect: client,
    close,
  }
}

const promised = async <A, E>(
  runtime: Runtime.Runtime<never>,
  effect: Effect.Effect<A, E>,
  signal: AbortSignal | undefined,
): Promise<A> => {
  signal?.throwIfAborted()
  const exit = await Runtime.runPromiseExit(runtime, effect, signal === undefined ? {} : { signal })
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.isInterruptedOnly(exit.cause)) signal?.throwIfAborted()
  throw Cause.squash(exit.cause)
}
