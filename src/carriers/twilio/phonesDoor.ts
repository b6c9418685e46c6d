import * as Either from "effect/Either"
import { parseAddress, shortCode } from "../../core/addresses.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import { SecretsFull } from "../../log/Keys.ts"
import { hideUserinfo, type SecretStore } from "../../network/secretUrl.ts"
import { messageCreated } from "../delivery/entries.ts"
import type { Alert } from "./alerts/alerts.ts"
import { debuggerCodes } from "./alerts/debugger.ts"
import { moreInfo } from "./errors.ts"
import { messageArrived } from "./inbound/entries.ts"
import { keywordAnswered, type RecipientAndSender, recipientOptedIn, recipientOptedOut } from "./optOut/entries.ts"
import { keywordIn } from "./optOut/keywordRules.ts"
import { isSid } from "./parameters.ts"
import type { Twilio } from "./state.ts"

/* The way in and out for whoever plays the phones: it checks and translates, what follows is decided by the rules. */

/** Characters of a message's body, and media of a message. Source: "Twilio's request to your webhook URL". */
const bodyLengthMax = 1600
const mediaMax = 10
const urlLengthMax = 4000

interface PhoneMessage {
  readonly from: string
  readonly to: string
  /** `undefined` is a message without a text, which needs media; an empty text is one. */
  readonly body: string | undefined
  readonly media: ReadonlyArray<string>
}

interface Made {
  readonly entry: Entry<unknown>
}

/** What the control API needs of the carrier about phones. `twilio` gives the carrier's part of the world as it is now. */
export const phonesDoor = (secrets: SecretStore, twilio: () => Twilio) => ({
  arriving: (message: PhoneMessage) => arriving(message, secrets),
  optOut,
  received: (made: ReadonlyArray<Made>) => received(twilio(), made),
  optOuts: () => twilio().optOuts.byPair.values(),
  alerts: () => twilio().alerts.kept.map(shown),
})

const arriving = (
  { body: written, from, media, to }: PhoneMessage,
  secrets: SecretStore,
): Either.Either<Draft, string> => {
  const body = written ?? ""
  const [sender, number] = [addressOf(from), addressOf(to)]
  if (sender === undefined) return Either.left(noAddress("from", from))
  if (number === undefined) return Either.left(noAddress("to", to))
  if ([...body].length > bodyLengthMax) return Either.left(`body: expected at most ${bodyLengthMax} characters`)
  if (media.length > mediaMax) return Either.left(`media: expected at most ${mediaMax} URLs, found ${media.length}`)
  if (written === undefined && media.length === 0) return Either.left("body: expected a text, or media")
  if (!media.every(isMediaUrl)) return Either.left("media: expected URLs that begin with http:// or https://")
  try {
    const hidden = media.map((url) => hideUserinfo(url, secrets))
    return Either.right(
      messageArrived.draft("", { body, from: sender, ...(hidden.length === 0 ? {} : { media: hidden }), to: number }),
    )
  } catch (error) {
    if (error instanceof SecretsFull) return Either.left(`media: ${error.message}`)
    throw error
  }
}

const addressOf = (text: string): string | undefined => parseAddress(text) ?? (shortCode.test(text) ? text : undefined)

const noAddress = (field: string, found: string): string =>
  `${field}: expected a phone number such as +15551234567, a short code, or a number behind its channel (whatsapp:+15551234567), found ${shownText(found)}`

/** What was found, unless it is long or may hold a secret. */
const shownText = (text: string): string =>
  text.length > 40 || text.includes("@") ? `a text of ${text.length} characters` : JSON.stringify(text)

const isMediaUrl = (url: string): boolean =>
  url.length <= urlLengthMax && /^https?:\/\//i.test(url) && URL.canParse(url)

const optOut = (
  { recipient, sender }: RecipientAndSender,
  out: boolean,
): Either.Either<Draft<RecipientAndSender>, string> => {
  const [to, from] = [addressOf(recipient), isSid("MG", sender) ? sender : addressOf(sender)]
  if (to === undefined) return Either.left(noAddress("recipient", recipient))
  if (from === undefined) return Either.left(`${noAddress("sender", sender)}; or the SID of a messaging service`)
  return Either.right((out ? recipientOptedOut : recipientOptedIn).draft("", { recipient: to, sender: from }))
}

const received = (twilio: Twilio, made: ReadonlyArray<Made>) => {
  const entries = made.map(({ entry }) => entry)
  const created = entries.find(messageCreated.is)
  if (created === undefined) return undefined
  const answer = entries.find(keywordAnswered.is)
  return {
    sid: created.subject,
    account_sid: created.data.account_sid,
    keyword: keywordIn(twilio, created.data) ?? null,
    automatic_reply: answer?.data.body ?? null,
  }
}

const shown = (alert: Alert) => {
  const { account_sid, created, detail, error_code, log_level, n, request_method, request_url, resourceSid, sid } =
    alert
  return {
    sid,
    account_sid,
    alert_text: debuggerCodes[error_code as keyof typeof debuggerCodes].text,
    detail: detail ?? null,
    error_code,
    log_level,
    more_info: moreInfo(error_code),
    n,
    request_method: request_method ?? null,
    request_url: request_url ?? null,
    resource_sid: resourceSid,
    since: created,
  }
}
