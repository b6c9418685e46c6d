import type { Draft, Entry } from "../../core/Entry.ts"
import {
  type ApiRequested,
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
import { twilioApi } from "../../network/apis.ts"
import {
  mediaDeleted,
  mediaStored,
  messageCreated,
  messageDeleted,
  messageFeedbackGiven,
  messageRedacted,
  messageStatusChanged,
} from "../delivery/entries.ts"
import { changesOfBalance } from "./accounts/balance.ts"
import { changesOfAccounts } from "./accounts/changes.ts"
import { rulesOfAlerts } from "./alerts/alertRules.ts"
import { changesOfAlerts } from "./alerts/changes.ts"
import { changesOfApplications } from "./applications/changes.ts"
import { statusCallback } from "./callbacks.ts"
import { changesOfCalls } from "./calls/changes.ts"
import { rulesOfCalls } from "./calls/rules.ts"
import { changesOfConferences } from "./conferences/changes.ts"
import { rulesOfConferences } from "./conferences/joining.ts"
import { twilioError } from "./errors.ts"
import { drawn, refusedBy, withoutAnswer } from "./faults/apiFaults.ts"
import { countDraws } from "./faults/drawnFaults.ts"
import { faultDrawn } from "./faults/entries.ts"
import { changesOfFlows } from "./inbound/changes.ts"
import { rulesOfInbound } from "./inbound/inboundRules.ts"
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
  redactMessage,
  takeFeedback,
} from "./messages.ts"
import { changesOfOptOuts } from "./optOut/changes.ts"
import { changesOfQueues } from "./queues/changes.ts"
import { rulesOfQueues } from "./queues/queueing.ts"
import { changesOfRecordings } from "./recordings/changes.ts"
import { rulesOfRecordings } from "./recordings/recordingRules.ts"
import { answerRequest } from "./routes.ts"
import { changesOfSenders } from "./senders/changes.ts"
import type { TwilioSettings } from "./settings.ts"
import { configure, furnish, initialTwilio, type Twilio, twilioSnapshot } from "./state.ts"
import { showsTestCredentials } from "./testCredentials.ts"
import { changesOfVerify } from "./verify/changes.ts"
import { errorBody } from "./wireOut.ts"

/*
 * Twilio: API requests in, messages through their lives, status callbacks out.
 *
 *   api.requested ──> message.created, api.responded ──> timer ──> status changes ──> outbound.requested (callback)
 */

const settingsIn = (settings: unknown): TwilioSettings => (settings as { twilio: TwilioSettings }).twilio

const takeUp = (
  twilio: Twilio,
  { at, data }: Entry<{ settings: unknown; templates: Readonly<Record<string, string>> }>,
): void => {
  configure(twilio, settingsIn(data.settings), at)
  furnish(twilio, data.templates)
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

const nothing: ReadonlyArray<Draft> = []

/** A request that has come: carried out at once, or after the API's latency and a fault's. */
const taken = (world: World, entry: Entry<ApiRequested>, twilio: Twilio, faultMs = 0): ReadonlyArray<Draft> => {
  const { api } = twilio.settings
  if (api === undefined && faultMs === 0) return carriedOut(world, entry, twilio, entry.seq)
  const { concurrency_max = Number.MAX_SAFE_INTEGER, latency_ms = 0 } = api ?? {}
  return delayed(entry, { concurrency_max, latency_ms: latency_ms + faultMs }, twilio.underWay)
}

const carriedOut = (world: World, entry: Entry<ApiRequested>, twilio: Twilio, seenAt: number): ReadonlyArray<Draft> => {
  const drafts = answerRequest(world, entry, twilio, seenAt)
  return twilio.faults.unheard.has(entry.seq) ? withoutAnswer(drafts) : drafts
}

export const twilioMachine: Machine<Twilio> = {
  name: "twilio",
  initial: initialTwilio,
  snapshot: twilioSnapshot,
  evolve: [
    evolves(apiRequested, (twilio, entry) => {
      const { settings, underWay } = twilio
      if (settings.test !== undefined && showsTestCredentials(entry.data.auth, settings)) twilio.tested++
      if ((settings.api !== undefined || settings.faults !== undefined) && entry.data.api === twilioApi)
        underWay.set(entry.seq, entry)
    }),
    evolves(apiResponded, ({ faults, underWay }, { cause }) => {
      if (underWay.size > 0) underWay.delete(cause)
      if (faults.unheard.size > 0) faults.unheard.delete(cause)
    }),
    evolves(faultDrawn, ({ faults }, entry) => countDraws(faults, entry)),
    evolves(runStarted, (twilio, entry) => {
      twilio.seed = entry.data.seed
      takeUp(twilio, entry)
    }),
    evolves(runResumed, takeUp),
    evolves(settingsChanged, (twilio, { at, data }) => {
      configure(twilio, settingsIn(data.settings), at)
      if (data.templates !== undefined) furnish(twilio, data.templates)
    }),
    ...changesOfMessages,
    ...changesOfAccounts,
    ...changesOfBalance,
    ...changesOfSenders,
    ...changesOfApplications,
    ...changesOfFlows,
    ...changesOfOptOuts,
    ...changesOfAlerts,
    ...changesOfVerify,
    ...changesOfRecordings,
    ...changesOfConferences,
    ...changesOfQueues,
    ...changesOfCalls,
  ],
  react: [
    reacts(apiRequested, (world, entry, twilio) => {
      if (entry.data.api !== twilioApi) return []
      const { faults } = twilio.settings
      const draws = faults === undefined ? nothing : drawn(faults, twilio.faults, world.seed, entry)
      return draws.length > 0 ? draws : taken(world, entry, twilio)
    }),
    reacts(faultDrawn, (world, { cause, data: { action } }, twilio) => {
      const request = twilio.underWay.get(cause)
      if (request === undefined) return []
      const refused = refusedBy(action, request)
      if (refused.length > 0) return refused
      return taken(world, request, twilio, action !== undefined && "latency_ms" in action ? action.latency_ms : 0)
    }),
    reacts(messageCreated, (world, { at, data: { direction }, subject }, twilio) => {
      const next = begun(world, twilio, subject, at)
      const reply = direction === "outbound-reply" ? twilio.messages.bySid.get(subject) : undefined
      return reply === undefined ? next : [...statusCallback(world, twilio, reply, reply.status), ...next]
    }),
    reacts(messageStatusChanged, (world, { at, subject, data: { status } }, twilio) => {
      const message = twilio.messages.bySid.get(subject)
      if (message === undefined) return []
      const reports = statusCallback(world, twilio, message, status)
      const next = nextStep(message, status, at)
      return reports.length === 0 ? next : [...reports, ...next]
    }),
    reacts(timerFired, (world, { at, seq, subject, data: { key } }, twilio) => {
      if (key === timerKey(subject)) return fallenDue(twilio, subject, at)
      const request = requestOf(twilio.underWay, key)
      return request === undefined ? [] : carriedOut(world, { ...request, at }, twilio, seq)
    }),
    // What cuts a request's time short does not leave it without an answer.
    reacts(timerCancelled, (world, { at, seq, data: { keys } }, twilio) =>
      keys.flatMap((key) => {
        const request = requestOf(twilio.underWay, key)
        return request === undefined ? [] : carriedOut(world, { ...request, at }, twilio, seq)
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
    ...rulesOfInbound,
    ...rulesOfRecordings,
    ...rulesOfConferences,
    ...rulesOfQueues,
    ...rulesOfCalls,
    ...rulesOfAlerts,
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
