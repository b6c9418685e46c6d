import * as Either from "effect/Either"
import { channelOf, isSender, normalAddress, parseAddress, shortCode } from "../../../core/addresses.ts"
import { sid as makeSid } from "../../../core/chance.ts"
import type { MessageCreated } from "../../delivery/entries.ts"
import type { AlertCode, Problem } from "../alerts/debugger.ts"
import { outcomeFor, priceOf, queuePlan, segmentsOf } from "../messages/planning.ts"
import { blocked } from "../optOut/keywordRules.ts"
import { maySendFrom } from "../senders/ownership.ts"
import { capabilitiesOf } from "../senders/plan.ts"
import type { Twilio } from "../state.ts"
import { attributeOf, elementsIn, type TwimlElement, textIn } from "../twiml/document.ts"
import { urlIn } from "../twiml/urls.ts"
import type { Target } from "./webhook.ts"

/** What a reply is made for. */
export interface Occasion {
  readonly at: number
  readonly seed: number
  readonly accountSid: string
  /** The inbound message, the phone it is from and the number it came to. */
  readonly sid: string
  readonly phone: string
  readonly number: string
  /** The URL of the document, against which others are read. */
  readonly base: string
  /** The place of the next message. */
  readonly place: number
}

/** A reply, what is wrong with its verb all the same, and who is asked to go on. */
export interface Reply {
  readonly sid: string
  readonly created: MessageCreated
  readonly problems: ReadonlyArray<Problem>
  readonly action: Target | undefined
}

/** Characters of a body, media of a message. Source: "TwiML Message". */
const bodyLengthMax = 1600
const mediaMax = 10

const attributes: ReadonlySet<string> = new Set(["to", "from", "action", "method", "statusCallback"])

/** What a verb says, and what in it is not understood. */
interface Content {
  readonly body: string
  readonly media: ReadonlyArray<string>
  readonly problems: ReadonlyArray<Problem>
}

/**
 * The reply that `<Message>` (or its old name `<Sms>`) orders.
 *
 * Refuses, with what is wrong, a To or From that is none or not the account's, an empty or too long body, media that are none or too many,
 *         a recipient who has opted out, a sender whose queue is full; nothing is sent then
 * Warns   of attributes and elements that are not known, of another method than GET or POST, of a URL that is none; they are left out
 * Source  "TwiML Message"; errors 14101 to 14108, 12200
 */
export const replyOf = (
  twilio: Twilio,
  occasion: Occasion,
  verb: TwimlElement,
): Either.Either<Reply, ReadonlyArray<Problem>> => {
  const { accountSid, at, base, number, phone, place, seed } = occasion
  const content = contentOf(verb, base)
  const to = addressIn(attributeOf(verb, "to")) ?? phone
  const from = addressIn(attributeOf(verb, "from")) ?? number
  const wrong = wrongAddress(twilio, occasion, from, to) ?? wrongContent(content)
  if (wrong !== undefined) return Either.left([...content.problems, wrong])
  const { body, media } = content
  const mms = media.length > 0
  const num_segments = segmentsOf(body, { smart: false, mms })
  const sid = makeSid(mms ? "MM" : "SM", seed, place)
  const plan = queuePlan(
    twilio,
    outcomeFor(twilio, to, sid),
    { from, numSegments: num_segments, validityMs: undefined },
    at,
  )
  if (plan === undefined) return Either.left([...content.problems, { code: 21611, detail: from }])
  const callback = optionalUrl(verb, "statusCallback", base)
  const action = optionalUrl(verb, "action", base)
  const method = methodOf(verb)
  return Either.right({
    sid,
    created: {
      account_sid: accountSid,
      body,
      direction: "outbound-reply",
      from,
      in_reply_to: occasion.sid,
      ...(mms && twilio.settings.media !== undefined ? { media } : {}),
      num_media: media.length,
      num_segments,
      plan,
      ...priceOf(twilio.settings, num_segments),
      status: "queued",
      ...(callback.url === undefined ? {} : { status_callback: callback.url }),
      to,
    },
    problems: [...content.problems, ...callback.problems, ...action.problems, ...method.problems],
    action: action.url === undefined ? undefined : { method: method.method, url: action.url },
  })
}

const contentOf = (verb: TwimlElement, base: string): Content => {
  const unknown = verb.attributes.filter(([name]) => !attributes.has(name)).map(([name]) => `the attribute ${name}`)
  const bodies = [textIn(verb)]
  const media: Array<string> = []
  for (const noun of elementsIn(verb))
    if (noun.name === "Body") bodies.push(textIn(noun))
    else if (noun.name === "Media") media.push(urlIn(textIn(noun), base) ?? "")
    else unknown.push(`<${noun.name}>`)
  return {
    body: bodies.filter((text) => text !== "").join(""),
    media,
    problems: unknown.map((what) => ({ code: 12200, detail: `${what.slice(0, 100)} is not known in <${verb.name}>` })),
  }
}

/** An address as it is written; one that is empty counts as not given. */
const addressIn = (text: string | undefined): string | undefined => {
  const address = text?.trim() ?? ""
  return address === "" ? undefined : normalAddress(address.slice(0, 100))
}

const wrongAddress = (
  twilio: Twilio,
  { accountSid, number }: Occasion,
  from: string,
  to: string,
): Problem | undefined => {
  const { allowedFrom, settings } = twilio
  if (parseAddress(to) === undefined && !shortCode.test(to)) return { code: 14101, detail: to }
  if (to === from || channelOf(to) !== channelOf(from)) return { code: 14101, detail: to }
  if (!allowedFrom.has(from) && !isSender(from)) return { code: 14102, detail: from }
  // What a message came to can answer it, on its channel, too.
  if (from !== number && settings.validation.check_from_numbers && !maySendFrom(twilio, accountSid, from))
    return { code: 14102, detail: from }
  if (from.startsWith("+") && !capabilitiesOf(from).sms) return { code: 14108, detail: from }
  return blocked(twilio, from, to) ? { code: 21610, detail: to } : undefined
}

const wrongContent = ({ body, media }: Content): Problem | undefined => {
  if (media.length > mediaMax) return { code: 21623, detail: `${media.length} media` }
  if (media.includes("")) return { code: 21620 }
  if (body === "" && media.length === 0) return { code: 14103, detail: "there is no text" }
  return [...body].length > bodyLengthMax ? { code: 14103, detail: `more than ${bodyLengthMax} characters` } : undefined
}

/** A URL that a verb may have. */
const optionalUrl = (verb: TwimlElement, name: "statusCallback" | "action", base: string) => {
  const text = attributeOf(verb, name)
  if (text === undefined || text.trim() === "") return { url: undefined, problems: [] }
  const url = urlIn(text, base)
  const code: AlertCode = name === "action" ? 11100 : 14105
  return { url, problems: url === undefined ? [{ code, detail: text.slice(0, 200) }] : [] }
}

/** The method of a verb's URL: POST unless it says otherwise, and where it says what is none. */
export const methodOf = (verb: TwimlElement): { method: Target["method"]; problems: ReadonlyArray<Problem> } => {
  const text = attributeOf(verb, "method") ?? "POST"
  const method = text.trim().toUpperCase()
  return method === "GET" || method === "POST"
    ? { method, problems: [] }
    : { method: "POST", problems: [{ code: 14104, detail: text.slice(0, 100) }] }
}
