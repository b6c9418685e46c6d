import * as Either from "effect/Either"
import type { Entry } from "../../core/Entry.ts"
import type { ApiRequested } from "../../core/entries.ts"
import type { Snapshot } from "../../core/Machine.ts"
import { type Accounts, knowOwnAccount, noAccounts } from "./accounts/accounts.ts"
import { itemOf, itemsOf } from "./collection.ts"
import { addGone, type Messages, noMessages } from "./messages.ts"
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
import { parseTemplateSet, type TemplateSet, templateNames } from "./template.ts"
import { noVerify, type Verify } from "./verify/verifications.ts"

/** The carrier's part of the world. */
export interface Twilio {
  settings: TwilioSettings
  templates: TemplateSet
  readonly messages: Messages
  readonly accounts: Accounts
  readonly senders: Senders
  readonly verify: Verify
  /** The run's, for SIDs of numbers that settings name. */
  seed: number
  /** Requests under way, by their seq, where the API's latency is simulated. */
  readonly underWay: UnderWay
  /** Lists of `settings`, for looking up. */
  registered: ReadonlySet<string>
  failing: ReadonlySet<string>
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
  accounts: noAccounts(),
  senders: noSenders(),
  verify: noVerify(),
  seed: 0,
  underWay: new Map(),
  registered: new Set(),
  failing: new Set(),
  allowedFrom: new Set(),
})

/** Takes settings that are in force from here on: lists, the run's own account, and the numbers it has by them. */
export const configure = (twilio: Twilio, settings: TwilioSettings, at: number): void => {
  twilio.settings = settings
  twilio.registered = new Set(settings.registered_numbers)
  twilio.failing = new Set(settings.failure_numbers)
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

/** Takes templates that are in force from here on. Their texts were checked when they entered; a fault is a defect. */
export const furnish = (twilio: Twilio, texts: Readonly<Record<string, string>>): void => {
  twilio.templates = Either.getOrThrowWith(
    parseTemplateSet(texts),
    (errors) => new Error(errors.map(({ message }) => message).join("; ")),
  )
}

/** The first part of a saved slice; messages follow. */
interface SavedTwilio extends Pick<Twilio, "accounts" | "seed" | "senders" | "underWay" | "verify"> {
  readonly settings: TwilioSettings
  readonly texts: Readonly<Record<string, string>>
  readonly messages: SavedHead
}

/** Compiled templates go by their texts, messages as lists of their values, accounts and senders as they are. */
export const twilioSnapshot: Snapshot<Twilio> = {
  save: function* ({ accounts, messages, seed, senders, settings, templates, underWay, verify }) {
    const texts = Object.fromEntries(templateNames.map((name) => [name, templates[name].text]))
    yield {
      accounts,
      seed,
      senders,
      settings,
      underWay,
      verify,
      texts,
      messages: headOf(messages),
    } satisfies SavedTwilio
    yield* saveMessages(messages)
  },
  load: (parts) => {
    let twilio = initialTwilio()
    let next = 0
    for (const part of parts as Iterable<SavedTwilio | SavedMessages>)
      if ("settings" in part) {
        const { accounts, messages, seed, senders, settings, texts, underWay, verify } = part
        twilio = { ...twilio, accounts, messages: messagesFrom(messages), seed, senders, underWay, verify }
        // What settings bring with them is there already: the instant does not matter.
        configure(twilio, settings, 0)
        furnish(twilio, texts)
        next = messages.nextPlace
      } else loadMessages(twilio.messages, part)
    addGone(twilio.messages, next)
    return twilio
  },
}
