import * as Either from "effect/Either"
import { token } from "../../core/chance.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  dataCleared,
  outboundRequested,
  runResumed,
  runStarted,
  settingsChanged,
  timerFired,
  timerSet,
  turnFailed,
} from "../../core/entries.ts"
import { evolves, type Machine, reacts, type World } from "../../core/Machine.ts"
import { routeOut } from "../../network/settings.ts"
import { messageCreated, messageStatusChanged } from "../delivery/entries.ts"
import { decide } from "../delivery/lifecycle.decider.ts"
import { twilioError } from "./errors.ts"
import { addMessage, changeStatus, clearMessages, type Message, stateOf } from "./messages.ts"
import { answerRequest } from "./routes.ts"
import { type TwilioSettings, twilioApi } from "./settings.ts"
import { configure, furnish, initialTwilio, type Twilio, twilioSnapshot } from "./state.ts"
import { errorBody, messageValues } from "./wireOut.ts"

/*
 * Twilio: API requests in, messages through their lives, status callbacks out.
 *
 *   api.requested ──> message.created, api.responded ──> timer ──> status changes ──> outbound.requested (callback)
 */

/** Virtual ms a callback endpoint has to answer. Source: errors 11205, 11200: 15 s in all. */
const callbackTimeoutMs = 15_000

/** Statuses an API-created message reports. Source: "Outbound message status in status callbacks". */
const reported: ReadonlySet<string> = new Set(["sent", "failed", "delivered", "undelivered"])

/** The name in `outbound.requested.sign` of the carrier's headers and signature. */
export const twilioSign = "twilio"

const timerKey = (sid: string): string => `message ${sid}`

const settingsIn = (settings: unknown): TwilioSettings => (settings as { twilio: TwilioSettings }).twilio

const takeUp = (
  twilio: Twilio,
  { data }: Entry<{ settings: unknown; templates: Readonly<Record<string, string>> }>,
): void => {
  configure(twilio, settingsIn(data.settings))
  furnish(twilio, data.templates)
}

/** The callback that reports a message's status, if one is due. */
const callback = (
  world: World,
  { settings, templates }: Twilio,
  message: Message,
  status: string,
): ReadonlyArray<Draft> => {
  const url = message.statusCallback
  if (url === undefined || !settings.callbacks.enabled || !reported.has(status)) return []
  const { connect, via } = routeOut(world, url)
  return [
    outboundRequested.draft(message.sid, {
      attempt: 1,
      ...(connect === undefined ? {} : { connect }),
      method: "POST",
      params: templates.delivery_status.pairs({ ...messageValues(message), status }),
      purpose: "callback",
      retry: { attempts: settings.callbacks.retry_attempts, gap_ms: settings.callbacks.retry_delay_ms },
      sign: twilioSign,
      timeout_ms: callbackTimeoutMs,
      token: token(world.seed, `callback ${status}`, message.sid),
      url,
      via,
    }),
  ]
}

const due = (message: Message, at: number): Draft =>
  timerSet.draft(message.sid, { due: at + (message.plan?.delay_ms ?? 0), key: timerKey(message.sid) })

export const twilioMachine: Machine<Twilio> = {
  name: "twilio",
  initial: initialTwilio,
  snapshot: twilioSnapshot,
  evolve: [
    evolves(runStarted, takeUp),
    evolves(runResumed, takeUp),
    evolves(settingsChanged, (twilio, { data }) => configure(twilio, settingsIn(data.settings))),
    evolves(messageCreated, ({ messages }, entry) => addMessage(messages, entry)),
    evolves(messageStatusChanged, ({ messages }, entry) => changeStatus(messages, entry)),
    evolves(dataCleared, ({ messages }, { data: { what } }) => {
      if (what === "messages" || what === "all") clearMessages(messages)
    }),
  ],
  react: [
    reacts(apiRequested, (world, entry, twilio) =>
      entry.data.api === twilioApi ? answerRequest(world, entry, twilio) : [],
    ),
    reacts(messageCreated, (_, { at, subject }, { messages }) => {
      const message = messages.bySid.get(subject)
      return message?.status === "queued" ? [due(message, at)] : []
    }),
    reacts(messageStatusChanged, (world, { at, subject, data: { status } }, twilio) => {
      const message = twilio.messages.bySid.get(subject)
      if (message === undefined) return []
      const reports = callback(world, twilio, message, status)
      return status === "sent" ? [...reports, due(message, at)] : reports
    }),
    reacts(timerFired, (_, { subject, data: { key } }, { messages }) => {
      if (key !== timerKey(subject)) return []
      const message = messages.bySid.get(subject)
      if (message === undefined) return []
      const state = stateOf(message)
      // A refusal means that nothing is left to do: the message has ended meanwhile.
      return Either.getOrElse(
        decide(state, { _tag: state._tag === "Queued" ? "HandOver" : "Land", sid: subject }),
        () => [],
      )
    }),
    reacts(turnFailed, (_, { seq, data: { input } }) =>
      input.type === apiRequested.type && (input.data as { api?: unknown }).api === twilioApi
        ? [apiResponded.draft(input.subject, { body: errorBody(twilioError(20500)), status: 500 }, seq)]
        : [],
    ),
  ],
}
