import type { Entry } from "../../../core/Entry.ts"
import { addItem, type Collection, itemOf, noItems, removeItem } from "../collection.ts"
import type { AccountCreated, AccountStatus, AccountUpdated, ApiKeyCreated } from "./entries.ts"

/** An account as the carrier knows it. Instants in virtual ms. */
export interface Account {
  readonly sid: string
  /** The account above it; the run's own account is its own. */
  readonly owner: string
  /** Of its auth token in the keys file. */
  readonly secret: string
  readonly created: number
  friendlyName: string
  status: AccountStatus
  updated: number
}

export interface ApiKey {
  readonly sid: string
  readonly accountSid: string
  /** Of its secret in the keys file. */
  readonly secret: string
  readonly created: number
  friendlyName: string
  updated: number
}

/** The accounts and API keys of a run. */
export interface Accounts {
  readonly accounts: Collection<Account>
  /** Subaccounts ever made, from which their SIDs count. */
  subaccounts: number
  readonly keys: Collection<ApiKey>
}

export const noAccounts = (): Accounts => ({ accounts: noItems(), subaccounts: 0, keys: noItems() })

/** The name of the run's own account. */
const ownName = "Ringback"

/** Settings name the run's own account; it is there from when they first do. */
export const knowOwnAccount = ({ accounts }: Accounts, sid: string, secret: string, at: number): void => {
  if (itemOf(accounts, sid) !== undefined) return
  addItem(accounts, { sid, owner: sid, secret, created: at, friendlyName: ownName, status: "active", updated: at })
}

export const createAccount = (state: Accounts, { at, data, subject }: Entry<AccountCreated>): void => {
  state.subaccounts++
  addItem(state.accounts, {
    sid: subject,
    owner: data.owner_account_sid,
    secret: data.auth_token.secret,
    created: at,
    friendlyName: data.friendly_name,
    status: "active",
    updated: at,
  })
}

export const updateAccount = ({ accounts }: Accounts, { at, data, subject }: Entry<AccountUpdated>): void => {
  const account = itemOf(accounts, subject)
  if (account === undefined) return
  account.friendlyName = data.friendly_name ?? account.friendlyName
  account.status = data.status ?? account.status
  account.updated = at
}

export const createKey = ({ keys }: Accounts, { at, data, subject }: Entry<ApiKeyCreated>): void =>
  addItem(keys, {
    sid: subject,
    accountSid: data.account_sid,
    secret: data.secret.secret,
    created: at,
    friendlyName: data.friendly_name,
    updated: at,
  })

export const updateKey = (
  { keys }: Accounts,
  { at, data, subject }: Entry<{ readonly friendly_name: string }>,
): void => {
  const key = itemOf(keys, subject)
  if (key === undefined) return
  key.friendlyName = data.friendly_name
  key.updated = at
}

export const deleteKey = ({ keys }: Accounts, { subject }: Entry<unknown>): void => removeItem(keys, subject)
