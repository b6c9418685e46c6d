import { applicationOf } from "../applications/applications.ts"
import type { ApplicationConfig } from "../applications/entries.ts"
import type { Twilio } from "../state.ts"
import type { NumberConfig } from "./entries.ts"
import type { OwnedNumber } from "./senders.ts"

/** What names who handles something, which applications and numbers have alike. */
export type Handling = Pick<NumberConfig, keyof NumberConfig & keyof ApplicationConfig>

/**
 * Who handles a number's calls or messages: its application, whose URLs take the place of all of its own; where it has none, its own URLs.
 *
 * Source  OpenAPI, SmsApplicationSid and VoiceApplicationSid of IncomingPhoneNumber
 */
export const handlingOf = (
  { applications }: Twilio,
  number: OwnedNumber | undefined,
  by: "sms_application_sid" | "voice_application_sid",
): Handling => {
  if (number === undefined) return {}
  const { accountSid, config } = number
  return applicationOf(applications, accountSid, config[by] ?? "")?.config ?? config
}
