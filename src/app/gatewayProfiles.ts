import * as Schema from "effect/Schema"
import { defaultProfile, type SimulatedProfile } from "../gateway/providers/profile.ts"
import {
  basisPoints,
  Duration,
  durationMs,
  expects,
  HowDown,
  optional,
  Percent,
  SomeTime,
  writtenDuration,
  writtenPercent,
} from "./settingsParts.ts"

/* How a simulated provider behaves: how the settings file has it, and how the log does. */

const Span = Schema.suspend(() =>
  Schema.Struct({ min: Duration, max: Duration }).pipe(
    Schema.filter(({ max, min }) => durationMs(min) <= durationMs(max), { message: () => "min no longer than max" }),
  ),
)

const Outage = Schema.suspend(() =>
  Schema.Struct({ from: Duration, for: SomeTime, every: optional(SomeTime), how: optional(HowDown) }),
)

export const profileSetting = Schema.suspend(() =>
  Schema.Struct({
    latency: optional(Span),
    receipt: optional(Span),
    limit_per_second: optional(
      expects(Schema.Int.pipe(Schema.between(1, 1_000_000)), "a whole number of requests a second, 1 to 1000000"),
    ),
    lost_percent: optional(Percent),
    failing_percent: optional(Percent),
    refused_percent: optional(Percent),
    unanswered_percent: optional(Percent),
    undelivered_percent: optional(Percent),
    silent_percent: optional(Percent),
    contradicting_percent: optional(Percent),
    outages: optional(Schema.Array(Outage).pipe(Schema.maxItems(100, { message: () => "at most 100 outages" }))),
  }),
)
type Written = typeof profileSetting.Type

const span = (written: typeof Span.Type | undefined, usual: SimulatedProfile["latency"]) =>
  written === undefined ? usual : { max_ms: durationMs(written.max), min_ms: durationMs(written.min) }

/** A profile as the log keeps it. */
export const simulatedProfile = (written: Written): SimulatedProfile => ({
  contradicting_bp: basisPoints(written.contradicting_percent ?? 0),
  failing_bp: basisPoints(written.failing_percent ?? 0),
  latency: span(written.latency, defaultProfile.latency),
  ...(written.limit_per_second === undefined ? {} : { limit_per_second: written.limit_per_second }),
  lost_bp: basisPoints(written.lost_percent ?? 0),
  outages: (written.outages ?? []).map(({ every, for: length, from, how }) => ({
    ...(every === undefined ? {} : { every_ms: durationMs(every) }),
    for_ms: durationMs(length),
    from_ms: durationMs(from),
    how: how ?? "connect",
  })),
  receipt: span(written.receipt, defaultProfile.receipt),
  refused_bp: basisPoints(written.refused_percent ?? 0),
  silent_bp: basisPoints(written.silent_percent ?? 0),
  unanswered_bp: basisPoints(written.unanswered_percent ?? 0),
  undelivered_bp: basisPoints(written.undelivered_percent ?? 0),
})

/** What a settings file would say to have this profile. */
export const writtenProfile = (profile: SimulatedProfile): Written => ({
  latency: { max: writtenDuration(profile.latency.max_ms), min: writtenDuration(profile.latency.min_ms) },
  receipt: { max: writtenDuration(profile.receipt.max_ms), min: writtenDuration(profile.receipt.min_ms) },
  ...(profile.limit_per_second === undefined ? {} : { limit_per_second: profile.limit_per_second }),
  lost_percent: writtenPercent(profile.lost_bp),
  failing_percent: writtenPercent(profile.failing_bp),
  refused_percent: writtenPercent(profile.refused_bp),
  unanswered_percent: writtenPercent(profile.unanswered_bp),
  undelivered_percent: writtenPercent(profile.undelivered_bp),
  silent_percent: writtenPercent(profile.silent_bp),
  contradicting_percent: writtenPercent(profile.contradicting_bp),
  outages: profile.outages.map(({ every_ms, for_ms, from_ms, how }) => ({
    from: writtenDuration(from_ms),
    for: writtenDuration(for_ms),
    ...(every_ms === undefined ? {} : { every: writtenDuration(every_ms) }),
    how,
  })),
})
