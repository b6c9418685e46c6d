import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { isAnswered } from "../../src/core/traffic/RecordedExchange.ts"
import { Playing } from "../../src/traffic/playback/Playing.ts"
import { readTrafficFile } from "../../src/traffic/TrafficFile.ts"

const sample = (name: string) => Effect.runPromise(readTrafficFile(join(import.meta.dirname, "samples", name)))

/* Files that the release in their name has written; none of them is ever edited. */
describe("A traffic recording of 0.1.0", () => {
  it("is read without a fault: five requests, of which one had no answer, and two webhooks", async () => {
    const { exchanges, faults, header } = await sample("traffic@0.1.0.jsonl")
    deepStrictEqual(faults, [])
    strictEqual(header.by, "ringback 0.1.0")
    deepStrictEqual(
      exchanges.map(({ answer, direction }) => `${direction} ${isAnswered(answer) ? answer.status : answer.failed}`),
      ["api 201", "webhook 200", "webhook 200", "api 200", "api 200", "api 400", "api connection refused"],
    )
    const [sent, ...later] = exchanges
    assertTrue(sent?.about.startsWith("SM") === true)
    deepStrictEqual(
      later.slice(0, 3).map(({ about }) => about),
      [sent?.about, sent?.about, sent?.about],
    )
  })

  it("is played back to whoever asks the same again", async () => {
    const traffic = await sample("traffic@0.1.0.jsonl")
    const playing = new Playing(
      { fields: new Map(), mode: "order", salt: undefined, traffic },
      () => traffic.header.started,
    )
    for (const { direction, n, request } of traffic.exchanges) {
      if (direction === "webhook") continue
      const found = playing.find(request)
      strictEqual("nearest" in found ? "a miss" : found.exchange.n, n)
    }
  })
})
