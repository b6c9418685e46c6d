import { describe, it } from "@effect/vitest"
import { strictEqual, throws } from "@effect/vitest/utils"
import type { Json } from "../core/canonical.ts"
import { filled } from "./references.ts"
import type { Stage } from "./Stage.ts"
import { InnerScope, KnownIn, type Scope } from "./scopes.ts"

const known = (scope: Scope) => new KnownIn({} as Stage, 1, scope)

describe("a name in an inner scope", () => {
  const outer = () => new Map<string, Json>([["code", { sid: "SM1" }]])

  it("stands for nothing where it was given nothing, and never for what it stands for around it", () =>
    strictEqual(filled("${code}", known(new InnerScope({ code: null }, outer()))), null))

  it("stands for the last result of that name, then for what was given, then for what is around it", () => {
    const scope = new InnerScope({ code: 30003, row: 1 }, outer())
    strictEqual(filled("${code}", known(scope)), 30003)
    scope.set("code", "later")
    strictEqual(filled("${code} ${row}", known(scope)), "later 1")
    strictEqual(filled("${code.sid}", known(new InnerScope({ row: 1 }, outer()))), "SM1")
    strictEqual(filled("${seed}", known(scope)), 1)
    throws(() => filled("${other}", known(scope)))
  })
})
