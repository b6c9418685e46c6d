import * as Either from "effect/Either"
import { sha256 } from "../../core/canonical.ts"
import { token } from "../../core/chance.ts"
import { isAnyAvailable } from "../choice.ts"
import { type RequestAccepted, requestAccepted } from "../entries.ts"
import { healthAt } from "../health.ts"
import { type GatewayRequest, takenBy } from "../requests.ts"
import type { GatewayProvider } from "../settings.ts"
import { type Gateway, nextPlace, providerOf, queueDepth, requestAt } from "../state.ts"
import { countAt, freeAt } from "../windows.ts"
import { type Handled, invalid, ok, type Reply, type Request, refused, retryAfter } from "./answers.ts"
import { objectIn, type Sendable, sendableIn } from "./fields.ts"

/* Requests to send: into the queue, or straight to one provider. */

/** The header that makes a repeat harmless. Source: draft-ietf-httpapi-idempotency-key-header-07. */
export const idempotencyHeader = "idempotency-key"
const keyForm = /^[\x21-\x7e]{1,255}$/

/** `POST /api/sms/`, `POST /api/sms/send`: into the queue. */
export const send = (request: Request): Handled => sent(request, undefined)

/** `POST /api/sms/<provider>`: past the queue, with one attempt; answered when the provider has answered. */
export const sendDirectly = (request: Request, provider: GatewayProvider): Handled => sent(request, provider)

const sent = (request: Request, direct: GatewayProvider | undefined): Handled => {
  const { entry, gateway } = request
  const sendable = Either.flatMap(objectIn(entry.data), (object) =>
    sendableIn(object, gateway.settings.country, entry.at),
  )
  if (Either.isLeft(sendable)) return sendable.left
  const key = entry.data.headers?.find(([name]) => name === idempotencyHeader)?.[1]
  if (key !== undefined && !keyForm.test(key))
    return invalid([
      {
        type: "value_error",
        loc: ["header", idempotencyHeader],
        msg: "Value error, 1 to 255 visible ASCII characters",
      },
    ])
  const idempotency =
    key === undefined ? undefined : { key, of: sha256(`${direct?.id ?? ""}\n${entry.data.text ?? ""}`) }
  const before = idempotency === undefined ? undefined : repeated(request, idempotency)
  if (before !== undefined) return before
  const { sendAt } = sendable.right
  const turnedAway =
    direct === undefined ? unable(gateway, sendAt, entry.at) : unableDirectly(gateway, direct, entry.at)
  if (turnedAway !== undefined) return turnedAway
  return taken(request, sendable.right, direct, idempotency)
}

const taken = (
  { gateway, world }: Request,
  { phone, priority, sendAt, text }: Sendable,
  direct: GatewayProvider | undefined,
  idempotency: RequestAccepted["idempotency"],
): Handled => {
  const n = nextPlace(gateway)
  const id = token(world.seed, "gateway request", String(n))
  const draft = requestAccepted.draft(id, {
    ...(direct === undefined ? {} : { direct: direct.id }),
    ...(idempotency === undefined ? {} : { idempotency }),
    n,
    phone,
    priority,
    ...(sendAt === undefined || direct !== undefined ? {} : { send_at: sendAt }),
    text,
  })
  return direct === undefined ? { ...queued(id), drafts: [draft] } : { later: [draft] }
}

/** The answer to a request that is in the queue. Source: the gateway's requirements, "Main SMS endpoints". */
const queued = (id: string): Reply =>
  ok(
    { success: true, message_id: id, message: "SMS queued for sending", provider: null, queued: true },
    { subject: id },
  )

/** The answer to a key that came before; `undefined` to one that is new. */
const repeated = (
  { entry, gateway }: Request,
  { key, of }: NonNullable<RequestAccepted["idempotency"]>,
): Reply | undefined => {
  const known = gateway.keys.get(key)
  if (known === undefined || known.at + gateway.settings.idempotency_ms <= entry.at) return undefined
  if (known.of !== of)
    return refused("idempotency_key_reused", "this Idempotency-Key came with another request before", { key })
  const request = requestAt(gateway, known.n)
  if (request === undefined) return undefined
  if (isUnanswered(gateway, request))
    return refused("request_in_progress", "the request with this Idempotency-Key is not answered yet", { key })
  const reply = request.rare?.direct === undefined ? queued(request.id) : directAnswer(request)
  return { ...reply, headers: [...(reply.headers ?? []), ["Idempotent-Replayed", "true"]] }
}

