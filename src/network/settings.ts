import * as Schema from "effect/Schema"
import type { World } from "../core/Machine.ts"
import { insideHostOf } from "./inside.ts"

/*
 * The way out as the log keeps it: `settings.callbacks` and `settings.endpoints`, already normalised (ms, no defaults
 * missing) by app/settings. Secrets inside URLs are names.
 */

/** Callbacks that go wrong, in basis points of all of them; at most one thing happens to one, besides its latency. */
export const CallbackFaults = Schema.suspend(() =>
  Schema.Struct({
    /** Sent twice. */
    duplicated_bp: Schema.Int,
    /** Sent `late_ms` later. */
    late_bp: Schema.Int,
    /** The network's latency: each is sent up to so much later, and so is a duplicate; absent: at once. */
    latency_ms: Schema.optionalWith(Schema.Int, { exact: true }),
    late_ms: Schema.Int,
    /** Looks sent, and never arrives. */
    lost_bp: Schema.Int,
    /** Sent behind the next one about the same subject, or `late_ms` later if none comes before. */
    out_of_order_bp: Schema.Int,
    /** Arrives, and its answer does not, in all the time it has: it is tried again. */
    unanswered_bp: Schema.optionalWith(Schema.Int, { exact: true }),
  }),
)
export type CallbackFaults = typeof CallbackFaults.Type

/** A fault that is meant for particular callbacks: those about a subject, of an event, or both. */
export const AimedFault = Schema.suspend(() =>
  Schema.Struct({
    action: Schema.Union(
      Schema.Struct({ lost: Schema.Literal(true) }),
      Schema.Struct({ unanswered: Schema.Literal(true) }),
      Schema.Struct({ late_ms: Schema.Int }),
      Schema.Struct({ behind_ms: Schema.Int }),
      Schema.Struct({ copy_ms: Schema.Int }),
    ),
    event: Schema.optionalWith(Schema.String, { exact: true }),
    subject: Schema.optionalWith(Schema.String, { exact: true }),
  }),
)
export type AimedFault = typeof AimedFault.Type

export const CallbacksSettings = Schema.suspend(() =>
  Schema.Struct({
    aimed: Schema.optionalWith(Schema.Array(AimedFault), { exact: true }),
    /** Hosts and networks the wire may connect to; absent: all but those that are never wanted (allow.ts). */
    allow: Schema.optionalWith(Schema.Array(Schema.String), { exact: true }),
    faults: Schema.optionalWith(CallbackFaults, { exact: true }),
    /** Wire requests in flight at paces that never look at the host. */
    in_flight: Schema.Int,
    /** Host ms since the last request or answer of the application before a run counts as settled. */
    quiet_ms: Schema.Int,
    /** Sent to `to` instead of `from`, while the original URL is signed. The first that fits is taken. */
    rewrite: Schema.Array(Schema.Struct({ from: Schema.String, to: Schema.String })),
  }),
)
export type CallbacksSettings = typeof CallbacksSettings.Type

/** One scripted answer; of those that fit a request the last one serves all further attempts. */
export const ScriptedAnswer = Schema.suspend(() =>
  Schema.Struct({
    after_ms: Schema.Int,
    body: Schema.String,
    /** Of answers to webhooks; absent: by how the body begins. */
    content_type: Schema.optionalWith(Schema.String, { exact: true }),
    /** No answer at all: the connection is refused, reset, or hangs until the request's time-out. */
    drop: Schema.optionalWith(Schema.Literal("connect", "reset", "timeout"), { exact: true }),
    status: Schema.Int,
    /** Only to requests whose parameters have these values, in which `*` stands for any text; absent: to any. */
    when: Schema.optionalWith(Schema.Array(Schema.Tuple(Schema.String, Schema.String)), { exact: true }),
  }),
)
export type ScriptedAnswer = typeof ScriptedAnswer.Type

/** An endpoint inside the run: requests to URLs that begin with `url` never leave the process. */
export const ScriptedEndpoint = Schema.suspend(() =>
  Schema.Struct({
    answers: Schema.NonEmptyArray(ScriptedAnswer),
    /** Basis points of attempts that are answered 500 instead, drawn from the run's seed. */
    fail_bp: Schema.Int,
    url: Schema.String,
  }),
)
export type ScriptedEndpoint = typeof ScriptedEndpoint.Type

