import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import { formBody } from "../core/form.ts"
import type { Pair } from "../core/pair.ts"
import { type AnswerFailure, objectOf } from "./answers.ts"
import type { CircuitBreaker } from "./CircuitBreaker.ts"
import {
  type ClientError,
  ConnectionFailed,
  DnsResolutionFailed,
  OutcomeUnknown,
  Timeout,
  UnreadableAnswer,
} from "./errors.ts"
import type { Http, HttpAnswer, HttpFailure } from "./Http.ts"
import type { Checked } from "./options.ts"
import { afterFailure, countsAs, type Failure } from "./retry.ts"
import type { Seen } from "./Seen.ts"
import { spanned } from "./spans.ts"
import type { CallName } from "./types.ts"

/* One call of the API: its attempts, what each of them waits for, and what follows from how it ended. */

/** What a call asks for. */
export interface Call<A> {
  readonly name: CallName
  readonly method: "GET" | "POST"
  /** Below the base address, with its query. */
  readonly path: string
  readonly params: ReadonlyArray<Pair>
  /** Whether carrying it out twice is the same as once. */
  readonly repeatable: boolean
  /** Before each attempt; what it refuses with ends the call. */
  readonly before: Effect.Effect<void, ClientError>
  /** The value of an answer of 2xx; `undefined` when it is none. */
  readonly read: (object: { readonly [name: string]: unknown }, answer: HttpAnswer) => A | undefined
  /** Finds out what became of an attempt that may have been carried out; absent where that does not matter. */
  readonly findOut?: ((unsure: Unsure) => Effect.Effect<FoundOut<A>>) | undefined
}

/** An attempt that may have been carried out. */
export interface Unsure {
  readonly error: ClientError
  readonly reached: Failure["reached"]
  readonly attempt: number
  /** Ms to wait before it may be repeated; absent when it may not. */
  readonly retryInMs: number | undefined
}

/** What became of it. `Absent`: it was surely not carried out, and the wait before a repetition is over. */
export type FoundOut<A> =
  | { readonly _tag: "Found"; readonly value: A }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unknown"; readonly why: string }

/** A value and how many requests it took. */
export interface Called<A> {
  readonly value: A
  readonly attempts: number
}

export interface Parts {
  readonly options: Checked
  readonly http: Http
  readonly breaker: CircuitBreaker
  readonly seen: Seen
}

/** Carries calls out. */
export interface Caller {
  readonly call: <A>(call: Call<A>) => Effect.Effect<Called<A>, ClientError>
  /** One attempt alone. */
  readonly once: <A>(call: Call<A>) => Effect.Effect<A, ClientError>
}

/** An attempt that came to nothing. */
interface Missed {
  readonly error: ClientError
  /** Of a request; `undefined` when none was made. */
  readonly reached: Failure["reached"] | undefined
}

