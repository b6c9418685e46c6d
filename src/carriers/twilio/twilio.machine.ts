import { token } from "../../core/chance.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  dataCleared,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  settingsChanged,
  timerCancelled,
  timerFired,
  turnFailed,
} from "../../core/entries.ts"
import { evolves, type Machine, reacts, type World } from "../../core/Machine.ts"
import { routeOut } from "../../network/settings.ts"
import {
  mediaDeleted,
  mediaStored,
  messageCreated,
  messageDeleted,
  messageFeedbackGiven,
  messageRedacted,
  messageStatusChanged,
} from "../delivery/entries.ts"
import { changesOfAccounts } from "./accounts/changes.ts"
import { itemOf } from "./collection.ts"
import { twilioError } from "./errors.ts"
import { delayed, requestOf } from "./latency.ts"
import { begun, fallenDue, mediumAnswered, mediumThere, nextStep, timerKey } from "./messages/delivering.ts"
import { notObtained, obtained } from "./messages/obtainMedia.ts"
import {
  addMedium,
  addMessage,
  changeStatus,
  clearMessages,
  deleteMedium,
  deleteMessage,
  fetchMedium,
  type Message,
  redactMessage,
  takeFeedback,
} from "./messages.ts"
import { answerRequest } from "./routes.ts"
import { changesOfSenders } from "./senders/changes.ts"
import { subaccountSign, type TwilioSettings, twilioApi, twilioSign } from "./settings.ts"
import { configure, furnish, initialTwilio, type Twilio, twilioSnapshot } from "./state.ts"
import { changesOfVerify } from "./verify/changes.ts"
import { errorBody, messageValues } from "./wireOut.ts"

/*
 * Twilio: API requests in, messages through their lives, status callbacks out.
 *
 *   api.requested ──> message.created, api.responded ──> timer ──> status changes ──> outbound.requested (callback)
 */

/** Virtual ms a callback endpoint has to answer. Source: errors 11205, 11200: 15 s in all. */
const callbackTimeoutMs = 15_000

/** Statuses an API-created message reports. Source: "Outbound message status in status callbacks". */
const reported: ReadonlySet<string> = new Set(["sent", "failed", "delivered", "undelivered", "canceled"])

const settingsIn = (settings: unknown): TwilioSettings => (settings as { twilio: TwilioSettings }).twilio

const takeUp = (
  twilio: Twilio,
  { at, data }: Entry<{ settings: unknown; templates: Readonly<Record<string, string>> }>,
): void => {
  configure(twilio, settingsIn(data.settings), at)
  furnish(twilio, data.templates)
}

/** The callback that reports a message's status, if one is due. */
const callback = (world: World, twilio: Twilio, message: Message, status: string): ReadonlyArray<Draft> => {
  const { settings, templates } = twilio
  const url = message.statusCallback
  if (url === undefined || !settings.callbacks.enabled) return []
  // A message of a service was accepted at first, so that it is queued is news.
  if (!reported.has(status) && (status !== "queued" || message.rare?.serviceSid === undefined)) return []
  const { connect, via } = routeOut(world, url)
  return [
    outboundRequested.draft(message.sid, {
      attempt: 1,
      ...(connect === undefined ? {} : { connect }),
      method: "POST",
      params: templates.delivery_status.pairs({ ...messageValues(message), status }),
      purpose: "callback",
      retry: { attempts: settings.callbacks.retry_attempts, gap_ms: settings.callbacks.retry_delay_ms },
      sign: signOf(twilio, message.accountSid),
      timeout_ms: callbackTimeoutMs,
      token: token(world.seed, `callback ${status}`, message.sid),
      url,
      via,
    }),
  ]
}

/** Every change of a message that is its carrier's alone. */
const changesOfMessages: Machine<Twilio>["evolve"] = [
  evolves(messageCreated, ({ messages }, entry) => addMessage(messages, entry)),
  evolves(messageStatusChanged, ({ messages }, entry) => changeStatus(messages, entry)),
  evolves(messageRedacted, ({ messages }, entry) => redactMessage(messages, entry)),
  evolves(messageDeleted, ({ messages }, entry) => deleteMessage(messages, entry)),
  evolves(messageFeedbackGiven, ({ messages }, entry) => takeFeedback(messages, entry)),
  evolves(mediaStored, ({ messages }, entry) => addMedium(messages, entry)),
  evolves(outboundRequested, ({ messages }, entry) => fetchMedium(messages, entry)),
  evolves(mediaDeleted, ({ messages }, entry) => deleteMedium(messages, entry)),
  evolves(dataCleared, ({ messages }, { data: { what } }) => {
    if (what === "messages" || what === "all") clearMessages(messages)
  }),
]

