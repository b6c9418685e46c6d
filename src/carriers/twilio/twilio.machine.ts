import { token } from "../../core/chance.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  dataCleared,
  outboundRequested,
  type Pair,
  runResumed,
  runStarted,
  settingsChanged,
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
import { begun, fallenDue, nextStep, timerKey } from "./messages/delivering.ts"
import {
  addMedium,
  addMessage,
  changeStatus,
  clearMessages,
  deleteMedium,
  deleteMessage,
  type Message,
  redactMessage,
  takeFeedback,
} from "./messages.ts"
import { answerRequest } from "./routes.ts"
import { changesOfSenders } from "./senders/changes.ts"
import { subaccountSign, type TwilioSettings, twilioApi, twilioSign } from "./settings.ts"
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
  const payload = JSON.parse(templates.delivery_status.render({ ...messageValues(message), status })) as object
  const { connect, via } = routeOut(world, url)
  return [
    outboundRequested.draft(message.sid, {
      attempt: 1,
      ...(connect === undefined ? {} : { connect }),
      method: "POST",
      params: Object.entries(payload).map(([name, value]): Pair => [name, String(value)]),
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
    evolves(runStarted, (twilio, entry) => {
      twilio.seed = entry.data.seed
      takeUp(twilio, entry)
    }),
    evolves(runResumed, takeUp),
    evolves(settingsChanged, (twilio, { at, data }) => configure(twilio, settingsIn(data.settings), at)),
    ...changesOfMessages,
    ...changesOfAccounts,
    ...changesOfSenders,
  ],
  react: [
    reacts(apiRequested, (world, entry, twilio) =>
      entry.data.api === twilioApi ? answerRequest(world, entry, twilio) : [],
    ),
    reacts(messageCreated, (world, { at, subject }, twilio) => begun(world, twilio, subject, at)),
    reacts(messageStatusChanged, (world, { at, subject, data: { status } }, twilio) => {
      const message = twilio.messages.bySid.get(subject)
      if (message === undefined) return []
      const reports = callback(world, twilio, message, status)
      return [...reports, ...nextStep(message, status, at)]
    }),
    reacts(timerFired, (_, { at, subject, data: { key } }, twilio) =>
      key === timerKey(subject) ? fallenDue(twilio, subject, at) : [],
    ),
    reacts(turnFailed, (_, { seq, data: { input } }) =>
      input.type === apiRequested.type && (input.data as { api?: unknown }).api === twilioApi
        ? [apiResponded.draft(input.subject, { body: errorBody(twilioError(20500)), status: 500 }, seq)]
        : [],
    ),
  ],
}
