import { roll, token } from "../core/chance.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundRequested,
  timerSet,
} from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { notAllowed } from "../network/allow.ts"
import { routeOut } from "../network/settings.ts"
import { tenantAsked, tenantLookedUp } from "./entries.ts"
import { asksOf } from "./numbers.ts"
import { conversationsSettings } from "./settings.ts"
import { type Conversation, type Conversations, conversationOf, type Lookup, lookupPurpose } from "./state.ts"
import { fieldsOf, gapMs, whyNot } from "./tries.ts"

/*
 * Whose a number is: the monitor is asked, one form of the number after the other.
 *
 *   tenant-asked ──> outbound.requested ──> 200 with a tenant ──> looked-up (found)
 *                        │      ├──── 404 ──> the next form, or looked-up (none)
 *                        │      └──── 429, 5xx, no answer ──> timer ──> requested again, or looked-up (failed)
 *                        └── any other answer ──> looked-up (failed)
 *
 * 1. A conversation has at most one look-up under way.
 * 2. One that failed is made anew when the number writes again; one that found nobody only after `recheck_ms`.
 */

/** The timer of the next attempt of a conversation's look-up. */
export const lookupKey = (id: string): string => `tenant ${id}`

/** A look-up of the tenant of a number that is not known, if one is due. */
export const lookupDue = (world: World, conversation: Conversation): ReadonlyArray<Draft> => {
  const { lookup, tenantId } = conversation
  if (tenantId !== undefined || lookup?._tag === "Asking") return []
  const fresh = lookup?.outcome === "none" && world.at < lookup.at + conversationsSettings(world).monitor.recheck_ms
  return fresh ? [] : [beginLookup(conversation)]
}

/** A look-up, whatever is known. */
export const beginLookup = ({
  id,
  lookups,
  number,
  original,
}: Pick<Conversation, "id" | "lookups" | "number" | "original">): Draft =>
  tenantAsked.draft(id, { asks: asksOf(original, number), lookup: lookups + 1 })

type Asking = Extract<Lookup, { readonly _tag: "Asking" }>

/** A request for one form of the number. */
const ask = (
  world: World,
  { id, lookups }: Conversation,
  lookup: Asking,
  at: { readonly ask: number; readonly attempt: number },
): Draft => {
  const { path, timeout_ms, token: bearer, url: base } = conversationsSettings(world).monitor
  const url = `${base.replace(/\/$/, "")}${path}`
  const { connect, via } = routeOut(world, url)
  return outboundRequested.draft(id, {
    attempt: at.attempt,
    ...(bearer === undefined ? {} : { auth: { bearer } }),
    ...(connect === undefined ? {} : { connect }),
    method: "GET",
    params: [["phone", lookup.asks[at.ask]?.text ?? ""]],
    purpose: lookupPurpose,
    timeout_ms,
    token: token(world.seed, `tenant ${lookups} ${at.ask}`, id),
    url,
    via,
  })
}

const askingOf = (conversations: Conversations, id: string): readonly [Conversation, Asking] | undefined => {
  const conversation = conversationOf(conversations, id)
  return conversation?.lookup?._tag === "Asking" ? [conversation, conversation.lookup] : undefined
}

/** The first request of a look-up that has begun. */
export const lookupBegun = (world: World, conversations: Conversations, id: string): ReadonlyArray<Draft> => {
  const asking = askingOf(conversations, id)
  return asking === undefined ? [] : [ask(world, ...asking, { ask: 0, attempt: 1 })]
}

/** The next attempt, where this is its timer. */
export const lookupAgain = (
  world: World,
  conversations: Conversations,
  key: string,
  id: string,
): ReadonlyArray<Draft> => {
  const asking = key === lookupKey(id) ? askingOf(conversations, id) : undefined
  return asking === undefined ? [] : [ask(world, ...asking, { ask: asking[1].ask, attempt: asking[1].attempt + 1 })]
}

/** What one request came to. */
type AskEnd =
  | { readonly _tag: "Found"; readonly tenant: string }
  | { readonly _tag: "Nobody" }
  | { readonly _tag: "Again"; readonly reason: string }
  | { readonly _tag: "Failed"; readonly reason: string }

const endOf = (entry: Entry<OutboundAnswered> | Entry<OutboundFailed>): AskEnd => {
  if (!outboundAnswered.is(entry)) {
    const failure = entry.data as OutboundFailed
    const last = failure.detail === notAllowed || failure.reason === "cancelled" || failure.reason === "not-recorded"
    return { _tag: last ? "Failed" : "Again", reason: whyNot(failure) }
  }
  const { status } = entry.data
  if (status === 404) return { _tag: "Nobody" }
  if (status === 429 || status >= 500) return { _tag: "Again", reason: `answered ${status}` }
  if (status !== 200) return { _tag: "Failed", reason: `answered ${status}` }
  const { tenant_id: tenant } = fieldsOf(entry.data)
  if (tenant === null) return { _tag: "Nobody" }
  return typeof tenant === "string" && tenant !== "" && tenant.length <= tenantLengthMax
    ? { _tag: "Found", tenant }
    : { _tag: "Failed", reason: "answered 200 without a tenant_id" }
}
const tenantLengthMax = 100

/** What follows from how a request ended. */
export const askEnded = (
  world: World,
  conversations: Conversations,
  id: string,
  entry: Entry<OutboundAnswered> | Entry<OutboundFailed>,
): ReadonlyArray<Draft> => {
  const asking = askingOf(conversations, id)
  if (asking === undefined) return []
  const [conversation, lookup] = asking
  const end = endOf(entry)
  const over = { attempts: lookup.attempts, lookup: conversation.lookups }
  switch (end._tag) {
    case "Found": {
      const variant = lookup.asks[lookup.ask]?.variant
      return [
        tenantLookedUp.draft(id, {
          ...over,
          outcome: "found",
          tenant_id: end.tenant,
          ...(variant === undefined ? {} : { variant }),
        }),
      ]
    }
    case "Nobody":
      return lookup.ask + 1 < lookup.asks.length
        ? [ask(world, conversation, lookup, { ask: lookup.ask + 1, attempt: 1 })]
        : [tenantLookedUp.draft(id, { ...over, outcome: "none" })]
    case "Failed":
      return [tenantLookedUp.draft(id, { ...over, outcome: "failed", reason: end.reason })]
    case "Again": {
      const { monitor } = conversationsSettings(world)
      if (lookup.attempt >= monitor.attempts)
        return [tenantLookedUp.draft(id, { ...over, outcome: "failed", reason: end.reason })]
      const n = lookup.ask * monitor.attempts + lookup.attempt
      const due = world.at + gapMs(monitor, lookup.attempt, roll(world.seed, `tenant ${conversation.lookups}`, id, n))
      return [timerSet.draft(id, { due, key: lookupKey(id) })]
    }
  }
}

/** A look-up ends as failed because a rule threw at it. */
export const lookupBroken = (conversations: Conversations, id: string): ReadonlyArray<Draft> => {
  const asking = askingOf(conversations, id)
  if (asking === undefined) return []
  const [{ lookups }, { attempts }] = asking
  return [tenantLookedUp.draft(id, { attempts, lookup: lookups, outcome: "failed", reason: "a rule failed" })]
}
