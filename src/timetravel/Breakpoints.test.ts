import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import type { Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { Breakpoints } from "./Breakpoints.ts"

const row = (seq: number, type: string): Row => ({
  seq,
  at: seq,
  cause: 0,
  kind: "outcome",
  type,
  subject: "SM1",
  data: '{"status":"failed"}',
  hash: "",
})

describe("breakpoints", () => {
  it("are reached by entries that fit, and count them", () => {
    const breakpoints = new Breakpoints()
    Either.getOrThrow(breakpoints.add("type:message.* failed", 0))
    strictEqual(breakpoints.see([row(1, "timer.set"), row(2, "api.requested")]), false)
    strictEqual(breakpoints.see([row(3, "message.created"), row(4, "message.status-changed")]), true)
    deepStrictEqual(breakpoints.all, [{ id: 1, pattern: "type:message.* failed", hits: 2, last: 4 }])
  })
  it("can be removed, and are never numbered twice", () => {
    const breakpoints = new Breakpoints()
    breakpoints.add("seq:1", 0)
    deepStrictEqual([breakpoints.remove(1), breakpoints.remove(1)], [true, false])
    strictEqual(breakpoints.see([row(1, "x")]), false)
    strictEqual(Either.getOrThrow(breakpoints.add("seq:1", 0)).id, 2)
  })
  it("are refused with what is wrong, and beyond their number", () => {
    const breakpoints = new Breakpoints()
    strictEqual(Either.getOrThrow(Either.flip(breakpoints.add("tpe:x", 0))).includes("did you mean type:?"), true)
    strictEqual(Either.isLeft(breakpoints.add("  ", 0)), true)
    for (let i = 0; i < limits.breakpointsMax; i++) Either.getOrThrow(breakpoints.add("seq:1", 0))
    strictEqual(Either.isLeft(breakpoints.add("seq:1", 0)), true)
  })
})
