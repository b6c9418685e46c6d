import { token } from "../../core/chance.ts"
import type { ApiRequested, OutboundRequested } from "../../core/entries.ts"
import type { Group } from "../../core/group.ts"
import type { World } from "../../core/Machine.ts"
import { insideHostOf } from "../../network/inside.ts"
import { endpointFor } from "../../network/settings.ts"
import { type GatewayProvider, gatewaySettings } from "../settings.ts"
import { fieldsOf, textOf } from "./answers.ts"
import type { ProviderDecided } from "./entries.ts"
import { providerPath, simulatedAt } from "./place.ts"
import { defaultProfile } from "./profile.ts"
import { decideRequest } from "./simulate.ts"
import { inSecond, type Simulated, takenKey } from "./simulated.ts"

/* Requests as simulated providers read them, from inside the run and from outside. */

/** Longest reference and URL that a provider takes; of longer ones it takes the beginning. */
const referenceMax = 200
const urlMax = 2_000

/** The simulated provider that a request of this run goes to; undefined where it is somebody else's. */
export const providerOf = ({ connect, url, via }: Pick<OutboundRequested, "connect" | "url" | "via">) => {
  const host = via === "world" ? insideHostOf(connect ?? url) : undefined
  return host === undefined ? undefined : simulatedAt(host)
}

/** Whether a scripted endpoint stands in a provider's place. */
export const isScripted = (world: World, { connect, url }: OutboundRequested): boolean =>
  endpointFor(world, connect ?? url) !== undefined

/** What a provider does with a request of this run. */
export const decideInside = (
  world: World,
  simulated: Simulated,
  provider: string,
  request: OutboundRequested,
): ProviderDecided => {
  if (request.method === "GET") return told(simulated, provider, paramOf(request.params, "reference"))
  const fields = fieldsOf(request.json)
  const reference = textOf(fields, "reference") || request.token
  // It is counted already.
  const before = inSecond(simulated, provider, world.at) - 1
  return decide(world, simulated, { provider, reference, fields, n: request.attempt, before })
}

/** What a provider does with a request from outside; or the status and text with which it is turned away. */
export const decideOutside = (
  world: World,
  simulated: Simulated,
  request: ApiRequested,
): ProviderDecided | { readonly status: number; readonly body: string } => {
  if (request.path === "/health" && request.method === "GET") return { status: 200, body: '{"status":"healthy"}' }
  const provider = addressed(world, request)
  if (provider === undefined) return refused(404, "no such path; post to /api/sms/<provider>")
  if (request.method === "GET") {
    const reference = paramOf(request.query, "reference")
    return reference === ""
      ? { status: 200, body: JSON.stringify({ provider, status: "healthy" }) }
      : told(simulated, provider, reference)
  }
  if (request.method !== "POST") return refused(405, "POST a text, or GET one with ?reference=")
  if (request.body !== undefined)
    return request.body.why === "too-large" ? refused(413, "the body is too large") : refused(400, "expected JSON")
  const fields = fieldsOf(request.text)
  const n = simulated.outsideCount
  const reference = textOf(fields, "reference") || token(world.seed, `${provider} reference`, String(n))
  const callback = fields.callback_url
  const before = inSecond(simulated, provider, world.at)
  const decided = decide(world, simulated, { provider, reference, fields, n, before })
  return typeof callback === "string" && isHttpUrl(callback) && decided.receipts !== undefined
    ? { ...decided, callback_url: callback.toWellFormed() }
    : decided
}

/** The provider whose path a request from outside is about. */
const addressed = (world: World, { path }: Pick<ApiRequested, "path">): string | undefined =>
  gatewaySettings(world.settings).providers.find(({ id }) => providerPath(id) === path)?.id

const isHttpUrl = (text: string): boolean => text.length <= urlMax && /^https?:\/\//i.test(text) && URL.canParse(text)

const refused = (status: number, error: string) => ({
  status,
  body: JSON.stringify({ success: false, code: "not_understood", error }),
})

interface Asked {
  readonly provider: string
  readonly reference: string
  readonly fields: Group
  readonly n: number
  /** Texts of this second before it. */
  readonly before: number
}

const decide = (world: World, simulated: Simulated, asked: Asked): ProviderDecided => {
  const { before, fields, n, provider } = asked
  const reference = asked.reference.slice(0, referenceMax)
  const config: GatewayProvider | undefined = gatewaySettings(world.settings).providers.find(
    ({ id }) => id === provider,
  )
  const decided = decideRequest(
    {
      provider,
      reference,
      n,
      phone: textOf(fields, "phone", "to"),
      text: textOf(fields, "text", "message"),
      at: world.at,
    },
    {
      profile: config?.profile ?? defaultProfile,
      seed: world.seed,
      startedAt: simulated.startedAt,
      inSecond: before,
      takenAs: simulated.taken.get(takenKey(provider, reference)),
      cost: config?.price,
    },
  )
  return { ...decided, provider, reference }
}

/** What a provider knows of a reference. */
const told = ({ taken }: Simulated, provider: string, asked: string): ProviderDecided => {
  const reference = asked.slice(0, referenceMax)
  const message_id = taken.get(takenKey(provider, reference))
  return message_id === undefined
    ? { after_ms: 0, fate: "unknown", provider, reference }
    : { after_ms: 0, fate: "known", message_id, provider, reference }
}

const paramOf = (pairs: ReadonlyArray<readonly [string, string]>, name: string): string =>
  pairs.find(([found]) => found === name)?.[1] ?? ""
