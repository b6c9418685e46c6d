import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { formatDuration, iso, isoSeconds, parseDuration, parseInstant, receiptMinute, rfc2822 } from "./Instant.ts"

const at = Date.UTC(2023, 7, 24, 5, 1, 45, 678)
/** Years 1000 to 9999: `Date.parse`, the other side of the comparison, guesses a century for earlier ones. */
const instants = FastCheck.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) })

describe("texts of an instant", () => {
  it("RFC 2822 has a literal +0000", () => strictEqual(rfc2822(at), "Thu, 24 Aug 2023 05:01:45 +0000"))

  it("RFC 2822 pads the day", () => strictEqual(rfc2822(0), "Thu, 01 Jan 1970 00:00:00 +0000"))

  it("RFC 2822 goes back as well as on", () => {
    strictEqual(rfc2822(1000), "Thu, 01 Jan 1970 00:00:01 +0000")
    strictEqual(rfc2822(999), "Thu, 01 Jan 1970 00:00:00 +0000")
    strictEqual(rfc2822(-1), "Wed, 31 Dec 1969 23:59:59 +0000")
    strictEqual(rfc2822(1999), "Thu, 01 Jan 1970 00:00:01 +0000")
  })

  it("ISO 8601 comes with and without ms", () => {
    strictEqual(iso(at), "2023-08-24T05:01:45.678Z")
    strictEqual(isoSeconds(at), "2023-08-24T05:01:45Z")
    strictEqual(receiptMinute(at), "2308240501")
  })

  it.prop("RFC 2822 names the same second whatever was asked before", [instants], ([ms]) =>
    strictEqual(Date.parse(rfc2822(ms)), Math.floor(ms / 1000) * 1000),
  )

  it.prop("a receipt names its minute whatever was asked before", [instants], ([ms]) =>
    strictEqual(receiptMinute(ms), iso(ms).replace(/\D/g, "").slice(2, 12)),
  )
})

const instantTexts: ReadonlyArray<readonly [text: string, ms: number | undefined]> = [
  ["2023-08-24T05:01:45.678Z", at],
  ["2023-08-24T05:01:45.678999Z", at],
  ["2023-08-24T05:01:45.6Z", at - 78],
  ["2023-08-24T05:01:45Z", at - 678],
  ["2023-08-24T05:01Z", at - 45_678],
  ["2023-08-24T07:31:45.678+02:30", at],
  ["2023-08-23T21:01:45.678-0800", at],
  ["2023-08-24", Date.UTC(2023, 7, 24)],
  ["2024-02-29", Date.UTC(2024, 1, 29)],
  ["0001-01-01T00:00:00Z", -62_135_596_800_000],
  ["2023-02-29", undefined],
  ["2023-13-01", undefined],
  ["2023-08-24T24:00:00Z", undefined],
  ["2023-08-24T05:60:00Z", undefined],
  ["2023-08-24T05:01:60Z", undefined],
  ["2023-08-24T05:01:45", undefined],
  ["2023-08-24 05:01:45Z", undefined],
  ["2023-08-24Z", undefined],
  ["2023-08-24T05:01:45+24:00", undefined],
  ["0000-01-01T01:00:00+02:00", undefined],
  ["0000-01-01T01:00:00+01:00", Date.parse("0000-01-01T00:00:00Z")],
  ["9999-12-31T23:00:00-02:00", undefined],
  ["9999-12-31T21:59:59.999-02:00", Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ["1692853305678", undefined],
  ["2023-8-24", undefined],
  ["2023-08-24T05:01:45Z\n", undefined],
  ["now", undefined],
  ["", undefined],
  [`2023-08-24T05:01:45.${"6".repeat(5000)}Z`, undefined],
]

describe("parseInstant", () => {
  it.each(instantTexts)("reads %j as %j", (text, ms) => strictEqual(parseInstant(text), ms))

  it.prop("reads what iso writes", [instants], ([ms]) => strictEqual(parseInstant(iso(ms)), ms))

  it.prop("reads what isoSeconds writes, but for the ms", [instants], ([ms]) =>
    strictEqual(parseInstant(isoSeconds(ms)), Math.floor(ms / 1000) * 1000),
  )
})

const durationTexts: ReadonlyArray<readonly [text: string, ms: number | undefined]> = [
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["90m", 5_400_000],
  ["0s", 0],
  ["", undefined],
  ["5", undefined],
  ["s", undefined],
  ["1.5s", undefined],
  ["-1s", undefined],
  ["1 h", undefined],
  ["30m1h", undefined],
  ["1h1h", undefined],
  ["1H", undefined],
  ["1w", undefined],
  ["99999999999999999d", undefined],
  ["1s\n", undefined],
]

describe("durations", () => {
  it.each(durationTexts)("%j is %j ms", (text, ms) => strictEqual(parseDuration(text), ms))

  it("are written with the largest units first", () => {
    strictEqual(formatDuration(5_400_000), "1h30m")
    strictEqual(formatDuration(93_784_005), "1d2h3m4s5ms")
    strictEqual(formatDuration(0), "0s")
  })

  it.prop("are read as they were written", [FastCheck.maxSafeNat()], ([ms]) =>
    strictEqual(parseDuration(formatDuration(ms)), ms),
  )
})
