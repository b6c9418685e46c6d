import * as Either from "effect/Either"
import { channelOf, isSender, normalAddress, parseAddress, shortCode } from "../core/addresses.ts"
import type { Pair } from "../core/pair.ts"
import { type ClientError, InvalidRecipient, InvalidRequest, InvalidSender, MessageTooLong } from "./errors.ts"
import type { Checked } from "./options.ts"
import type { SendRequest } from "./types.ts"

/* A request to send as the API takes it. What Twilio would surely refuse is refused here, with the code it would have. */

/** A message that may be sent. */
export interface Sending {
  readonly to: string
  /** Its number, short code or name; absent where a service chooses. */
  readonly from: string | undefined
  readonly messagingServiceSid: string | undefined
  /** Absent where it is made of content that only Twilio has. */
  readonly body: string | undefined
  readonly numMedia: number
  readonly params: ReadonlyArray<Pair>
  /** Whether Twilio's text is the one that was sent: no links shortened, no characters replaced. */
  readonly isBodyKept: boolean
}

type Defaults = Pick<Checked, "from" | "messagingServiceSid" | "statusCallback">

/** `body` is the text with its template filled in. Source of the codes: "Error and Warning Dictionary", Twilio docs. */
export const sendingOf = (
  request: SendRequest,
  body: string | undefined,
  defaults: Defaults,
): Either.Either<Sending, ClientError> =>
  Either.gen(function* () {
    yield* typesOf(request, body)
    const to = yield* recipientOf(request.to)
    const { from, messagingServiceSid } = yield* senderOf(request, defaults)
    if (to === from)
      return yield* Either.left(
        new InvalidRecipient({ message: "a message cannot be sent to its own sender", code: 21266 }),
      )
    const mediaUrl = request.mediaUrl ?? []
    yield* contentOf(request, body, mediaUrl)
    const schedule = yield* scheduleOf(request.sendAt, messagingServiceSid)
    const statusCallback = request.statusCallback ?? defaults.statusCallback
    return {
      to,
      from,
      messagingServiceSid,
      body,
      numMedia: mediaUrl.length,
      isBodyKept: request.contentSid === undefined && request.shortenUrls !== true && request.smartEncoded !== true,
      params: [
        ["To", to],
        ...pair("From", from),
        ...pair("MessagingServiceSid", messagingServiceSid),
        ...pair("Body", body),
        ...mediaUrl.map((url): Pair => ["MediaUrl", url]),
        ...schedule,
        ...pair("StatusCallback", statusCallback),
        ...plain.flatMap(([key, name]) => pair(name, request[key])),
        ...(request.persistentAction ?? []).map((action): Pair => ["PersistentAction", action]),
      ],
    }
  })

/**
 * Types say so; who writes JavaScript has none. A `body` that is no text would not be known again, and a text in place of a list
 * be taken for one of characters.
 */
const typesOf = (
  { mediaUrl = [], persistentAction = [] }: SendRequest,
  body: string | undefined,
): Either.Either<void, InvalidRequest> => {
  if (body !== undefined && typeof body !== "string") return wrong("`body` has to be a text", 21619)
  for (const [name, list] of Object.entries({ mediaUrl, persistentAction }))
    if (!Array.isArray(list) || list.some((one) => typeof one !== "string"))
      return wrong(`\`${name}\` has to be a list of texts`, name === "mediaUrl" ? 21620 : undefined)
  return Either.void
}
const wrong = (message: string, code: number | undefined): Either.Either<never, InvalidRequest> =>
  Either.left(new InvalidRequest({ message, code }))

/** Parameters that are passed on as they are. */
const plain = [
  ["contentSid", "ContentSid"],
  ["contentVariables", "ContentVariables"],
  ["validityPeriod", "ValidityPeriod"],
  ["applicationSid", "ApplicationSid"],
  ["smartEncoded", "SmartEncoded"],
  ["shortenUrls", "ShortenUrls"],
  ["sendAsMms", "SendAsMms"],
  ["provideFeedback", "ProvideFeedback"],
  ["forceDelivery", "ForceDelivery"],
  ["attempt", "Attempt"],
  ["fallbackFrom", "FallbackFrom"],
  ["contentRetention", "ContentRetention"],
  ["addressRetention", "AddressRetention"],
  ["riskCheck", "RiskCheck"],
  ["trafficType", "TrafficType"],
] as const satisfies ReadonlyArray<readonly [keyof SendRequest, string]>

