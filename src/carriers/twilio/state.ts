import * as Either from "effect/Either"
import type { Entry } from "../../core/Entry.ts"
import type { ApiRequested } from "../../core/entries.ts"
import type { Snapshot } from "../../core/Machine.ts"
import type { Behavior } from "../delivery/profiles.ts"
import { type Accounts, knowOwnAccount, noAccounts } from "./accounts/accounts.ts"
import { type Alerts, noAlerts } from "./alerts/alerts.ts"
import type { Applications } from "./applications/applications.ts"
import { type Calls, chained, noCalls } from "./calls/calls.ts"
import { type Collection, itemOf, itemsOf, loadItems, noItems, type SavedItems, saveItems } from "./collection.ts"
import { type Conferences, noConferences } from "./conferences/conferences.ts"
import { type Faults, noFaults } from "./faults/drawnFaults.ts"
import { type Flows, noFlows } from "./inbound/flows.ts"
import { type Messages, noMessages } from "./messages.ts"
import { noOptOuts, type OptOuts } from "./optOut/optOuts.ts"
import { noQueues, type Queues } from "./queues/queues.ts"
import { noRecordings, type Recordings } from "./recordings/recordings.ts"
import {
  headOf,
  loadMessages,
  messagesFrom,
  type SavedHead,
  type SavedMessages,
  saveMessages,
} from "./savedMessages.ts"
import { knowSettingsNumbers, ownedNumber } from "./senders/numbers.ts"
import { noSenders, type Senders } from "./senders/senders.ts"
import type { TwilioSettings } from "./settings.ts"
import { isSetOf, parseTemplateSet, type TemplateSet, textsOf } from "./template.ts"
import { noVerify, type Verify } from "./verify/verifications.ts"

/** The carrier's part of the world. */
export interface Twilio {
  settings: TwilioSettings
  templates: TemplateSet
  readonly messages: Messages
  readonly calls: Calls
  readonly recordings: Recordings
  readonly conferences: Conferences
  readonly queues: Queues
  readonly accounts: Accounts
  readonly applications: Applications
  readonly senders: Senders
  readonly flows: Flows
  readonly optOuts: OptOuts
  readonly alerts: Alerts
  readonly verify: Verify
  /** The run's, for SIDs of numbers that settings name. */
  seed: number
  /** Requests under way, by their seq, where the API's latency is simulated. */
  readonly underWay: UnderWay
  readonly faults: Faults
  /** What was paid for messages and calls, in millionths of the currency. */
  spent: number
  /** Requests that showed test credentials. */
  tested: number
  /** Lists of `settings`, for looking up. */
  registered: ReadonlySet<string>
  failing: ReadonlySet<string>
  behaviors: ReadonlyMap<string, Behavior>
  /** What the run's own account may send from: the list of `settings`, and what it has bought. */
  allowedFrom: Set<string>
}

/** Requests under way, by their seq. */
export type UnderWay = Map<number, Entry<ApiRequested>>

/** Before `run.started` nothing is known; no rule looks at it then. */
export const initialTwilio = (): Twilio => ({
  settings: undefined as unknown as TwilioSettings,
  templates: undefined as unknown as TemplateSet,
  messages: noMessages(),
  calls: noCalls(),
  recordings: noRecordings(),
  conferences: noConferences(),
  queues: noQueues(),
  accounts: noAccounts(),
  applications: noItems(),
  senders: noSenders(),
  flows: noFlows(),
  optOuts: noOptOuts(),
  alerts: noAlerts(),
  verify: noVerify(),
  seed: 0,
  underWay: new Map(),
  faults: noFaults(),
  spent: 0,
  tested: 0,
  registered: new Set(),
  failing: new Set(),
  behaviors: new Map(),
  allowedFrom: new Set(),
})

/** Takes settings that are in force from here on: lists, the run's own account, and the numbers it has by them. */
export const configure = (twilio: Twilio, settings: TwilioSettings, at: number): void => {
  twilio.settings = settings
  twilio.registered = new Set(settings.registered_numbers)
  twilio.failing = new Set(settings.failure_numbers)
  twilio.behaviors = new Map(settings.behaviors?.map((behavior) => [behavior.number, behavior]))
  const { account_sid: accountSid, allowed_from_numbers, auth_token } = settings
  knowOwnAccount(twilio.accounts, accountSid, auth_token.secret, at)
  knowSettingsNumbers(twilio.senders, allowed_from_numbers, { accountSid, at, seed: twilio.seed })
  knowAllowedFrom(twilio)
}