export const callbacksSettings = (world: World): CallbacksSettings =>
  world.settings.callbacks as unknown as CallbacksSettings

const endpoints = (world: World): ReadonlyArray<ScriptedEndpoint> =>
  world.settings.endpoints as unknown as ReadonlyArray<ScriptedEndpoint>

/** What the endpoints of one settings object come to; the last answer is kept, because a request is looked up a few times. */
interface KnownEndpoints {
  readonly prefixes: ReadonlyArray<readonly [prefix: string, endpoint: ScriptedEndpoint]>
  url: string | undefined
  found: ScriptedEndpoint | undefined
}
const knownEndpoints = new WeakMap<ReadonlyArray<ScriptedEndpoint>, KnownEndpoints>()

/** The scripted endpoint that answers for a URL, if one does. */
export const endpointFor = (world: World, url: string): ScriptedEndpoint | undefined => {
  const all = endpoints(world)
  let known = knownEndpoints.get(all)
  if (known === undefined) {
    known = { prefixes: all.map((endpoint) => [comparable(endpoint.url), endpoint]), url: undefined, found: undefined }
    knownEndpoints.set(all, known)
  }
  if (known.url !== url) {
    const plain = comparable(url)
    known.found = known.prefixes.find(([prefix]) => beginsWith(plain, prefix))?.[1]
    known.url = url
  }
  return known.found
}

/** What the settings say of a URL, with the userinfo that they have the names of: for whoever sends there. */
type Restored = (settings: string) => string
const byName: Restored = (settings) => settings

/** Where a request to `url` really goes: `via` and, when it was rewritten, `connect`. Nothing of `url` itself is restored. */
export const routeOut = (world: World, url: string, restored = byName): { via: "world" | "wire"; connect?: string } => {
  if (insideHostOf(url) !== undefined || endpointFor(world, url) !== undefined) return { via: "world" }
  const { rewrite } = callbacksSettings(world)
  if (rewrite.length === 0) return { via: "wire" }
  const plain = comparable(url)
  for (const { from, to } of rewrite)
    if (beginsWith(plain, comparable(from))) {
      const leads = replaced(plain, comparable(from), to)
      const inside = insideHostOf(leads) !== undefined || endpointFor(world, leads) !== undefined
      return { via: inside ? "world" : "wire", connect: replaced(plain, comparable(from), restored(to)) }
    }
  return { via: "wire" }
}

/** The public URL of one that callbacks are rewritten to, as far as the settings know it. */
export const publicUrlOf = (world: World, url: string, restored = byName): string | undefined => {
  const plain = comparable(url)
  for (const { from, to } of callbacksSettings(world).rewrite)
    if (beginsWith(plain, comparable(to))) return replaced(plain, comparable(to), restored(from))
  return undefined
}

/** Whether a URL is one that begins with `prefix`, as endpoints and rewriting have it. */
export const isBelow = (url: string, prefix: string): boolean => beginsWith(comparable(url), comparable(prefix))

/** A URL for comparing: scheme and host in lower case, userinfo left out. The rest counts as it is written. */
const comparable = (url: string): string => {
  const parts = /^([a-z]+:\/\/)(?:[^/?#]*@)?([^/?#]*)(.*)$/is.exec(url)
  return parts === null ? url : `${parts[1]}${parts[2]}`.toLowerCase() + parts[3]
}

/** The URL with `to` in place of `from`, whichever of the two ends in a slash. */
const replaced = (url: string, from: string, to: string): string =>
  to.replace(/\/$/, "") + url.slice(from.endsWith("/") ? from.length - 1 : from.length)

/** Whether a URL is `prefix` or goes on behind it at a boundary, so that `https://app.example` is not `https://app.example.org`. */
const beginsWith = (url: string, prefix: string): boolean => {
  if (!url.startsWith(prefix)) return false
  const next = url[prefix.length]
  return next === undefined || prefix.endsWith("/") || next === "/" || next === "?" || next === "#"
}