const pair = (name: string, value: string | number | boolean | undefined): ReadonlyArray<Pair> =>
  value === undefined ? [] : [[name, String(value)]]

const recipientOf = (to: string): Either.Either<string, InvalidRecipient> => {
  if (typeof to !== "string" || to === "")
    return Either.left(new InvalidRecipient({ message: "a message needs a `to`", code: 21604 }))
  const number = parseAddress(to)
  return number === undefined
    ? Either.left(new InvalidRecipient({ message: "`to` is no phone number", code: 21211 }))
    : Either.right(number)
}

const senderOf = (
  request: SendRequest,
  defaults: Defaults,
): Either.Either<Pick<Sending, "from" | "messagingServiceSid">, InvalidSender> => {
  const given = request.from !== undefined || request.messagingServiceSid !== undefined ? request : defaults
  const { from, messagingServiceSid } = given
  if (from === undefined && messagingServiceSid === undefined)
    return Either.left(
      new InvalidSender({ message: "a message needs a `from` or a `messagingServiceSid`", code: 21603 }),
    )
  if (from !== undefined && !isSender(from))
    return Either.left(
      new InvalidSender({ message: "`from` is no phone number, short code or name of a sender", code: 21212 }),
    )
  if (messagingServiceSid !== undefined && !/^MG[0-9a-fA-F]{32}$/.test(messagingServiceSid))
    return Either.left(new InvalidSender({ message: "`messagingServiceSid` is no SID of a service", code: 21705 }))
  return Either.right({ from: from === undefined ? undefined : normalSender(from), messagingServiceSid })
}

/** A name stays as it is written, also one that looks like a number in local form. */
const normalSender = (from: string): string => (shortCode.test(from) ? from : normalAddress(from))

const contentOf = (
  { contentSid, template }: SendRequest,
  body: string | undefined,
  mediaUrl: ReadonlyArray<string>,
): Either.Either<void, InvalidRequest | MessageTooLong> => {
  if ((body === undefined || body === "") && mediaUrl.length === 0 && contentSid === undefined)
    return Either.left(
      new InvalidRequest({
        message: `a message needs a \`body\`, \`mediaUrl\` or \`contentSid\`${template === undefined ? "" : "; its template gave none"}`,
        code: 21619,
      }),
    )
  if (body !== undefined && body.length > bodyLengthMax)
    return Either.left(
      new MessageTooLong({ message: `the body has ${body.length} characters, at most ${bodyLengthMax}`, code: 21617 }),
    )
  if (mediaUrl.length > mediaMax)
    return Either.left(
      new InvalidRequest({ message: `a message has at most ${mediaMax} media, not ${mediaUrl.length}`, code: 21623 }),
    )
  return Either.void
}
/** Source: OpenAPI, CreateMessage. */
const bodyLengthMax = 1_600
const mediaMax = 10

/** Whether the date lies within Twilio's bounds, which it has changed more than once, is left to Twilio. */
const scheduleOf = (
  sendAt: Date | undefined,
  messagingServiceSid: string | undefined,
): Either.Either<ReadonlyArray<Pair>, InvalidRequest> => {
  if (sendAt === undefined) return Either.right([])
  if (!isDate(sendAt)) return wrong("`sendAt` is no date (`Date`)", 35114)
  if (messagingServiceSid === undefined)
    return Either.left(
      new InvalidRequest({ message: "a scheduled message needs a `messagingServiceSid`", code: 35118 }),
    )
  return Either.right([
    ["ScheduleType", "fixed"],
    ["SendAt", isoSeconds(sendAt)],
  ])
}

/** Whether it is a `Date`, also one of another realm, and one that says when. */
export const isDate = (value: unknown): value is Date =>
  Object.prototype.toString.call(value) === "[object Date]" && !Number.isNaN((value as Date).getTime())

/** `2026-01-31T10:00:00Z` */
export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z")

/** Who the number is that opt-outs are of: a service's are those of the service. */
export const sendersOf = ({
  from,
  messagingServiceSid,
}: Pick<Sending, "from" | "messagingServiceSid">): ReadonlyArray<string> =>
  [messagingServiceSid, from].filter((sender): sender is string => sender !== undefined)

/** Whether a recipient can opt out: on SMS alone. */
export const canOptOut = ({ to }: Pick<Sending, "to">): boolean => channelOf(to) === ""
