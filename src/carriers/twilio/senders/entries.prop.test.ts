import { describe, it } from "@effect/vitest"
import { comesBack, entryOf, hashes } from "../../../../test/support/entries.ts"
import { seeded } from "../../../../test/support/seeded.ts"
import { accountEntryTypes } from "../accounts/entries.ts"
import { senderEntryTypes } from "./entries.ts"

describe("entries of accounts and senders come back as they were stored", () => {
  for (const type of [...accountEntryTypes, ...senderEntryTypes])
    it.prop(type.type, [entryOf(type), hashes], ([entry, previous]) => comesBack(type, entry, previous), seeded)
})
