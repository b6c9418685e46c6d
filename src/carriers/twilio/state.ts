import * as Either from "effect/Either"
import type { Snapshot } from "../../core/Machine.ts"
import {
  addGone,
  loadMessages,
  type Messages,
  nextPlace,
  noMessages,
  type SavedMessages,
  saveMessages,
} from "./messages.ts"
import type { TwilioSettings } from "./settings.ts"
import { parseTemplateSet, type TemplateSet, templateNames } from "./template.ts"

/** The carrier's part of the world. */
export interface Twilio {
  settings: TwilioSettings
  templates: TemplateSet
  readonly messages: Messages
  /** Lists of `settings`, for looking up. */
  registered: ReadonlySet<string>
  failing: ReadonlySet<string>
  allowedFrom: ReadonlySet<string>
}

/** Before `run.started` nothing is known; no rule looks at it then. */
export const initialTwilio = (): Twilio => ({
  settings: undefined as unknown as TwilioSettings,
  templates: undefined as unknown as TemplateSet,
  messages: noMessages(),
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

/** The first part of a saved slice; messages follow. */
interface SavedTwilio {
  readonly settings: TwilioSettings
  readonly texts: Readonly<Record<string, string>>
  readonly cleared: number
  readonly nextPlace: number
}

/** Compiled templates go by their texts, messages as lists of their values. */
export const twilioSnapshot: Snapshot<Twilio> = {
  save: function* ({ messages, settings, templates }) {
    const texts = Object.fromEntries(templateNames.map((name) => [name, templates[name].text]))
    const { cleared } = messages
    yield { settings, texts, cleared, nextPlace: nextPlace(messages) } satisfies SavedTwilio
    yield* saveMessages(messages)
  },
  load: (parts) => {
    const twilio = initialTwilio()
    let next = 0
    for (const part of parts as Iterable<SavedTwilio | SavedMessages>)
      if ("settings" in part) {
        configure(twilio, part.settings)
        furnish(twilio, part.texts)
        twilio.messages.cleared = part.cleared
        next = part.nextPlace
      } else loadMessages(twilio.messages, part)
    addGone(twilio.messages, next)
    return twilio
  },
}
