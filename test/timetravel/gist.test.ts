import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { rules } from "../../src/app/rules.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import { gist } from "../../src/timetravel/gist.ts"

const entry = (type: string, data: JsonObject) =>
  ({ seq: 1, at: 0, cause: 0, kind: "outcome", type, subject: "SM1", data }) as const

describe("the gist of an entry", () => {
  it("is what it says in a few words", () => {
    strictEqual(gist(entry("timer.fired", { key: "message SM1" })), "message SM1")
    strictEqual(gist(entry("message.status-changed", { status: "failed", error_code: 30008 })), "failed 30008")
    strictEqual(gist(entry("something.new", { a: 1 })), '{"a":1}')
  })
  it("is a text whatever an altered log holds", () => {
    for (const { type } of rules.entryTypes)
      for (const value of [null, 5, {}, [], [{}], "text"])
        for (const data of [
          {},
          ...["key", "keys", "error", "what", "status", "data"].map((name) => ({ [name]: value })),
        ])
          strictEqual(typeof gist(entry(type, data as JsonObject)), "string", type)
  })
})
