import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import { createAccount, createKey, deleteKey, updateAccount, updateKey } from "./accounts.ts"
import { accountCreated, accountUpdated, apiKeyCreated, apiKeyDeleted, apiKeyUpdated } from "./entries.ts"

/** How entries change accounts and API keys. */
export const changesOfAccounts: Machine<Twilio>["evolve"] = [
  evolves(accountCreated, ({ accounts }, entry) => createAccount(accounts, entry)),
  evolves(accountUpdated, ({ accounts }, entry) => updateAccount(accounts, entry)),
  evolves(apiKeyCreated, ({ accounts }, entry) => createKey(accounts, entry)),
  evolves(apiKeyUpdated, ({ accounts }, entry) => updateKey(accounts, entry)),
  evolves(apiKeyDeleted, ({ accounts }, entry) => deleteKey(accounts, entry)),
]
