import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { badPolicyIn, overridesOf } from "./connectionOverrides.ts"

describe("the fragment of a webhook's URL", () => {
  it.each([
    ["", {}],
    ["#", {}],
    ["#top", {}],
    ["#rc=3", { retries: 3 }],
    ["#rc=0", { retries: 0 }],
    ["#rc=6", {}],
    ["#rc=-1", {}],
    ["#rc=1.5", {}],
    ["#ct=100&rt=15000&tt=15000", { connectMs: 100, readMs: 15_000, totalMs: 15_000 }],
    ["#ct=99&rt=15001&tt=15001", {}],
    ["#ct=10000", { connectMs: 10_000 }],
    ["#ct=10001", {}],
    ["#rp=4xx,5xx", { on: ["4xx", "5xx"] }],
    ["#rp=5xx%2Cct", { on: ["5xx", "ct"] }],
    ["#rp=all", { on: ["all"] }],
    ["#rp=ct,ct", { on: ["ct"] }],
    ["#rp=sometimes", {}],
    ["#rp=", {}],
    ["#__proto__=1&constructor=2", {}],
    ["#rc=2&rp=rt&e=ashburn&sni=y", { on: ["rt"], retries: 2 }],
    ["?rc=3#x=?#rc=1", {}],
  ])("%s", (fragment, overrides) => deepStrictEqual(overridesOf(`https://app.example/status${fragment}`), overrides))

  it.each([
    ["", undefined],
    ["#rc=9", undefined],
    ["#rp=4xx,all", undefined],
    ["#rp=sometimes", "sometimes"],
    ["#rc=1&rp=", ""],
  ])("names a retry policy that is none, or not: %s", (fragment, policy) =>
    strictEqual(badPolicyIn(`https://app.example/${fragment}`), policy),
  )
})
