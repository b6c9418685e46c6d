import { conversationsMachine } from "../conversations/conversations.machine.ts"
import { type ConversationMessage, newestConversations } from "../conversations/state.ts"
import type { Run } from "../engine/Run.ts"
import { gatewayMachine } from "../gateway/gateway.machine.ts"
import { healthAt } from "../gateway/health.ts"
import { type Gateway, providerOf } from "../gateway/state.ts"
import type { HealthChecks, HealthDoor } from "../server/Exchange.ts"
import type { Settings } from "./settings.ts"

/** Conversations and messages that are looked through for what was tried last: a look at health stays short however many there are. */
const lookedThrough = 200

export const healthDoor = (run: Run, { operations }: Pick<Settings, "operations">): HealthDoor => ({
  profile: operations.profile,
  checks: () => healthChecks(run),
})

/**
 * What health says of what a run depends on, from its world alone: nothing is asked for it. `unknown`: nothing was tried lately.
 *
 * The carrier   by the newest message that the conversation service handed over, or could not
 * The gateway   by its providers: down while none is healthy
 * The monitor   by the newest look-up of a tenant that ended
 */
export const healthChecks = ({ engine }: Run): HealthChecks => {
  const conversations = engine.world.slice(conversationsMachine)
  return {
    carrier: carrierOf(conversations.messages),
    gateway: gatewayOf(engine.world.slice(gatewayMachine), engine.now),
    monitor: monitorOf(newestConversations(conversations)),
  }
}

const carrierOf = (messages: ReadonlyArray<ConversationMessage>): HealthChecks["carrier"] => {
  for (let i = messages.length - 1; i >= Math.max(0, messages.length - lookedThrough); i--) {
    const { direction, reason, sid, via } = messages[i] as ConversationMessage
    if (direction !== "outbound" || via !== "api") continue
    if (sid !== "") return { status: "up" }
    // One that refuses a message is there.
    if (reason !== undefined) return /^answered 4(?!29)/.test(reason) ? { status: "up" } : down(reason)
  }
  return { status: "unknown" }
}

/** Health is open to everybody: what somebody else's answer says is no part of it. */
const down = (reason: string): HealthChecks["carrier"] => ({ status: "down", detail: reason.replace(/:.*$/s, "") })

/** Which provider it is, and what it said, is told to whoever may ask the gateway. */
const gatewayOf = (gateway: Gateway, at: number): HealthChecks["gateway"] => {
  const providers = gateway.settings.providers
    .filter(({ weight }) => weight > 0)
    .map(({ id }) => providerOf(gateway, id).health)
  if (providers.every(({ lastFailure, lastSuccess }) => lastFailure === undefined && lastSuccess === undefined))
    return { status: "unknown" }
  const unhealthy = providers.filter((health) => healthAt(health, at) !== "healthy").length
  if (unhealthy === 0) return { status: "up" }
  const detail = `${unhealthy} of ${providers.length} providers unhealthy`
  return { status: unhealthy === providers.length ? "down" : "up", detail }
}

const monitorOf = (newest: ReturnType<typeof newestConversations>): HealthChecks["monitor"] => {
  let last: { readonly at: number; readonly check: HealthChecks["monitor"] } | undefined
  let looked = 0
  for (const { lookup } of newest) {
    if (looked++ === lookedThrough) break
    if (lookup?._tag !== "Ended" || (last !== undefined && lookup.at <= last.at)) continue
    const { at, outcome, reason } = lookup
    const check = outcome === "failed" ? down(reason ?? "no answer") : ({ status: "up" } as const)
    last = { at, check }
  }
  return last?.check ?? { status: "unknown" }
}