export const makeCaller = ({ breaker, http, options, seen }: Parts): Caller => {
  const attempt = <A>(call: Call<A>, n: number): Effect.Effect<A, Missed> =>
    Effect.gen(function* () {
      const refused = (error: ClientError): Missed => ({ error, reached: undefined })
      yield* breaker.refusal.pipe(Effect.mapError(refused), spanned("twilio.circuit_breaker"))
      yield* Effect.mapError(call.before, refused)
      const body = call.method === "POST" ? formBody(call.params) : undefined
      yield* seen.request(call.method, call.path, call.params)
      yield* seen.tell({ _tag: "AttemptStarted", call: call.name, attempt: n })
      const exchange = http
        .send({
          method: call.method,
          url: options.baseUrl + call.path,
          headers: body === undefined ? readHeaders : writeHeaders,
          authorization: options.authorization,
          body,
          timeoutMs: options.timeoutMs,
          connectTimeoutMs: options.connectTimeoutMs,
        })
        .pipe(
          Effect.mapError((failure): Missed => missedBy(failure, n)),
          Effect.flatMap((answer) => valueIn(call, answer, n)),
        )
      return yield* breaker.through(exchange, resultOf).pipe(
        Effect.mapError((missed) => ("error" in missed ? missed : refused(missed))),
        spanned("http.send", { attributes: { attempt: n } }),
      )
    })
  const valueIn = <A>(call: Call<A>, answer: HttpAnswer, n: number): Effect.Effect<A, Missed> =>
    Effect.gen(function* () {
      yield* seen.answer(answer.status, answer.headers["twilio-request-id"])
      const object = objectOf(answer, yield* Clock.currentTimeMillis)
      if (Either.isLeft(object)) return yield* Effect.fail(missedWith(object.left, n))
      const value = call.read(object.right, answer)
      if (value !== undefined) return value
      const error = new UnreadableAnswer({
        message: "the answer lacks what it should have",
        status: answer.status,
        attempts: n,
      })
      return yield* Effect.fail<Missed>({ error, reached: "unknown" })
    })
  return {
    once: (call) => Effect.mapError(attempt(call, 1), ({ error }) => error),
    call: (call) =>
      Effect.gen(function* () {
        let last: ClientError | undefined
        for (let n = 1; ; n++) {
          const done = yield* Effect.either(attempt(call, n))
          if (Either.isRight(done)) return { value: done.right, attempts: n }
          const { error, reached } = done.left
          if (reached === undefined) return yield* Effect.fail(refusedAfter(error, last, n - 1))
          last = error
          const next = afterFailure(
            options.retry,
            { name: error._tag, reached, attempt: n, repeatable: call.repeatable, retryAfterMs: error.retryAfterMs },
            yield* Random.next,
          )
          const tell = (retryInMs: number | null) =>
            seen.tell({ _tag: "AttemptFailed", call: call.name, attempt: n, error, retryInMs })
          if (next._tag === "Retry") {
            yield* tell(next.inMs)
            yield* Effect.sleep(next.inMs)
            continue
          }
          yield* tell(null)
          if (next._tag === "GiveUp") return yield* Effect.fail(error)
          const unsure = { error, reached, attempt: n, retryInMs: next.retryInMs }
          const found = yield* findOut(call, unsure)
          if (found._tag === "Found") return { value: found.value, attempts: n }
          if (found._tag === "Unknown") return yield* Effect.fail(unknownFor(error, found.why, n))
          if (next.retryInMs === undefined) return yield* Effect.fail(error)
        }
      }),
  }
}

const findOut = <A>(call: Call<A>, unsure: Unsure): Effect.Effect<FoundOut<A>> =>
  call.findOut === undefined
    ? Effect.succeed({ _tag: "Unknown", why: "it was not looked for (onAmbiguous: fail)" })
    : call.findOut(unsure)

const userAgent = "ringback-client"
const readHeaders = { Accept: "application/json", "User-Agent": userAgent }
const writeHeaders = { ...readHeaders, "Content-Type": "application/x-www-form-urlencoded" }

/** What the end of an attempt says of Twilio. */
const resultOf = (exit: Exit.Exit<unknown, Missed>) => {
  if (Exit.isSuccess(exit)) return countsAs(undefined)
  const { cause } = exit
  return cause._tag === "Fail" ? countsAs(cause.error.error._tag) : "neither"
}

/** What is not Twilio's own answer, but of something before it, tells nothing of a request that may still be carried out. */
const missedWith = ({ error, isTwilios }: AnswerFailure, attempts: number): Missed => {
  const isRefusal = error.status !== undefined && error.status >= 300 && error.status < 500
  return { error: Object.assign(error, { attempts }), reached: isTwilios || isRefusal ? "answered" : "unknown" }
}

const missedBy = (failure: HttpFailure, attempts: number): Missed => {
  const facts = { message: failure.message, attempts, cause: failure }
  const error =
    failure.reason === "timeout"
      ? new Timeout(facts)
      : failure.reason === "dns"
        ? new DnsResolutionFailed(facts)
        : new ConnectionFailed(facts)
  return { error, reached: failure.left ? "unknown" : "nothing" }
}

/** A refusal of the client's own, behind requests that failed. */
const refusedAfter = (error: ClientError, last: ClientError | undefined, attempts: number): ClientError =>
  last === undefined ? error : Object.assign(error, { attempts, cause: last })

const unknownFor = (cause: ClientError, why: string, attempts: number): OutcomeUnknown =>
  new OutcomeUnknown({
    message: `the message may exist: ${cause.message}; ${why}`,
    code: cause.code,
    status: cause.status,
    requestId: cause.requestId,
    attempts,
    cause,
  })
