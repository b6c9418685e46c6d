import * as Schema from "effect/Schema"
import { clientTold } from "./clientTold.ts"
import { entryType } from "./Entry.ts"
import { optional } from "./optional.ts"
import type { Pair as PairOfTexts } from "./pair.ts"

/*
 * The types of entry every room shares. Names and fields are a stored format: adding an optional field is free,
 * anything else comes with an upcast (log/upcasts.ts) and a kept old recording.
 * Fields are declared in the order of canonical JSON; builders that keep it are encoded without sorting.
 */

export const Pair = Schema.Tuple(Schema.String, Schema.String)
export type Pair = PairOfTexts
const Pairs = Schema.Array(Pair)

/** Stands for a secret that the keys file holds under this name. */
export const SecretName = Schema.Struct({ secret: Schema.String })
export type SecretName = typeof SecretName.Type

/** Bytes that were not kept: a refused or oversized body. `cut` says that reading stopped at `length`. */
export const NotKept = Schema.Struct({
  cut: Schema.optionalWith(Schema.Literal(true), { exact: true }),
  length: Schema.NonNegativeInt,
  sha256: Schema.String,
  why: Schema.Literal("too-large", "not-a-form", "bad-encoding", "too-many-parameters", "too-many-secrets"),
})
export type NotKept = typeof NotKept.Type

/** Credentials as the log keeps them: a known secret by its name, anything else as a keyed fingerprint. */
export const Credentials = Schema.Union(
  Schema.Struct({
    password: Schema.Union(SecretName, Schema.Struct({ fingerprint: Schema.String })),
    user: Schema.Union(Schema.String, Schema.Struct({ fingerprint: Schema.String })),
  }),
  Schema.Struct({ malformed: Schema.Literal(true) }),
)
export type Credentials = typeof Credentials.Type

const Tree = Schema.Record({ key: Schema.String, value: Schema.Any })

/** Where the run's clock stands against the host's: virtual minus host ms. Absent at paces that never look at the host. */
const offset = optional(Schema.Int)

const rulesInForce = {
  flags: Schema.Array(Schema.Int),
  offset,
  rules: Schema.Int,
}

export const runStarted = entryType("run.started", () =>
  Schema.Struct({
    /** Times this log was edited since (`ringback erase`): when, in host ms since the epoch, and how many entries something was erased of. */
    edited: optional(Schema.Array(Schema.Struct({ at: Schema.Int, entries: Schema.NonNegativeInt }))),
    ...rulesInForce,
    format: Schema.Int,
    seed: Schema.Int,
    settings: Tree,
    templates: Schema.Record({ key: Schema.String, value: Schema.String }),
  }),
)
export type RunStarted = Schema.Schema.Type<typeof runStarted.schema>

/** A later process start; what it says is in force from here on. */
export const runResumed = entryType("run.resumed", () =>
  Schema.Struct({
    ...rulesInForce,
    settings: Tree,
    templates: Schema.Record({ key: Schema.String, value: Schema.String }),
  }),
)

/**
 * An order to the clock: a new pace; an advance by so many virtual ms from here; its arrival there.
 * `real` and `<n>x` carry the offset to the host's clock from which a restart goes on.
 */
export const clockChanged = entryType("clock.changed", () =>
  Schema.Union(
    Schema.Struct({ offset, pace: Schema.String }),
    Schema.Struct({ advance_ms: Schema.NonNegativeInt }),
    Schema.Struct({ arrived: Schema.Literal(true), offset }),
  ),
)
export type ClockChanged = Schema.Schema.Type<typeof clockChanged.schema>

/** Settings that are in force from here on, and templates, all ten by their names, where these change. */
export const settingsChanged = entryType("settings.changed", () =>
  Schema.Struct({
    settings: Tree,
    templates: optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  }),
)

/** Projections forget, pending timers of what was cleared are cancelled, the log keeps. */
export const dataCleared = entryType("data.cleared", () =>
  Schema.Struct({ what: Schema.Literal("messages", "calls", "callbacks", "all") }),
)
export type Cleared = Schema.Schema.Type<typeof dataCleared.schema>["what"]

/** A rule threw: its turn left nothing but this. A poisoned timer is cancelled by it, an asker gets 500. */
export const turnFailed = entryType("turn.failed", () =>
  Schema.Struct({
    error: Schema.String,
    input: Schema.Struct({
      cause: Schema.NonNegativeInt,
      data: Schema.Any,
      subject: Schema.String,
      type: Schema.String,
    }),
  }),
)
export type TurnFailed = Schema.Schema.Type<typeof turnFailed.schema>

