import type { Handling } from "../senders/handling.ts"
import type { CallReports, Instructions } from "./entries.ts"

/** What a number or an application says of calls that it handles: where their instructions are, and who is told of their end. */
export interface Handled {
  readonly instructions: Instructions
  readonly reports?: CallReports
}

/** Without a `VoiceUrl` there is nobody to ask. */
export const handledBy = ({
  status_callback = "",
  status_callback_method = "POST",
  voice_fallback_method = "POST",
  voice_fallback_url = "",
  voice_method = "POST",
  voice_url = "",
}: Handling): Handled => ({
  instructions: {
    ...(voice_fallback_url === "" ? {} : { fallback_method: voice_fallback_method, fallback_url: voice_fallback_url }),
    ...(voice_url === "" ? {} : { method: voice_method, url: voice_url }),
  },
  ...(status_callback === ""
    ? {}
    : { reports: { events: ["completed"], method: status_callback_method, url: status_callback } }),
})
