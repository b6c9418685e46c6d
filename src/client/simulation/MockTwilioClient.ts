import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { sid as makeSid } from "../../core/chance.ts"
import { promisesOf, type SmsClient } from "../createClient.ts"
import type { ClientError } from "../errors.ts"
import { clientOver } from "../make.ts"
import type { ClientOptions } from "../options.ts"
import type { TwilioClient } from "../TwilioClient.ts"
import type { Message, SendRequest } from "../types.ts"
import { difference, type Expectation, misfits, type SendMatch, type SentRecord } from "./expectations.ts"
import { makeMemoryApi } from "./memoryApi.ts"
import { type SimulatedMessage, simulatedInbound } from "./simulatedWebhooks.ts"

export interface MockOptions extends Partial<ClientOptions> {
  /** Sends that are kept to be looked at; 10,000 when absent. */
  readonly sentMax?: number | undefined
}

/** What was sent is not what was expected. Its message is the difference. */
export class NotAsExpected extends Error {
  override readonly name = "NotAsExpected"
}

const mockAccount = `AC${"0".repeat(32)}`
const mockToken = "token-of-the-mock"
const sentKept = 10_000

/**
 * A client for tests: checks what it is given as the real one does, and sends nothing.
 *
 * Limits, breaker and repetitions are off unless options say otherwise: a test waits for nothing. Calls of its own can be chained.
 */
export class MockTwilioClient {
  /** The client, for Effect. */
  readonly effect: TwilioClient
  /** The client, with plain promises. */
  readonly client: SmsClient

  readonly #options: { readonly accountSid: string; readonly authToken: string }
  readonly #sentMax: number
  readonly #expected: Array<Expectation> = []
  readonly #responses: Array<{ readonly match: SendMatch; readonly fields: Partial<Message> }> = []
  readonly #failures: Array<{ readonly match: SendMatch; readonly error: ClientError; left: number }> = []
  readonly #sent: Array<SentRecord> = []
  #received = 0
  readonly #shown = new Map<string, Partial<Message>>()

  /** Throws the `ConfigurationError` when an option is wrong. */
  constructor({ sentMax = sentKept, ...options }: MockOptions = {}) {
    this.#sentMax = sentMax
    const { accountSid = mockAccount, authToken = mockToken } = options
    this.#options = { accountSid, authToken: typeof authToken === "string" ? authToken : Redacted.value(authToken) }
    const made = clientOver(makeMemoryApi({ accountSid, max: sentMax }), {
      from: "+15005550006",
      limits: false,
      circuitBreaker: false,
      retry: false,
      ...options,
      accountSid,
      authToken,
    })
    if (Either.isLeft(made)) throw made.left
    this.effect = this.#over(made.right)
    this.client = promisesOf(this.effect)
  }

  /** A send that `verify` looks for, or so many of them: by its recipient, or by more. */
  expectSend(match: string | SendMatch, times = 1): this {
    this.#expected.push({ match: matchOf(match), times })
    return this
  }

  /** What the message is like that such a send gives, and that is read later. The first response that fits holds. */
  withResponse(match: string | SendMatch, fields: Partial<Message>): this {
    this.#responses.push({ match: matchOf(match), fields })
    return this
  }

  /** Fails sends with an error: the next one, or so many, of those that fit. */
  simulateFailure(error: ClientError, match: string | SendMatch = {}, times = 1): this {
    this.#failures.push({ match: matchOf(match), error, left: times })
    return this
  }

  /** What was sent, or tried, in order. */
  get sent(): ReadonlyArray<SentRecord> {
    return this.#sent
  }

  /** The webhook with which Twilio would tell of a message, another one each time, signed by the token of this client. */
  receive(url: string, message: SimulatedMessage): Request {
    const sid = message.sid ?? makeSid((message.media?.length ?? 0) > 0 ? "MM" : "SM", 2, ++this.#received)
    return simulatedInbound(url, { ...message, sid }, this.#options)
  }

  /**
   * Throws `NotAsExpected` unless every expected send was made. When something is expected, everything else that was sent is a
   * difference as well.
   */
  verify(): void {
    const text = difference(this.#expected, this.#sent)
    if (text !== undefined) throw new NotAsExpected(text)
  }

  /** Forgets what was expected, planned and sent. */
  reset(): void {
    for (const list of [this.#expected, this.#responses, this.#failures, this.#sent]) list.length = 0
    this.#shown.clear()
  }

  #over(client: TwilioClient): TwilioClient {
    const { messages } = client
    const shown = (message: Message): Message => ({ ...message, ...this.#shown.get(message.sid) })
    const send = (request: SendRequest) =>
      Effect.suspend(() => {
        const failure = this.#failures.find(({ left, match }) => left > 0 && misfits(match, { request }).length === 0)
        if (failure !== undefined) failure.left--
        return failure === undefined ? messages.send(request) : Effect.fail(failure.error)
      }).pipe(
        Effect.map((message) => {
          const response = this.#responses.find(({ match }) => misfits(match, { request, message }).length === 0)
          const answer = { ...message, ...response?.fields }
          if (response !== undefined) this.#shown.set(answer.sid, response.fields)
          this.#keep({ request, message: answer })
          return answer
        }),
        Effect.tapError((error) => Effect.sync(() => this.#keep({ request, error: error._tag }))),
      )
    const get = (sid: string) => Effect.map(messages.get(sid), shown)
    return {
      ...client,
      messages: {
        ...messages,
        send,
        get,
        sendBulk: (requests) => severally(requests, send),
        getMany: (sids) => severally(sids, get),
        list: (filter) => Stream.map(messages.list(filter), shown),
        pages: (filter) => Stream.map(messages.pages(filter), (page) => ({ ...page, items: page.items.map(shown) })),
      },
    }
  }

  #keep(record: SentRecord): void {
    if (this.#sent.length < this.#sentMax) this.#sent.push(record)
  }
}

const matchOf = (match: string | SendMatch): SendMatch => (typeof match === "string" ? { to: match } : match)

/** One after the other: nothing waits. */
const severally = <A, B>(items: Iterable<A>, each: (item: A) => Effect.Effect<B, ClientError>) =>
  Effect.forEach(items, (item) =>
    Effect.match(each(item), {
      onSuccess: (value) => ({ ok: true, value }) as const,
      onFailure: (error) => ({ ok: false, error }) as const,
    }),
  )