/** A request of the simulated API. `api` says whose: the carrier's, the gateway's … */
export const apiRequested = entryType("api.requested", () =>
  Schema.Struct({
    api: Schema.String,
    auth: optional(Credentials),
    body: optional(NotKept),
    /** Only headers that some rule reads. */
    headers: optional(Pairs),
    method: Schema.String,
    params: Pairs,
    path: Schema.String,
    /** The edge found that the address it comes from is not among those that are allowed, where the settings name any. */
    peer: optional(Schema.Literal("refused")),
    query: Pairs,
    /** What the edge found of a webhook's signature, where the API asks for one. */
    signature: optional(Schema.Literal("valid", "invalid", "absent")),
    /** The body as it came, of an API that takes JSON; `params` is then empty. */
    text: optional(Schema.String),
  }),
)
export type ApiRequested = Schema.Schema.Type<typeof apiRequested.schema>

/** Says that the text of an answer has holes that only the edge can fill: `{"secret":"<name>"}`, `{"url":"<path>"}`. */
const holes = optional(Schema.Literal(true))

/** Says that the answer never reaches whoever asked: the connection is reset, or closed. */
const undelivered = optional(Schema.Literal("reset", "closed"))

/** Beside those that every answer of the API has. */
const extraHeaders = optional(Pairs)

/**
 * The answer: whole for what changed something; status, hash and the seq it was rendered at for a read. Of bytes `content_type` says
 * what they are.
 */
export const apiResponded = entryType("api.responded", () =>
  Schema.Union(
    Schema.Struct({ body: Schema.String, headers: extraHeaders, holes, status: Schema.Int, undelivered }),
    Schema.Struct({
      content_type: optional(Schema.String),
      headers: extraHeaders,
      holes,
      rendered_at: Schema.Int,
      sha256: Schema.String,
      status: Schema.Int,
      undelivered,
    }),
  ),
)
export type ApiResponded = Schema.Schema.Type<typeof apiResponded.schema>

export const timerSet = entryType("timer.set", () => Schema.Struct({ due: Schema.Int, key: Schema.String }))
export const timerFired = entryType("timer.fired", () => Schema.Struct({ key: Schema.String }))
export const timerCancelled = entryType("timer.cancelled", () => Schema.Struct({ keys: Schema.Array(Schema.String) }))

/** An order: each of two pending timers, by their keys, is due when the other was. One that is pending no longer changes nothing. */
export const timersSwapped = entryType("timers.swapped", () =>
  Schema.Struct({ keys: Schema.Tuple(Schema.String, Schema.String) }),
)

/** Failures a policy may try again: answers 4xx and 5xx, no connection, no answer in time. */
export const RetryOn = Schema.Literal("4xx", "5xx", "ct", "rt", "all")
export type RetryOn = typeof RetryOn.Type

/**
 * A request that leaves the world: a callback attempt, a TwiML fetch, a provider call; `purpose` says which.
 *
 * `token` names the event across its attempts. `connect` is where it really goes when that differs from `url`, which is
 * what is signed. `via: world` never leaves the process. `retry` keeps the policy that was in force; without `on` every failure is
 * tried again. `copy` counts deliveries of one event beyond the first: duplicates and resends. `absolute` names parameters
 * whose values are paths of this server: the edge makes them absolute.
 */
export const outboundRequested = entryType("outbound.requested", () =>
  Schema.Struct({
    absolute: optional(Schema.Array(Schema.String)),
    attempt: Schema.Int.pipe(Schema.positive()),
    /** Who asks: HTTP Basic, or a bearer token. */
    auth: optional(
      Schema.Union(Schema.Struct({ bearer: SecretName }), Schema.Struct({ password: SecretName, user: Schema.String })),
    ),
    connect: optional(Schema.String),
    /** Ms to connect, where that is bounded for itself. */
    connect_ms: optional(Schema.Int.pipe(Schema.positive())),
    copy: optional(Schema.Int.pipe(Schema.positive())),
    /** A simulated fault: it never arrives; or it does, and its answer does not. */
    fault: optional(Schema.Literal("lost", "unanswered")),
    /** Beside those that the edge adds. */
    headers: optional(Pairs),
    /** A body of JSON in place of `params`. */
    json: optional(Schema.String),
    method: Schema.String,
    /** Never sent twice: if the process ends while it is on its way, it has failed as `interrupted`. */
    once: optional(Schema.Literal(true)),
    params: Pairs,
    purpose: Schema.String,
    /** Ms between two bytes of the answer, where that is bounded for itself. */
    read_ms: optional(Schema.Int.pipe(Schema.positive())),
    retry: optional(
      Schema.Struct({
        attempts: Schema.Int,
        gap_ms: Schema.Int,
        on: optional(Schema.Array(RetryOn)),
      }),
    ),
    sign: optional(Schema.String),
    timeout_ms: Schema.Int,
    token: Schema.String,
    url: Schema.String,
    via: Schema.Literal("world", "wire"),
  }),
)
export type OutboundRequested = Schema.Schema.Type<typeof outboundRequested.schema>

