import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { checkSettings, problemLine } from "./settingsCheck.ts"

const problems = (twilio: unknown) =>
  Either.match(checkSettings({ twilio }), {
    onLeft: (left) => left.map(problemLine),
    onRight: () => [],
  })
const carrier = (more: object) => ({ carriers: [{ name: "one", ...more }] })

describe("a mistake inside of a list is told where it is", () => {
  it.each<readonly [unknown, string]>([
    [{ faults: [{ status: 200 }] }, "twilio.faults.0.status: expected an HTTP status, 400 to 599, found 200"],
    [{ faults: [{ latency: 1, percent: 101 }] }, "twilio.faults.0.percent: expected a percentage, 0 to 100, found 101"],
    [{ faults: [{ drop: "bogus" }] }, 'twilio.faults.0.drop: expected request or answer, found "bogus"'],
    [{ faults: [{ frob: 1, latency: 1 }] }, "twilio.faults.0.frob: expected a known key (is drop meant?), found 1"],
    [
      { faults: [{}] },
      "twilio.faults.0: expected one of status (perhaps with code), latency and drop, found a group of keys",
    ],
    [
      { faults: [{ drop: "request", latency: 1 }] },
      "twilio.faults.0: expected one of status (perhaps with code), latency and drop, found a group of keys",
    ],
    [
      { faults: Array.from({ length: 101 }, () => ({ latency: 1 })) },
      "twilio.faults: expected at most 100 faults, found a list",
    ],
    [carrier({ frob: 1 }), "twilio.carriers.0.frob: expected a known key, found 1"],
    [carrier({ filtering: { 30001: 5 } }), "twilio.carriers.0.filtering.30001: expected a known key, found 5"],
    [
      carrier({ filtering: { 30003: 60, 30005: 60 } }),
      "twilio.carriers.0.filtering: expected percentages whose sum is at most 100, found a group of keys",
    ],
    [
      carrier({ latency: { p50: 5, p99: 1 } }),
      "twilio.carriers.0.latency: expected at least one of p0, p50, p90, p95, p99, p100, none less than the one before, found a group of keys",
    ],
    [
      { carriers: [{ name: "one" }, { name: "one" }] },
      "twilio.carriers: expected carriers of different names, found a list",
    ],
    [
      { numbers: { bogus: {} } },
      "twilio.numbers.bogus: expected a phone number in E.164 form or a short code, found a group of keys",
    ],
  ])("%j", (twilio, line) => deepStrictEqual(problems(twilio), [line]))
})