const isUnanswered = ({ awaiting }: Gateway, { rare }: GatewayRequest): boolean =>
  rare?.askedBy !== undefined && awaiting.has(rare.askedBy)

/** Why nothing can be taken now. What is scheduled needs no provider yet. */
const unable = (gateway: Gateway, sendAt: number | undefined, at: number): Reply | undefined => {
  const { limits, queue_max } = gateway.settings
  const current = countAt(gateway.intake, limits, at)
  if (limits.intake !== undefined && current >= limits.intake)
    return limited("the gateway takes no more requests in this window", current, limits.intake, nextWindow(gateway, at))
  const waiting = queueDepth(gateway)
  if (waiting >= queue_max)
    return refused("queue_full", "the queue is full", { current_count: waiting, limit: queue_max }, retryAfter(1_000))
  return sendAt !== undefined || isAnyAvailable(gateway, at) ? undefined : nobody(gateway, at)
}

const nobody = (gateway: Gateway, at: number): Reply => {
  const { providers } = gateway.settings
  const first = Math.min(
    ...providers.filter(({ weight }) => weight > 0).map(({ id }) => providerOf(gateway, id).health.until ?? at),
  )
  const after = Number.isFinite(first) ? retryAfter(first - at) : undefined
  const health = Object.fromEntries(providers.map(({ id }) => [id, healthAt(providerOf(gateway, id).health, at)]))
  return refused("no_provider_available", "no provider is available", { providers: health }, after)
}

const unableDirectly = (
  gateway: Gateway,
  { id, in_flight_max, limit }: GatewayProvider,
  at: number,
): Reply | undefined => {
  const { limits } = gateway.settings
  const { inFlight, window } = providerOf(gateway, id)
  const free = freeAt(window, limits, limit, at)
  if (free > at)
    return limited(`${id} may have no more requests in this window`, countAt(window, limits, at), limit, free - at, id)
  const totalFree = freeAt(gateway.total, limits, limits.total, at)
  if (totalFree > at) {
    const current = countAt(gateway.total, limits, at)
    return limited(
      "all providers together may have no more requests in this window",
      current,
      limits.total,
      totalFree - at,
    )
  }
  return inFlight >= in_flight_max
    ? refused(
        "provider_busy",
        `${inFlight} requests are on their way to ${id}`,
        { provider: id, current_count: inFlight, limit: in_flight_max },
        retryAfter(1_000),
      )
    : undefined
}

const nextWindow = ({ settings }: Gateway, at: number): number =>
  settings.limits.window_ms - (at % settings.limits.window_ms)

const limited = (message: string, current_count: number, limit: number, ms: number, provider?: string): Reply =>
  refused(
    "rate_limit_exceeded",
    message,
    { ...(provider === undefined ? {} : { provider }), current_count, limit, retry_after_ms: ms },
    retryAfter(ms),
  )

/** The answer to a direct request, from what its one attempt came to. */
export const directAnswer = (request: GatewayRequest): Reply => {
  const { attempts, id } = request
  const attempt = takenBy(request) ?? attempts.at(-1)
  const provider = request.rare?.direct ?? ""
  const about = {
    message_id: id,
    provider,
    ...(attempt?.status === undefined ? {} : { provider_status: attempt.status }),
  }
  const why = attempt?.reason ?? "no answer"
  const reply = (): Reply => {
    switch (attempt?.outcome) {
      case "accepted":
        return ok({
          success: true,
          message_id: id,
          message: `SMS sent by ${provider}`,
          provider,
          queued: false,
          provider_message_id: attempt.providerMessageId ?? null,
        })
      case "refused":
        return refused("provider_refused", why, { ...about, code: attempt.code })
      case "limited":
        return refused("provider_limited", why, about)
      case "failed":
      case "never-arrived":
        return refused("provider_failed", why, about)
      default:
        return refused("provider_unsure", why, about)
    }
  }
  return { ...reply(), subject: id }
}
