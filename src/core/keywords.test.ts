import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { keywordOf } from "./keywords.ts"

const usual = { tollFree: false, yes: true }

describe("a message is a keyword", () => {
  it.each([
    ...["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "stop", " Stop\n"].map(
      (body) => [body, "STOP"] as const,
    ),
    ...["START", "UNSTOP", "YES", "yes"].map((body) => [body, "START"] as const),
    ...["HELP", "INFO", "help"].map((body) => [body, "HELP"] as const),
    ...["STOP PLEASE", "OPT OUT", "STOP.", "", "NO", `STOP${" ".repeat(100)}`].map(
      (body) => [body, undefined] as const,
    ),
  ])("%j: %s", (body, keyword) => strictEqual(keywordOf(body, usual), keyword))

  it("YES as far as settings have it so", () => strictEqual(keywordOf("YES", { ...usual, yes: false }), undefined))

  it.each([
    ["STOP", "STOP"],
    ["START", "START"],
    ["UNSTOP", "START"],
    ["HELP", "HELP"],
    ["CANCEL", undefined],
    ["YES", undefined],
  ])("of toll-free numbers %s: %s", (body, keyword) =>
    strictEqual(keywordOf(body, { tollFree: true, yes: true }), keyword),
  )
})
