import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import { andThen, inTurn, orElse } from "./atOnce.ts"

/** The same effect as it may come: over already, as an Either, or still to be run. */
const forms = [
  ["over", (exit: Exit.Exit<number, string>): Effect.Effect<number, string> => exit],
  ["an Either", (exit) => (Exit.isSuccess(exit) ? Either.right(exit.value) : Either.left("no"))],
  ["to be run", (exit) => Effect.zipRight(Effect.yieldNow(), exit)],
] as ReadonlyArray<readonly [string, (exit: Exit.Exit<number, string>) => Effect.Effect<number, string>]>

describe("what is gone on with", () => {
  it.effect.each(forms)("is what came of it: %s", ([, form]) =>
    Effect.gen(function* () {
      strictEqual(yield* andThen(form(Exit.succeed(2)), (n) => Effect.succeed(n * 2)), 4)
      const failed = andThen(form(Exit.fail("no")), () => Effect.dieMessage("gone on with"))
      deepStrictEqual(yield* Effect.exit(failed), Exit.fail("no"))
      const told = orElse(form(Exit.fail("no")), (why) => `${why}!`)
      deepStrictEqual(yield* Effect.exit(told), Exit.fail("no!"))
      strictEqual(yield* orElse(form(Exit.succeed(3)), () => "no"), 3)
    }),
  )

  it("needs no fibre where it is over", () =>
    assertTrue(Exit.isExit(andThen(Exit.succeed(1), () => Effect.succeed(2)))))
})

describe("things done in turn", () => {
  it.effect.each(forms)("are done one after the other up to the first that fails: %s", ([, form]) =>
    Effect.gen(function* () {
      const done: Array<number> = []
      const upTo = (last: number) =>
        inTurn(2_500, (i) => {
          done.push(i)
          return form(i === last ? Exit.fail("no") : Exit.succeed(i))
        })
      deepStrictEqual(yield* Effect.exit(upTo(2_200)), Exit.fail("no"))
      deepStrictEqual(
        done,
        Array.from({ length: 2_201 }, (_, i) => i),
      )
      done.length = 0
      yield* upTo(-1)
      strictEqual(done.length, 2_500)
    }),
  )

  it.effect("leave others a turn, however many are over at once", () =>
    Effect.gen(function* () {
      const done: Array<number> = []
      const all = inTurn(10_000, (i) => {
        done.push(i)
        return Effect.void
      })
      assertFalse(Exit.isExit(all))
      assertTrue(done.length < 10_000)
      yield* all
      strictEqual(done.length, 10_000)
    }),
  )
})
