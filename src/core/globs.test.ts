import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { globs } from "./globs.ts"

describe("a pattern", () => {
  it.each([
    ["", "", true],
    ["", "/a", false],
    ["*", "", true],
    ["*", "/a/b", true],
    ["/a*", "/a", true],
    ["*.json", "/a/b.json", true],
    ["*.json", "/a/b.json/c", false],
    ["/a/*/c", "/a/b/c", true],
    ["/a/*/c", "/a/c", false],
    ["*a*a", "a", false],
    ["*a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["*(a+)+$", "(a+)+$", true],
  ])("%j and %j: %s", (pattern, text, does) => strictEqual(globs(pattern, text), does))

  it("takes no time to speak of, whatever it is", () =>
    strictEqual(globs("a*".repeat(250), `${"a".repeat(100_000)}b`), true))
})