/** Who signs the callbacks of an account: a subaccount has a token of its own. */
const signOf = ({ accounts, settings }: Twilio, accountSid: string): string => {
  if (accountSid === settings.account_sid) return twilioSign
  const account = itemOf(accounts.accounts, accountSid)
  return account === undefined || account.owner === accountSid ? twilioSign : subaccountSign(accountSid)
}

export const twilioMachine: Machine<Twilio> = {
  name: "twilio",
  initial: initialTwilio,
  snapshot: twilioSnapshot,
  evolve: [
    evolves(apiRequested, ({ settings, underWay }, entry) => {
      if (settings.api !== undefined && entry.data.api === twilioApi) underWay.set(entry.seq, entry)
    }),
    evolves(apiResponded, ({ underWay }, { cause }) => {
      if (underWay.size > 0) underWay.delete(cause)
    }),
    evolves(runStarted, (twilio, entry) => {
      twilio.seed = entry.data.seed
      takeUp(twilio, entry)
    }),
    evolves(runResumed, takeUp),
    evolves(settingsChanged, (twilio, { at, data }) => configure(twilio, settingsIn(data.settings), at)),
    ...changesOfMessages,
    ...changesOfAccounts,
    ...changesOfSenders,
    ...changesOfVerify,
  ],
  react: [
    reacts(apiRequested, (world, entry, twilio) => {
      if (entry.data.api !== twilioApi) return []
      const { api } = twilio.settings
      return api === undefined ? answerRequest(world, entry, twilio, entry.seq) : delayed(entry, api, twilio.underWay)
    }),
    reacts(messageCreated, (world, { at, subject }, twilio) => begun(world, twilio, subject, at)),
    reacts(messageStatusChanged, (world, { at, subject, data: { status } }, twilio) => {
      const message = twilio.messages.bySid.get(subject)
      if (message === undefined) return []
      const reports = callback(world, twilio, message, status)
      const next = nextStep(message, status, at)
      return reports.length === 0 ? next : [...reports, ...next]
    }),
    reacts(timerFired, (world, { at, seq, subject, data: { key } }, twilio) => {
      if (key === timerKey(subject)) return fallenDue(twilio, subject, at)
      const request = requestOf(twilio.underWay, key)
      return request === undefined ? [] : answerRequest(world, { ...request, at }, twilio, seq)
    }),
    // What cuts a request's time short does not leave it without an answer.
    reacts(timerCancelled, (world, { at, seq, data: { keys } }, twilio) =>
      keys.flatMap((key) => {
        const request = requestOf(twilio.underWay, key)
        return request === undefined ? [] : answerRequest(world, { ...request, at }, twilio, seq)
      }),
    ),
    reacts(mediaStored, (_, { at, subject }, twilio) => mediumThere(twilio, subject, at)),
    reacts(outboundAnswered, (world, entry, { messages }) => {
      const message = messages.bySid.get(entry.subject)
      return message?.rare?.fetching === undefined
        ? []
        : mediumAnswered(message, obtained(world, messages, message, entry))
    }),
    reacts(outboundFailed, (world, entry, { messages }) => {
      const message = messages.bySid.get(entry.subject)
      return message?.rare?.fetching === undefined
        ? []
        : mediumAnswered(message, notObtained(world, messages, message, entry))
    }),
    reacts(turnFailed, (_, { seq, data: { input } }, { underWay }) => {
      const failed = { body: errorBody(twilioError(20500)), status: 500 }
      if (input.type === apiRequested.type && (input.data as { api?: unknown }).api === twilioApi)
        return [apiResponded.draft(input.subject, failed, seq)]
      const request =
        input.type === timerFired.type ? requestOf(underWay, (input.data as { key: string }).key) : undefined
      return request === undefined ? [] : [apiResponded.draft(request.subject, failed, request.seq)]
    }),
  ],
}
