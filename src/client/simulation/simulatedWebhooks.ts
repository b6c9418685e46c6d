import { sha256 } from "../../core/canonical.ts"
import { formBody } from "../../core/form.ts"
import type { Pair } from "../../core/pair.ts"
import { sign } from "../../core/signature.ts"
import type { MessageStatus } from "../types.ts"

/* Webhooks as Twilio makes them, for tests of handlers. */

export interface Simulated {
  readonly accountSid: string
  /** What it is signed with. */
  readonly authToken: string
  readonly method?: "GET" | "POST" | undefined
  /** The same for attempts of one event. */
  readonly idempotencyToken?: string | undefined
}

export interface SimulatedMessage {
  readonly from: string
  readonly to: string
  readonly body?: string | undefined
  /** URLs of its pictures or files. */
  readonly media?: ReadonlyArray<string> | undefined
  readonly messagingServiceSid?: string | undefined
  /** Follows from the rest when it is absent: the same message is then one that comes again. */
  readonly sid?: string | undefined
}

/** A form with Twilio's signature; of a GET, its query. */
export const signedWebhook = (
  url: string,
  params: ReadonlyArray<Pair>,
  { authToken, idempotencyToken, method = "POST" }: Omit<Simulated, "accountSid">,
): Request => {
  const whole = method === "GET" ? `${url}${url.includes("?") ? "&" : "?"}${formBody(params)}` : url
  const headers: Record<string, string> = {
    "User-Agent": "TwilioProxy/1.1",
    "X-Twilio-Signature": sign(authToken, whole, method === "GET" ? [] : params),
  }
  if (idempotencyToken !== undefined) headers["I-Twilio-Idempotency-Token"] = idempotencyToken
  if (method === "GET") return new Request(whole, { headers })
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return new Request(whole, { method, headers, body: formBody(params) })
}

/** JSON, whose hash stands in the signed URL. */
export const signedJsonWebhook = (url: string, text: string, { authToken }: Pick<Simulated, "authToken">): Request => {
  const whole = `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${sha256(text)}`
  return new Request(whole, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Twilio-Signature": sign(authToken, whole, []),
    },
    body: text,
  })
}

/** A message that comes in. Source: "Twilio's request to your incoming message Webhook URL". */
export const simulatedInbound = (url: string, message: SimulatedMessage, simulated: Simulated): Request => {
  const { body = "", from, media = [], messagingServiceSid, to } = message
  const sid = message.sid ?? sidOf(media.length > 0 ? "MM" : "SM", JSON.stringify(message))
  return signedWebhook(
    url,
    [
      ["MessageSid", sid],
      ["SmsSid", sid],
      ["SmsMessageSid", sid],
      ["SmsStatus", "received"],
      ["AccountSid", simulated.accountSid],
      ...(messagingServiceSid === undefined ? [] : [["MessagingServiceSid", messagingServiceSid] as const]),
      ["From", from],
      ["To", to],
      ["Body", body],
      ["NumMedia", String(media.length)],
      ["NumSegments", "1"],
      ...media.flatMap(
        (each, i): ReadonlyArray<Pair> => [
          [`MediaUrl${i}`, each],
          [`MediaContentType${i}`, "image/png"],
        ],
      ),
      ["ApiVersion", "2010-04-01"],
    ],
    simulated,
  )
}

export interface SimulatedStatus {
  readonly sid: string
  readonly status: MessageStatus
  readonly from: string
  readonly to: string
  readonly errorCode?: number | undefined
}

/** A status callback. Source: "Track the Message Status of Outbound Messages". */
export const simulatedStatus = (
  url: string,
  { errorCode, from, sid, status, to }: SimulatedStatus,
  simulated: Simulated,
): Request =>
  signedWebhook(
    url,
    [
      ["SmsSid", sid],
      ["SmsStatus", status],
      ["MessageStatus", status],
      ["To", to],
      ["MessageSid", sid],
      ["AccountSid", simulated.accountSid],
      ["From", from],
      ["ApiVersion", "2010-04-01"],
      ...(errorCode === undefined ? [] : [["ErrorCode", String(errorCode)] as const]),
    ],
    simulated,
  )

const sidOf = (prefix: string, text: string): string => prefix + sha256(text).slice(0, 32)
