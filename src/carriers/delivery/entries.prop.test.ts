import { describe, it } from "@effect/vitest"
import { comesBack, entryOf, hashes } from "../../../test/support/entries.ts"
import { seeded } from "../../../test/support/seeded.ts"
import { deliveryEntryTypes } from "./entries.ts"

describe("entries of messages come back as they were stored", () => {
  for (const type of deliveryEntryTypes)
    it.prop(type.type, [entryOf(type), hashes], ([entry, previous]) => comesBack(type, entry, previous), seeded)
})
