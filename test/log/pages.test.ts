import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import type { Kind, Row } from "../../src/core/Entry.ts"
import { packPage, unpackPage } from "../../src/log/packedPage.ts"
import { anyText } from "../support/json.ts"

/** Rows as an altered file may hold them, too. */
const row: FastCheck.Arbitrary<Row> = FastCheck.record({
  seq: FastCheck.nat(),
  at: FastCheck.oneof(FastCheck.maxSafeInteger(), FastCheck.constant(Number.NaN)),
  cause: FastCheck.nat(),
  kind: FastCheck.constantFrom<Kind>("input", "outcome", "?7" as Kind),
  type: anyText,
  subject: anyText,
  data: anyText,
  hash: anyText,
})

describe("a page that goes to another thread", () => {
  it("comes there as it was, an empty one too", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.array(row), FastCheck.nat(), (rows, matching) => {
        deepStrictEqual(unpackPage(structuredClone(packPage({ rows, matching }))), { rows, matching })
      }),
    ))
})
