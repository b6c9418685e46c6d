import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Calls } from "../carriers/twilio/calls/calls.ts"
import { seenCall, seenCalls } from "../carriers/twilio/calls/seenCalls.ts"
import { itemsOf } from "../carriers/twilio/collection.ts"
import { twilioMachine } from "../carriers/twilio/twilio.machine.ts"
import { conversationsMachine } from "../conversations/conversations.machine.ts"
import type { OutboundRequested } from "../core/entries.ts"
import type { CallsSource, Shown } from "../dashboard/Shown.ts"
import type { Sign } from "../network/exchange.ts"
import { restoreUserinfo, type SecretStore } from "../network/secretUrl.ts"
import type { Exchange } from "../server/Exchange.ts"
import type { PathHandler } from "../server/onFirstUse.ts"
import { machines } from "./machines.ts"
import { messagesView } from "./messagesView.ts"

/** Loads the pages over a run; nothing of them is there before. */
export type PagesOfRun = () => Promise<Effect.Effect<PathHandler, never, Scope.Scope>>

interface Edge {
  readonly signs: (name: string) => Sign | undefined
  readonly secrets: SecretStore
}

export const pagesOfRun =
  (exchange: typeof Exchange.Service, edge: Edge): PagesOfRun =>
  async () =>
    (await import("../dashboard/pagesHandler.ts")).pagesHandler(shownOf(exchange, edge))

/** What pages show of the exchange. */
const shownOf = (
  { messages, run, settings, templates, travel, version }: typeof Exchange.Service,
  edge: Edge,
): Shown => {
  const twilio = () => run.engine.world.slice(twilioMachine)
  return {
    run,
    version,
    accountSid: () => twilio().settings.account_sid,
    messages,
    calls: callsView(() => twilio().calls),
    messagesIn: (world) => {
      const there = world.slice(twilioMachine).messages
      return messagesView(() => there)
    },
    callsIn: (world) => {
      const there = world.slice(twilioMachine).calls
      return callsView(() => there)
    },
    conversations: () => run.engine.world.slice(conversationsMachine),
    conversationsIn: (world) => world.slice(conversationsMachine),
    machines,
    forks: travel.forks,
    breakpoints: travel.breakpoints.all,
    numbers: () =>
      itemsOf(twilio().senders.numbers).map(({ accountSid, bySettings, config, number, sid }) => ({
        sid,
        number,
        accountSid,
        bySettings,
        friendlyName: config.friendly_name ?? "",
        smsUrl: config.sms_url ?? "",
        smsMethod: config.sms_method ?? "POST",
        smsFallbackUrl: config.sms_fallback_url ?? "",
        statusCallback: config.status_callback ?? "",
        voiceUrl: config.voice_url ?? "",
        voiceMethod: config.voice_method ?? "POST",
        voiceFallbackUrl: config.voice_fallback_url ?? "",
      })),
    accounts: () =>
      itemsOf(twilio().accounts.accounts).map(({ friendlyName, owner, sid, status }) => ({
        sid,
        name: friendlyName,
        status,
        own: owner === sid,
      })),
    settings: settings.read,
    templates: templates.read,
    signatureOf: (request) => signatureOf(request, edge),
  }
}

const callsView = (calls: () => Calls): CallsSource => ({
  count: () => calls().size,
  newest: (before) => seenCalls(calls(), before),
  bySid: (sid) => seenCall(calls(), sid),
})

/** The signature of a request as the edge makes it. */
const signatureOf = (request: OutboundRequested, { secrets, signs }: Edge): string | undefined =>
  request.sign === undefined
    ? undefined
    : signs(request.sign)?.(request, restoreUserinfo(request.url, secrets))["X-Twilio-Signature"]
