import { parseE164 } from "./E164.ts"

/**
 * Addresses of messages: phone numbers, and on other channels the channel's name before one (`whatsapp:+15551234567`).
 */

/** The channel of an address; empty for SMS and MMS. */
export const channelOf = (address: string): string => {
  const colon = address.indexOf(":")
  return colon < 0 ? "" : address.slice(0, colon)
}

/** An address with its number in E.164 form; what has none is left as it is written. */
export const normalAddress = (address: string): string => parseAddress(address) ?? address

/** 3 to 8 digits. */
export const shortCode = /^\d{3,8}$/

/** 1 to 11 letters, digits, spaces and `+-_&`, a letter among them. Source: OpenAPI, CreateAlphaSender; error 21709. */
export const alphaSender = /^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}$/

/** Whether a text has the form of a sender: a phone number, a short code, or a name. */
export const isSender = (text: string): boolean =>
  parseAddress(text) !== undefined || shortCode.test(text) || alphaSender.test(text)

/** An address with its number in E.164 form; `undefined` when it is none. */
export const parseAddress = (address: string): string | undefined => {
  const colon = address.indexOf(":")
  if (colon < 0) return parseE164(address)
  const channel = address.slice(0, colon)
  const rest = address.slice(colon + 1)
  if (!channels.has(channel)) return undefined
  const number = parseE164(rest)
  if (number !== undefined) return `${channel}:${number}`
  // Only these two name their users otherwise than by numbers.
  return (channel === "messenger" || channel === "rcs") && rest !== "" ? address : undefined
}

/** Source: "Channel addresses", Twilio docs. */
const channels: ReadonlySet<string> = new Set(["whatsapp", "messenger", "rcs"])