/** The answer to an outbound request, named by `cause`. A body that is no UTF-8 is base64. */
export const outboundAnswered = entryType("outbound.answered", () =>
  Schema.Struct({
    body: Schema.Union(
      Schema.String,
      Schema.Struct({ base64: Schema.String }),
      /** Too long to keep. One that was cut has at least this length, and no hash. */
      Schema.Struct({
        cut: optional(Schema.Literal(true)),
        length: Schema.NonNegativeInt,
        sha256: optional(Schema.String),
      }),
    ),
    /** Of media, whose body is then known by its length and hash, however short it is, and of webhooks. */
    content_type: optional(Schema.String),
    /** Where redirects led, hop by hop, without userinfo; the answer is that of the last one. */
    redirected: optional(Schema.Array(Schema.String)),
    status: Schema.Int,
  }),
)
export type OutboundAnswered = Schema.Schema.Type<typeof outboundAnswered.schema>

/**
 * An outbound request, named by `cause`, that got no answer. `after_ms` is the virtual time it took to find out. One that must not be
 * sent twice and was on its way when the process ended is `interrupted`: nobody knows whether it arrived.
 */
export const outboundFailed = entryType("outbound.failed", () =>
  Schema.Struct({
    after_ms: optional(Schema.NonNegativeInt),
    detail: optional(Schema.String),
    reason: Schema.Literal(
      "connect",
      "timeout",
      "reset",
      "refused",
      "not-recorded",
      "cancelled",
      "lost",
      "interrupted",
    ),
    /** Where redirects led before, hop by hop, as in `outbound.answered`. */
    redirected: optional(Schema.Array(Schema.String)),
  }),
)
export type OutboundFailed = Schema.Schema.Type<typeof outboundFailed.schema>

/** An answer, or that there is none; without `after_ms` it takes as long as the one it stands for. */
export const ReplacedAnswer = Schema.Union(
  Schema.Struct({ after_ms: optional(Schema.NonNegativeInt), body: Schema.String, status: Schema.Int }),
  Schema.Struct({ after_ms: optional(Schema.NonNegativeInt), drop: Schema.Literal("connect", "reset", "timeout") }),
)
export type ReplacedAnswer = typeof ReplacedAnswer.Type

/** An order: one attempt, made already or not, gets this answer instead of the one it would get. One that has its answer keeps it. */
export const answerReplaced = entryType("answer.replaced", () =>
  Schema.Struct({
    answer: ReplacedAnswer,
    attempt: Schema.Int.pipe(Schema.positive()),
    copy: optional(Schema.Int.pipe(Schema.positive())),
    purpose: Schema.String,
    token: Schema.String,
  }),
)
export type AnswerReplaced = Schema.Schema.Type<typeof answerReplaced.schema>

/** A callback that is not sent yet by a simulated fault: until `due`, or with `behind` until one about the same subject is, if that is sooner. */
export const callbackHeld = entryType("callback.held", () =>
  Schema.Struct({ behind: optional(Schema.Literal(true)), due: Schema.Int, request: outboundRequested.schema }),
)
export type CallbackHeld = Schema.Schema.Type<typeof callbackHeld.schema>

/** An operator's order to send a callback again; `of` is the seq of the attempt that is meant, `request` what it was. */
export const callbackResent = entryType("callback.resent", () =>
  Schema.Struct({ of: Schema.Int.pipe(Schema.positive()), request: outboundRequested.schema }),
)

/** Every type of entry of the core, for the checks at the doors. */
export const coreEntryTypes = [
  runStarted,
  runResumed,
  clockChanged,
  settingsChanged,
  dataCleared,
  turnFailed,
  apiRequested,
  apiResponded,
  timerSet,
  timerFired,
  timerCancelled,
  timersSwapped,
  outboundRequested,
  outboundAnswered,
  outboundFailed,
  answerReplaced,
  callbackHeld,
  callbackResent,
  clientTold,
] as const
