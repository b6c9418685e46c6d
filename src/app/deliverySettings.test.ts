import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { deliverySettings } from "./deliverySettings.ts"

const behavior = (written: NonNullable<Parameters<typeof deliverySettings>[0]["numbers"]>[string]) =>
  deliverySettings({ failure_error_code: 30008, numbers: { "+15559999999": written } }).behaviors?.[0]
const number = "+15559999999"

describe("a number's behaviour", () => {
  it.each([
    [{}, { number, outcome: "delivered" }],
    [{ error_code: 30003 }, { error_code: 30003, number, outcome: "undelivered" }],
    [{ error_code: 30001 }, { error_code: 30001, number, outcome: "failed" }],
    [{ error_code: 99999 }, { error_code: 99999, number, outcome: "undelivered" }],
    [{ outcome: "undelivered" }, { error_code: 30008, number, outcome: "undelivered" }],
    [
      { outcome: "delivered", error_code: 30003 },
      { number, outcome: "delivered" },
    ],
    [
      { outcome: "sent", delays: { sent: "1s" } },
      { number, outcome: "sent", sending_ms: 1_000 },
    ],
    [
      { outcome: "undelivered", error_code: 30005, delays: { sent: "1s", delivered: 40 } },
      { error_code: 30005, landing_ms: 40_000, number, outcome: "undelivered", sending_ms: 1_000 },
    ],
    [
      { outcome: "undelivered", delays: { delivered: 40, undelivered: 0.5 } },
      { error_code: 30008, landing_ms: 500, number, outcome: "undelivered" },
    ],
    [
      { outcome: "failed", delays: { sent: "3s" } },
      { error_code: 30008, number, outcome: "failed", sending_ms: 3_000 },
    ],
  ] as const)("%j", (written, kept) => deepStrictEqual(behavior(written), kept as never))

  it("and carriers that are not there are absent", () => deepStrictEqual(deliverySettings({}), {}))
})
