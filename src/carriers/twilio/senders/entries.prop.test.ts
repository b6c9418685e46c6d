import { describe, it } from "@effect/vitest"
import { comesBack, entryOf, hashes } from "../../../../test/support/entries.ts"
import { seeded } from "../../../../test/support/seeded.ts"
import { accountEntryTypes } from "../accounts/entries.ts"
import { alertEntryTypes } from "../alerts/entries.ts"
import { applicationEntryTypes } from "../applications/entries.ts"
import { inboundEntryTypes } from "../inbound/entries.ts"
import { optOutEntryTypes } from "../optOut/entries.ts"
import { senderEntryTypes } from "./entries.ts"

const types = [
  ...accountEntryTypes,
  ...senderEntryTypes,
  ...applicationEntryTypes,
  ...inboundEntryTypes,
  ...optOutEntryTypes,
  ...alertEntryTypes,
]

describe("entries of accounts, senders, phones and alerts come back as they were stored", () => {
  for (const type of types)
    it.prop(type.type, [entryOf(type), hashes], ([entry, previous]) => comesBack(type, entry, previous), seeded)
})
