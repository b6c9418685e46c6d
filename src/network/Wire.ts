import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
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
import { type Deadline, makeDeadlines } from "./deadlines.ts"
import { outboundMachine } from "./outbound.machine.ts"
import { restoreUserinfo, type SecretStore } from "./secretUrl.ts"
import { callbacksSettings } from "./settings.ts"
import { type Job, WireQueue } from "./wireQueue.ts"

/** Adds what only the edge knows to a request: the carrier's headers and its signature over the original URL. */
export type Sign = (request: OutboundRequested, url: string) => Readonly<Record<string, string>>

export interface WireOptions {
  readonly clock: RunClock
  readonly secrets: SecretStore
  /** By the name in `outbound.requested.sign`. */
  readonly signs: (name: string) => Sign | undefined
  /** How media are fetched, where they are. */
  readonly media?: MediaDoor
}

/** Media are larger than other answers, and kept outside of the log. */
export interface MediaDoor {
  /** Reads answers of up to `limits.mediaBytesMax`. */
  readonly client: HttpClient.HttpClient
  /** Keeps bytes under their SHA-256, before their answer enters. */
  readonly keep: (sha256: string, bytes: Uint8Array) => void
}

/** A request on its way, until its answer has entered. */
interface Flight extends Deadline {
  readonly job: Job
  fiber: Fiber.RuntimeFiber<void> | undefined
  answer: Draft | undefined
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

const originOf = (url: string): string => url.split("/", 3).join("/")

/**
 * Makes the way out over Effect's `HttpClient`: as many requests in flight as the settings allow, answers as inputs.
 *
 * At paces that never look at the host answers enter in the order of the requests, whichever came first.
 * A run that ends interrupts what is in flight; after a restart it is sent again as the same attempt.
 */
export const makeWire = ({
  clock,
  secrets,
  signs,
  media,
}: WireOptions): Effect.Effect<WayOut, never, HttpClient.HttpClient | Scope.Scope> =>
  Effect.gen(function* () {
    const client = (yield* HttpClient.HttpClient).pipe(HttpClient.withTracerPropagation(false))
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    const queue = new WireQueue()
    const inFlight: Array<Flight> = []
    const perOrigin = new Map<string, number>()
    let offer: ((answer: Draft) => void) | undefined
    let world: WorldState | undefined

    const frozen = () => rate(clock.pace()) === 0
    const room = () => (frozen() && world !== undefined ? callbacksSettings(world).in_flight : limits.wireInFlightMax)
    const mayGo = (origin: string) => frozen() || (perOrigin.get(origin) ?? 0) < limits.wireInFlightPerOriginMax

    const enqueue = (seq: number, subject: string, request: OutboundRequested) =>
      queue.add({ seq, subject, request, origin: originOf(request.connect ?? request.url) })

    const start = () => {
      while (inFlight.length < room()) {
        const job = queue.take(mayGo)
        if (job === undefined) return
        perOrigin.set(job.origin, (perOrigin.get(job.origin) ?? 0) + 1)
        const due = clock.hostMonotonic() + job.request.timeout_ms
        const flight: Flight = { job, due, fiber: undefined, answer: undefined }
        inFlight.push(flight)
        deadlines.add(flight)
        flight.fiber = run(Effect.map(send(job), (answer) => land(flight, answer)))
      }
    }

    const send = (job: Job) =>
      media !== undefined && job.request.purpose === "media"
        ? exchange({ client: media.client, secrets, signs }, job, limits.mediaBytesMax, (status, body, type) =>
            mediumKept(media, status, body, type),
          )
        : exchange({ client, secrets, signs }, job, limits.answerBytesMax, (status, body) => ({
            body: kept(body),
            status,
          }))

    const deadlines = makeDeadlines<Flight>({
      now: clock.hostMonotonic,
      run,
      expired: (flight) => {
        const { request, seq, subject } = flight.job
        flight.fiber?.unsafeInterruptAsFork(FiberId.none)
        land(flight, outboundFailed.draft(subject, { after_ms: request.timeout_ms, reason: "timeout" }, seq))
      },
    })

    const land = (flight: Flight, answer: Draft) => {
      if (flight.answer !== undefined) return
      deadlines.remove(flight)
      flight.answer = answer
      const { origin } = flight.job
      const busy = (perOrigin.get(origin) ?? 1) - 1
      if (busy === 0) perOrigin.delete(origin)
      else perOrigin.set(origin, busy)
      if (frozen()) {
        for (let first = inFlight[0]; first?.answer !== undefined; first = inFlight[0]) {
          inFlight.shift()
          offer?.(first.answer)
        }
      } else {
        for (const landed of inFlight.filter(({ answer }) => answer !== undefined)) {
          inFlight.splice(inFlight.indexOf(landed), 1)
          offer?.(landed.answer as Draft)
        }
      }
      start()
    }

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

interface Edge {
  readonly client: HttpClient.HttpClient
  readonly secrets: SecretStore
  readonly signs: WireOptions["signs"]
}

/** Sends one request and makes its answer or failure the input that follows from it. Never fails. */
const exchange = (
  { client, secrets, signs }: Edge,
  { seq, subject, request }: Job,
  bytesMax: number,
  whole: (status: number, body: Uint8Array, contentType: string) => OutboundAnswered,
): Effect.Effect<Draft> =>
  Effect.suspend(() => {
    const url = restoreUserinfo(request.url, secrets)
    const target = request.connect === undefined ? url : restoreUserinfo(request.connect, secrets)
    const headers = request.sign === undefined ? {} : (signs(request.sign)?.(request, url) ?? {})
    const sent =
      request.method === "GET"
        ? HttpClientRequest.get(target, { headers })
        : HttpClientRequest.post(target, { headers }).pipe(
            HttpClientRequest.bodyText(formBody(request.params), "application/x-www-form-urlencoded"),
          )
    const answered = (data: OutboundAnswered) => outboundAnswered.draft(subject, data, seq)
    return client.execute(sent).pipe(
      Effect.flatMap((response) =>
        Effect.map(response.arrayBuffer, (body) =>
          answered(whole(response.status, new Uint8Array(body), response.headers["content-type"] ?? "")),
        ),
      ),
      // Without a system error it is the limit that ended the reading.
      Effect.catchIf(
        (error) => error._tag === "ResponseError" && errorCode(error) === undefined,
        (error) => {
          const { status } = (error as ResponseError).response
          const body = { cut: true, length: bytesMax } as const
          return Effect.succeed(
            answered(request.purpose === "media" ? { body, content_type: "", status } : { body, status }),
          )
        },
      ),
    )
  }).pipe(
    Effect.exit,
    Effect.map((exit) => (Exit.isSuccess(exit) ? exit.value : failed(exit, subject, seq))),
  )

/** A medium's bytes are kept outside of the log, which knows them by their hash. */
const mediumKept = ({ keep }: MediaDoor, status: number, bytes: Uint8Array, contentType: string): OutboundAnswered => {
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  if (status >= 200 && status < 300) keep(sha256, bytes)
  const content_type = contentType.split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? ""
  return { body: { length: bytes.length, sha256 }, content_type, status }
}

/** The bytes of an answer as the log keeps them. */
const kept = (bytes: Uint8Array): OutboundAnswered["body"] => {
  if (bytes.length > bodyKeptMax)
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
  return isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : { base64: Buffer.from(bytes).toString("base64") }
}

const bodyKeptMax = limits.answerBytesMax / 4

const failed = (exit: Exit.Failure<Draft, HttpClientError>, subject: string, seq: number): Draft => {
  const code = errorCode(exit.cause)
  const reason = code === notAllowed ? "refused" : code !== undefined && resets.has(code) ? "reset" : "connect"
  return outboundFailed.draft(subject, { ...(code === undefined ? {} : { detail: code }), reason }, seq)
}

const resets = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT", "UND_ERR_SOCKET"])

/** The first system error code in a cause: text that does not vary between runs, unlike messages with ports in them. */
const errorCode = (cause: unknown, depth = 0): string | undefined => {
  if (typeof cause !== "object" || cause === null || depth > 8) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code
  for (const key of ["cause", "error", "left", "right", "defect"])
    if (key in cause) {
      const found = errorCode((cause as Record<string, unknown>)[key], depth + 1)
      if (found !== undefined) return found
    }
  return undefined
}
