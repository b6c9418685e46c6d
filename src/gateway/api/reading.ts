import * as Either from "effect/Either"
import type { Pair } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { type GatewayRequest, type RequestStatus, requestStatuses, takenBy } from "../requests.ts"
import type { GatewayProvider } from "../settings.ts"
import { countOf, type Gateway, queueDepth } from "../state.ts"
import { invalid, ok, type Reply, type Request, refused, type Wrong } from "./answers.ts"
import { numberIn } from "./fields.ts"
import {
  distributionShown,
  healthShown,
  providerShown,
  providerStatus,
  rateLimitsShown,
  requestShown,
  requestWithResponses,
} from "./views.ts"

/* Everything that is only looked at. */

export const rateLimits = ({ entry, gateway }: Request): Reply => ok(rateLimitsShown(gateway, entry.at))

export const allHealth = ({ entry, gateway }: Request): Reply => {
  const providers = gateway.settings.providers.map((provider) => healthShown(gateway, provider, entry.at))
  return ok({ providers, healthy: providers.filter(({ is_healthy }) => is_healthy).length, total: providers.length })
}

export const healthOf = ({ entry, gateway }: Request, provider: GatewayProvider): Reply =>
  ok(healthShown(gateway, provider, entry.at))

export const distribution = ({ gateway }: Request): Reply =>
  ok({
    ...distributionShown(gateway),
    queue: {
      depth: queueDepth(gateway),
      ...Object.fromEntries(requestStatuses.map((status) => [status, countOf(gateway, status)])),
    },
  })

export const allProviders = ({ entry, gateway }: Request): Reply => {
  const providers = gateway.settings.providers.map((provider) => providerShown(gateway, provider, entry.at))
  return ok({ providers, total: providers.length })
}

export const statusOf = ({ entry, gateway }: Request, provider: GatewayProvider): Reply =>
  ok(providerStatus(gateway, provider, entry.at))

export const oneRequest = (_: Request, request: GatewayRequest): Reply =>
  ok(requestWithResponses(request), { subject: request.id })

export const requests = (request: Request): Reply => listed(request, () => true)

/** What the gateway has given up, newest first. */
export const deadLetters = (request: Request): Reply =>
  listed(request, ({ status }) => status === "failed" || status === "unsure")

interface Filter {
  readonly limit: number
  readonly status: RequestStatus | undefined
  readonly provider: string | undefined
  readonly phone: string | undefined
  readonly from: number
}

const listed = ({ entry, gateway }: Request, among: (request: GatewayRequest) => boolean): Reply => {
  const filter = filterIn(gateway, entry.data.query)
  if (Either.isLeft(filter)) return filter.left
  const { from, limit, phone, provider, status } = filter.right
  const found: Array<GatewayRequest> = []
  const last = Math.max(0, from - limits.listScanMessagesMax)
  let i = from
  while (i > last && found.length < limit) {
    i--
    if (status !== undefined && gateway.byId.value(i, "status") !== status) continue
    if (phone !== undefined && gateway.byId.value(i, "phone") !== phone) continue
    const request = gateway.byId.at(i) as GatewayRequest
    if (provider !== undefined && takenBy(request)?.provider !== provider) continue
    if (among(request)) found.push(request)
  }
  return ok({
    requests: found.map(requestShown),
    count: found.length,
    limit,
    // Of a page that is not full because so many were looked through, too.
    next_cursor: i > 0 ? gateway.byId.value(i, "id") : null,
    totals: Object.fromEntries(requestStatuses.map((each) => [each, countOf(gateway, each)])),
  })
}

const filterIn = (gateway: Gateway, query: ReadonlyArray<Pair>): Either.Either<Filter, Reply> => {
  const wrong: Array<Wrong> = []
  const given = (name: string) => query.find(([found, value]) => found === name && value !== "")?.[1]
  const add = (name: string, type: string, msg: string) => void wrong.push({ type, loc: ["query", name], msg })
  const limit = given("limit") ?? "50"
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1_000)
    add("limit", "int_range", "Input should be a whole number, 1 to 1000")
  const status = given("status")
  if (status !== undefined && !isStatus(status))
    add("status", "enum", `Input should be one of ${requestStatuses.join(", ")}`)
  const provider = given("provider")
  if (provider !== undefined && !gateway.providers.has(provider))
    add("provider", "value_error", "Value error, no such provider")
  const phone = given("phone")
  // A form makes a space of an unescaped plus.
  const number = phone === undefined ? undefined : numberIn(phone.replace(/^ /, "+"), gateway.settings.country)
  if (typeof number === "object") add("phone", "value_error", "Value error, not a phone number")
  const cursor = given("cursor")
  const after = cursor === undefined ? undefined : gateway.byId.placeOf(cursor)
  if (cursor !== undefined && after === undefined) add("cursor", "value_error", "Value error, no such request")
  if (wrong.length > 0) return Either.left(invalid(wrong))
  return Either.right({
    limit: Number(limit),
    status: status as RequestStatus | undefined,
    provider,
    phone: number as string | undefined,
    from: after ?? gateway.byId.length,
  })
}

const isStatus = (text: string): text is RequestStatus => requestStatuses.some((status) => status === text)

export const noRequest = (id: string): Reply =>
  refused("unknown_request", "no request has this id", { id: id.slice(0, 100) })

export const noProvider = (gateway: Gateway, id: string): Reply =>
  refused("unknown_provider", "no provider has this id", {
    provider: id.slice(0, 100),
    providers: gateway.settings.providers.map((provider) => provider.id),
  })
