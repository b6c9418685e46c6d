import { signedJsonWebhook, signedWebhook } from "../../src/client/simulation/simulatedWebhooks.ts"

/* Webhooks as Twilio makes them, with what is wrong with them. */

export const account = `AC${"a".repeat(32)}`
export const ours = "+15559876543"
export const phone = "+15551234567"

export interface Shape {
  readonly token: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A form, signed; a GET has it in its query. */
export const webhook = (
  url: string,
  params: Readonly<Record<string, string>>,
  { headers = {}, method = "POST", token }: Shape,
): Request => {
  const pairs = Object.entries(params)
  const made = signedWebhook(url, pairs, { authToken: token, method: method === "GET" ? "GET" : "POST" })
  const all = { ...Object.fromEntries(made.headers), ...headers }
  return new Request(made.url, {
    method,
    headers: all,
    body: method === "GET" ? null : new URLSearchParams(params).toString(),
  })
}

/** JSON, whose hash stands in the signed URL. */
export const jsonWebhook = (url: string, text: string, { token }: Shape): Request =>
  signedJsonWebhook(url, text, { authToken: token })

let made = 0
export const messageSid = (prefix = "SM"): string => `${prefix}${(++made).toString(16).padStart(32, "0")}`

/** Parameters of a message that comes in. */
export const inbound = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  MessageSid: messageSid(),
  AccountSid: account,
  From: phone,
  To: ours,
  Body: "Hello",
  NumMedia: "0",
  NumSegments: "1",
  ApiVersion: "2010-04-01",
  ...more,
})

/** Parameters of a status callback. */
export const status = (
  sid: string,
  MessageStatus: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  SmsSid: sid,
  SmsStatus: MessageStatus,
  MessageStatus,
  To: phone,
  MessageSid: sid,
  AccountSid: account,
  From: ours,
  ApiVersion: "2010-04-01",
  ...more,
})
