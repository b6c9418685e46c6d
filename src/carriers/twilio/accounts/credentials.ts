import type { Credentials } from "../../../core/entries.ts"
import { itemOf } from "../collection.ts"
import type { Twilio } from "../state.ts"
import type { Account } from "./accounts.ts"

/**
 * The account whose credentials a request shows: an account's SID with its auth token, or an API key's with its secret.
 * None when they are wrong, or their account is not active.
 */
export const accountShown = (auth: Credentials | undefined, { accounts, settings }: Twilio): Account | undefined => {
  if (auth === undefined || !("user" in auth) || typeof auth.user !== "string" || !("secret" in auth.password))
    return undefined
  const { password, user } = auth
  const key = itemOf(accounts.keys, user)
  const account = itemOf(accounts.accounts, key?.accountSid ?? user)
  if (account === undefined || account.status !== "active") return undefined
  // An account that settings named once, and name no longer, has no token of its own.
  if (account.owner === account.sid && account.sid !== settings.account_sid) return undefined
  return password.secret === (key?.secret ?? account.secret) ? account : undefined
}

/** Whether credentials of an account reach another's resources: its own, and those of its subaccounts. */
export const reaches = ({ sid }: Account, accountSid: string, { accounts }: Twilio): boolean =>
  sid === accountSid || itemOf(accounts.accounts, accountSid)?.owner === sid

/** Whether a request shows an API key. These reach neither accounts nor keys. Source: "API keys", standard keys. */
export const showsKey = (auth: Credentials | undefined): boolean =>
  auth !== undefined && "user" in auth && typeof auth.user === "string" && auth.user.startsWith("SK")
