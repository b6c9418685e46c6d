import { itemOf } from "../collection.ts"
import { subaccountSign, twilioSign } from "../settings.ts"
import type { Twilio } from "../state.ts"

/** Who signs the carrier's requests about an account: a subaccount has a token of its own. */
export const signOf = ({ accounts, settings }: Twilio, accountSid: string): string => {
  if (accountSid === settings.account_sid) return twilioSign
  const account = itemOf(accounts.accounts, accountSid)
  return account === undefined || account.owner === accountSid ? twilioSign : subaccountSign(accountSid)
}
