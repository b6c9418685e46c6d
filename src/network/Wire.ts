import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import { rate } from "../clock/pace.ts"
import type { RunClock } from "../clock/RunClock.ts"
import type { Draft } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  type Pair,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { WayOut } from "../engine/outside.ts"
import type { WorldState } from "../engine/World.ts"
import { notAllowed } from "./allow.ts"
import { makeDeadlines } from "./deadlines.ts"
import { type Flight, Flights } from "./flights.ts"
import type { Landing, WireClient, WireRequest } from "./nodeClient.ts"
import { outboundMachine } from "./outbound.machine.ts"
import { restoreUserinfo, type SecretStore } from "./secretUrl.ts"
import { callbacksSettings } from "./settings.ts"
import { type Job, WireQueue } from "./wireQueue.ts"
import { makeWaits } from "./wireWaits.ts"

/** Adds what only the edge knows to a request: the carrier's headers and its signature over the original URL. */
export type Sign = (request: OutboundRequested, url: string) => Readonly<Record<string, string>>

export interface WireOptions {
  readonly client: WireClient
  readonly clock: RunClock
  readonly secrets: SecretStore
  /** By the name in `outbound.requested.sign`. */
  readonly signs: ReadonlyMap<string, Sign>
}

/** A form body of pairs in their order. */
export const formBody = (params: ReadonlyArray<Pair>): string =>
  params.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")

/** As HTML forms do: space is `+`; a lone surrogate, which has no bytes, becomes U+FFFD. */
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/%20/g, "+")
    .replace(/[!'()~]/g, percent)
const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** The failure of a request that waited to be sent until it was too late. */
const tooLate = { detail: "not-sent", reason: "timeout" } as const

const originOf = (url: string): string => url.split("/", 3).join("/")

/**
 * Makes the way out over a client: as many requests in flight as the settings allow, answers as inputs.
 *
 * At paces that never look at the host answers enter in the order of the requests, whichever came first.
 * A run that ends cancels what is in flight; after a restart it is sent again as the same attempt.
 */
export const makeWire = ({ client, clock, secrets, signs }: WireOptions): Effect.Effect<WayOut, never, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    const queue = new WireQueue()
    const flights = new Flights()
    let offer: ((answer: Draft) => void) | undefined
    let world: WorldState | undefined

    const now = clock.hostMonotonic
    const frozen = () => rate(clock.pace()) === 0
    const room = () => (frozen() && world !== undefined ? callbacksSettings(world).in_flight : limits.wireInFlightMax)
    // An origin may have no more than is left: those that hang never take it all, however many they are.
    const mayGo = (origin: string) =>
      frozen() ||
      flights.busy(origin) < Math.min(limits.wireInFlightPerOriginMax, limits.wireInFlightMax - flights.size)

    const enqueue = (seq: number, subject: string, request: OutboundRequested) =>
      queue.add({ seq, subject, request, origin: originOf(request.connect ?? request.url), since: now() })

    const watch = makeWaits({
      queue,
      follows: () => !frozen(),
      now,
      run,
      expired: ({ seq, subject }) => offer?.(outboundFailed.draft(subject, tooLate, seq)),
    })

    const start = () => {
      while (flights.size < room()) {
        const job = queue.take(mayGo)
        if (job === undefined) return watch()
        const due = now() + job.request.timeout_ms
        const flight: Flight = { job, due, cancel: nothing, answer: undefined }
        flights.add(flight)
        deadlines.add(flight)
        flight.cancel = exchange(client, job, secrets, signs, (answer) => land(flight, answer))
      }
      watch()
    }

    const deadlines = makeDeadlines<Flight>({
      now,
      run,
      expired: (flight) => {
        const { request, seq, subject } = flight.job
        flight.cancel()
        land(flight, outboundFailed.draft(subject, { after_ms: request.timeout_ms, reason: "timeout" }, seq))
      },
    })

    const land = (flight: Flight, answer: Draft) => {
      if (flight.answer !== undefined) return
      deadlines.remove(flight)
      for (const landed of flights.land(flight, answer, frozen())) offer?.(landed)
      start()
    }

    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        offer = undefined
        flights.cancelAll()
      }),
    )

    return {
      inFlight: (world) => world.slice(outboundMachine).onWire,
      quietMs: (world) => callbacksSettings(world).quiet_ms,
      committed: (made, current) => {
        world = current
        if (offer === undefined) return // What is asked for before the beginning is still pending when it comes.
        for (const { entry } of made)
          if (outboundRequested.is(entry) && entry.data.via === "wire") enqueue(entry.seq, entry.subject, entry.data)
        start()
      },
      begin: (to, current) => {
        offer = to
        world = current
        for (const { seq, subject, request } of current.slice(outboundMachine).pending.values())
          if (request.via === "wire") enqueue(seq, subject, request)
        start()
      },
    }
  })

const nothing = () => {}

/** Sends one request and makes its answer or failure the input that follows from it; gives what cancels it. */
const exchange = (
  client: WireClient,
  { seq, subject, request }: Job,
  secrets: SecretStore,
  signs: ReadonlyMap<string, Sign>,
  answer: (answer: Draft) => void,
): (() => void) => {
  const url = restoreUserinfo(request.url, secrets)
  const target = request.connect === undefined ? url : restoreUserinfo(request.connect, secrets)
  const headers = request.sign === undefined ? {} : (signs.get(request.sign)?.(request, url) ?? {})
  const form = request.method === "GET" ? undefined : formBody(request.params)
  const sent: WireRequest = {
    method: request.method,
    url: target,
    headers:
      form === undefined
        ? headers
        : {
            ...headers,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": String(Buffer.byteLength(form)),
          },
    body: form,
  }
  return client.send(sent, (landing) => answer(answerOf(landing, subject, seq)))
}

const answerOf = (landing: Landing, subject: string, seq: number): Draft => {
  switch (landing._tag) {
    case "Answered":
      return outboundAnswered.draft(subject, { body: kept(landing.body), status: landing.status }, seq)
    case "TooLong":
      return outboundAnswered.draft(
        subject,
        { body: { cut: true, length: limits.answerBytesMax }, status: landing.status },
        seq,
      )
    case "Failed":
      return failed(landing.cause, subject, seq)
  }
}

/** The bytes of an answer as the log keeps them. */
const kept = (bytes: Buffer): OutboundAnswered["body"] => {
  if (bytes.length === 0) return ""
  if (bytes.length > bodyKeptMax)
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
  return isUtf8(bytes) ? bytes.toString("utf8") : { base64: bytes.toString("base64") }
}

const bodyKeptMax = limits.answerBytesMax / 4

const failed = (cause: unknown, subject: string, seq: number): Draft => {
  const code = errorCode(cause)
  const reason = code === notAllowed ? "refused" : code !== undefined && resets.has(code) ? "reset" : "connect"
  return outboundFailed.draft(subject, { ...(code === undefined ? {} : { detail: code }), reason }, seq)
}

const resets = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT", "UND_ERR_SOCKET"])

/** The system's error code: text that does not vary between runs, unlike messages with ports in them. */
const errorCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
