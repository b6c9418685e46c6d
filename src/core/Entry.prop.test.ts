import { describe, it } from "@effect/vitest"
import { comesBack, entryOf, hashes } from "../../test/support/entries.ts"
import { seeded } from "../../test/support/seeded.ts"
import { coreEntryTypes } from "./entries.ts"

describe("entries of the core come back as they were stored", () => {
  for (const type of coreEntryTypes)
    it.prop(type.type, [entryOf(type), hashes], ([entry, previous]) => comesBack(type, entry, previous), seeded)
})
