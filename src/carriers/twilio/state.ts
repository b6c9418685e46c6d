import * as Either from "effect/Either"
import type { Entry } from "../../core/Entry.ts"
import type { ApiRequested } from "../../core/entries.ts"
import type { Snapshot } from "../../core/Machine.ts"
import { loadMessages, type Messages, noMessages, type SavedMessages, saveMessages } from "./messages.ts"
import type { TwilioSettings } from "./settings.ts"
import { parseTemplateSet, type TemplateSet, templateNames } from "./template.ts"

/** The carrier's part of the world. */
export interface Twilio {
  settings: TwilioSettings
  templates: TemplateSet
  readonly messages: Messages
  /** Requests under way, by their seq, where the API's latency is simulated. */
  readonly underWay: UnderWay
  /** Lists of `settings`, for looking up. */
  registered: ReadonlySet<string>
  failing: ReadonlySet<string>
  allowedFrom: ReadonlySet<string>
}

/** Requests under way, by their seq. */
export type UnderWay = Map<number, Entry<ApiRequested>>

/** Before `run.started` nothing is known; no rule looks at it then. */
export const initialTwilio = (): Twilio => ({
  settings: undefined as unknown as TwilioSettings,
  templates: undefined as unknown as TemplateSet,
  messages: noMessages(),
  underWay: new Map(),
  registered: new Set(),
  failing: new Set(),
  allowedFrom: new Set(),
})

/** Takes settings that are in force from here on. */
export const configure = (twilio: Twilio, settings: TwilioSettings): void => {
  twilio.settings = settings
  twilio.registered = new Set(settings.registered_numbers)
  twilio.failing = new Set(settings.failure_numbers)
  twilio.allowedFrom = new Set(settings.allowed_from_numbers)
}

/** Takes templates that are in force from here on. Their texts were checked when they entered; a fault is a defect. */
export const furnish = (twilio: Twilio, texts: Readonly<Record<string, string>>): void => {
  twilio.templates = Either.getOrThrowWith(
    parseTemplateSet(texts),
    (errors) => new Error(errors.map(({ message }) => message).join("; ")),
  )
}

interface SavedTwilio {
  readonly settings: TwilioSettings
  readonly texts: Readonly<Record<string, string>>
  readonly messages: SavedMessages
  readonly underWay: UnderWay
}

/** Compiled templates go by their texts, messages as lists of their values. */
export const twilioSnapshot: Snapshot<Twilio> = {
  save: ({ messages, settings, templates, underWay }): SavedTwilio => ({
    settings,
    underWay,
    texts: Object.fromEntries(templateNames.map((name) => [name, templates[name].text])),
    messages: saveMessages(messages),
  }),
  load: (saved) => {
    const { messages, settings, texts, underWay } = saved as SavedTwilio
    const twilio = { ...initialTwilio(), messages: loadMessages(messages), underWay }
    configure(twilio, settings)
    furnish(twilio, texts)
    return twilio
  },
}
