import type { Twilio } from "../state.ts"

/** A Messaging Service as a message needs it. */
export interface Service {
  readonly sid: string
}

/** Whether a text has the form of a Messaging Service's SID. */
export const isServiceSid = (text: string): boolean => /^MG[0-9a-fA-F]{32}$/.test(text)

/**
 * The Messaging Service of a SID; `undefined` when there is none.
 *
 * This is the one place where a service is looked up. The world knows none of its own: every well-formed SID is one.
 */
export const serviceOf = (_: Twilio, sid: string): Service | undefined => (isServiceSid(sid) ? { sid } : undefined)

/**
 * The number a service sends from to this recipient; `undefined` when its pool has none.
 *
 * A service without a pool sends from the first number the settings allow, or from one that its SID names.
 */
export const senderOf = ({ settings }: Twilio, { sid }: Service, _to: string): string | undefined =>
  settings.allowed_from_numbers[0] ??
  `+1555${String(Number.parseInt(sid.slice(2, 14), 16) % 10_000_000).padStart(7, "0")}`
