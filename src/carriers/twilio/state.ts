import { type Messages, noMessages } from "./messages.ts"
import type { TwilioSettings } from "./settings.ts"
import type { TemplateSet } from "./template.ts"

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
