import { parseE164 } from "../../../core/E164.ts"

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
