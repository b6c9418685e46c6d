import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import { parseE164 } from "../core/E164.ts"
import type { SettingsFile } from "./settingsFile.ts"
import { secondsMs } from "./settingsParts.ts"

/** The settings of lookups and verifications as the log keeps them; nothing of them when nothing is said. */
export const verifySettings = ({
  lookups,
  verify,
}: NonNullable<SettingsFile["twilio"]>): Pick<TwilioSettings, "lookups" | "verify"> => ({
  ...(lookups === undefined
    ? {}
    : {
        lookups: {
          numbers: (lookups.numbers ?? []).map((each) => ({ ...each, number: parseE164(each.number) ?? each.number })),
          strict: lookups.strict ?? false,
        },
      }),
  ...(verify === undefined
    ? {}
    : {
        verify: {
          ...(verify.expires_seconds === undefined ? {} : { expires_ms: secondsMs(verify.expires_seconds) }),
          ...(verify.from === undefined ? {} : { from: verify.from }),
        },
      }),
})
