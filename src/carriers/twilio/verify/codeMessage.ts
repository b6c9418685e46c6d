import { sid as makeSid, roll } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { segments } from "../../delivery/segments.ts"
import { outcomeFor } from "../messages/planning.ts"
import { nextPlace } from "../messages.ts"
import type { Request } from "../request.ts"
import type { VerifyChannel } from "./entries.ts"

/** Who codes come from when settings say nothing: a short code of Twilio's own. */
const senderDefault = "22395"

/** The code of a verification: each digit is a draw of its own, from the run's seed. */
export const codeOf = (seed: number, verificationSid: string, length: number): string =>
  Array.from({ length }, (_, n) => roll(seed, "verification code", verificationSid, n) % 10).join("")

/** What a message with a code says. Source: OpenAPI, `do_not_share_warning_enabled`. */
export const codeText = (name: string, code: string, { warning }: { readonly warning: boolean }): string =>
  `Your ${name} verification code is: ${code}${warning ? `. Don’t share this code with anyone; our employees will never ask for the code` : ""}`

/** A code on its way as a message of the exchange; `undefined` for channels that carry no messages. */
export const codeMessage = (
  { accountSid, twilio, world }: Request,
  { body, channel, to }: { readonly body: string; readonly channel: VerifyChannel; readonly to: string },
): Draft | undefined => {
  if (channel !== "sms" && channel !== "whatsapp") return undefined
  const prefix = channel === "sms" ? "" : "whatsapp:"
  const from = twilio.settings.verify?.from ?? senderDefault
  const sid = makeSid("SM", world.seed, nextPlace(twilio.messages))
  return messageCreated.draft(sid, {
    account_sid: accountSid,
    body,
    direction: "outbound-api",
    from: prefix + from,
    num_media: 0,
    num_segments: segments(body).count,
    plan: outcomeFor(twilio, to, sid),
    status: "queued",
    to: prefix + to,
  })
}
