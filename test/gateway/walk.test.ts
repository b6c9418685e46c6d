import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { randomOf } from "../hostile/fuzz/random.ts"
import { GatewayWalk } from "../support/gatewayWalk.ts"

describe("the gateway, whatever arrives", () => {
  it("exceeds no limit, attempts nothing twice at once, answers every request once, and comes to rest", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = randomOf(`gateway walk ${seed}`)
      const walk = new GatewayWalk({ below: random.below, body: () => random.pick(["", "{", "null", '{"a":1}']) })
      deepStrictEqual([seed, walk.run(120)], [seed, []])
    }
  })
})
