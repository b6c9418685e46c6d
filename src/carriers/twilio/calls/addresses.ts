import { parseE164 } from "../../../core/E164.ts"

/** Characters of an address of any form, checked or not; no more of one is told again. */
export const addressLengthMax = 500

/** A client's identity, or a SIP URI. Source: OpenAPI, To. */
const client = /^client:[\x21-\x7e]{1,121}$/
const sip = /^sips?:[^\s@]{1,64}@[^\s@]{1,253}$/i

/** Who can be called: a number in E.164 form, `client:` and an identity, or a SIP URI; `undefined` for what is none. */
export const parseParty = (text: string): string | undefined =>
  parseE164(text) ?? (client.test(text) || sip.test(text) ? text : undefined)

/** The same as an address is kept: what is none stays as it is written. */
export const normalParty = (text: string): string => parseParty(text) ?? text

/** Whether an address is a telephone number's, which has to be an account's own to call from it. */
export const isNumber = (address: string): boolean => !address.includes(":")
