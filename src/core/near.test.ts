import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { near } from "./near.ts"

const words = ["to", "from", "body", "status", "statuses"]

describe("the word that is meant by another", () => {
  for (const [word, meant] of [
    ["too", "to"],
    ["form", "from"],
    ["bdoy", "body"],
    ["statusses", "statuses"],
    ["stats", "status"],
    ["x", undefined],
    ["colour", undefined],
    ["x".repeat(100_000), undefined],
  ] as const)
    it(`${word.slice(0, 20)}: ${meant ?? "none"}`, () => strictEqual(near(word, words), meant))
})