/** Works out what the run's own account may send from; to be done anew whenever a number finds another owner. */
export const knowAllowedFrom = (twilio: Twilio): void => {
  const { accounts, senders, settings } = twilio
  const elsewhere = (number: string) => {
    const account = itemOf(accounts.accounts, ownedNumber(senders, number)?.accountSid ?? "")
    return account !== undefined && account.owner !== account.sid
  }
  const named = settings.allowed_from_numbers.filter((number) => !senders.released.has(number) && !elsewhere(number))
  const owned = itemsOf(senders.numbers).filter(({ accountSid }) => accountSid === settings.account_sid)
  twilio.allowedFrom = new Set([...named, ...owned.map(({ number }) => number)])
}

/**
 * Takes templates that are in force from here on. Their texts were checked when they entered; a fault is a defect. Every start
 * tells them again and compiling takes ms, so what has not changed stays.
 */
export const furnish = (twilio: Twilio, texts: Readonly<Record<string, string>>): void => {
  const { templates } = twilio as { readonly templates: TemplateSet | undefined }
  if (templates !== undefined && isSetOf(templates, texts)) return
  twilio.templates = Either.getOrThrowWith(
    parseTemplateSet(texts),
    (errors) => new Error(errors.map(({ message }) => message).join("; ")),
  )
}

/** What goes into a snapshot as it is. */
const savedWhole = [
  "accounts",
  "alerts",
  "applications",
  "faults",
  "flows",
  "optOuts",
  "queues",
  "seed",
  "senders",
  "spent",
  "tested",
  "underWay",
  "verify",
] as const

/** The first part of a saved slice; messages, calls and what comes of these follow. */
interface SavedTwilio extends Pick<Twilio, (typeof savedWhole)[number]> {
  readonly settings: TwilioSettings
  readonly texts: Readonly<Record<string, string>>
  readonly messages: SavedHead
  readonly calls: Omit<Calls, "by" | "calls">
  readonly conferences: Omit<Conferences, "conferences">
  readonly recordings: Omit<Recordings, "recordings">
}

/** The collections that are saved some items at a time. */
const collectionsOf = ({ calls, conferences, recordings }: Twilio) => ({
  calls: calls.calls,
  conferences: conferences.conferences,
  recordings: recordings.recordings,
})
type Collections = ReturnType<typeof collectionsOf>

/** A further part. */
type SavedSome = { readonly of: keyof Collections; readonly some: SavedItems<{ readonly sid: string }> }

/** Compiled templates go by their texts, messages as lists of their values, the rest as it is. */
export const twilioSnapshot: Snapshot<Twilio> = {
  save: function* (twilio) {
    const { messages, settings, templates } = twilio
    const { by, calls: _, ...calls } = twilio.calls
    const { conferences: __, ...conferences } = twilio.conferences
    const { recordings: ___, ...recordings } = twilio.recordings
    const texts = textsOf(templates)
    const whole = Object.fromEntries(savedWhole.map((name) => [name, twilio[name]]))
    const head = { ...whole, calls, conferences, messages: headOf(messages), recordings, settings, texts }
    yield head as unknown as SavedTwilio
    yield* saveMessages(messages)
    for (const [of, collection] of Object.entries(collectionsOf(twilio)))
      for (const some of saveItems<{ readonly sid: string }>(collection)) yield { of, some } as SavedSome
  },
  load: (parts) => {
    let twilio = initialTwilio()
    for (const part of parts as Iterable<SavedTwilio | SavedMessages | SavedSome>)
      if ("settings" in part) {
        const { messages, settings, texts, ...rest } = part
        twilio = {
          ...twilio,
          ...rest,
          calls: { ...noCalls(), ...rest.calls },
          conferences: { ...rest.conferences, conferences: noItems() },
          recordings: { ...rest.recordings, recordings: noItems() },
          messages: messagesFrom(messages),
        }
        // What settings bring with them is there already: the instant does not matter.
        configure(twilio, settings, 0)
        furnish(twilio, texts)
      } else if ("some" in part) {
        const collection: Collection<{ readonly sid: string }> = collectionsOf(twilio)[part.of]
        loadItems(collection, part.some)
      } else loadMessages(twilio.messages, part)
    return { ...twilio, calls: chained(twilio.calls) }
  },
}
