import { itemOf } from "../collection.ts"
import type { Twilio } from "../state.ts"
import { ownedNumber } from "./numbers.ts"

/**
 * Whether an account may send from a number, written as settings and purchases write it.
 *
 * Where settings name no number every one may be used. Otherwise the run's own account has those it names and those it bought,
 * a subaccount only those it bought or was given.
 */
export const maySendFrom = (twilio: Twilio, accountSid: string, from: string): boolean => {
  const { allowedFrom, senders, settings } = twilio
  if (settings.allowed_from_numbers.length === 0) return true
  return isSubaccount(twilio, accountSid)
    ? ownedNumber(senders, from)?.accountSid === accountSid
    : allowedFrom.has(from)
}

/** The account an error names: the run's own for one that the world does not know. */
export const knownAccount = (twilio: Twilio, accountSid: string): string =>
  isSubaccount(twilio, accountSid) ? accountSid : twilio.settings.account_sid

const isSubaccount = ({ accounts, settings }: Twilio, accountSid: string): boolean => {
  if (accountSid === settings.account_sid) return false
  const account = itemOf(accounts.accounts, accountSid)
  return account !== undefined && account.owner !== account.sid
}

/**
 * The account a number belongs to, if that is active. Where settings name no number every one is the run's own account's, as it may
 * send from every one.
 */
export const accountHaving = ({ accounts, senders, settings }: Twilio, number: string): string | undefined => {
  const owner = ownedNumber(senders, number)?.accountSid
  const open = settings.allowed_from_numbers.length === 0 ? settings.account_sid : undefined
  const account = itemOf(accounts.accounts, owner ?? open ?? "")
  return account?.status === "active" ? account.sid : undefined
}
