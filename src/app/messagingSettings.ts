import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import type { SettingsFile } from "./settingsFile.ts"
import { micros, secondsMs } from "./settingsParts.ts"

/** What a segment costs in the US, in millionths of a dollar. Source: the price in Twilio's OpenAPI examples. */
const priceMicros = 7_500

/** A sender's queue holds so much of its traffic, in ms. Source: error 21611. */
const queueMs = 36_000_000

/** Requests of an account that may be under way at once. Source: docs on 429, third parties. */
const concurrency = 100

/** The settings of prices, media, rates, schedules and the API's own pace as the log keeps them. */
export const messagingSettings = (
  written: NonNullable<SettingsFile["twilio"]>,
): Pick<
  TwilioSettings,
  "api" | "balance_micros" | "media" | "media_auth" | "opt_out" | "price_micros" | "rate" | "scheduling"
> => {
  const { api, balance, media, media_auth, opt_out, price_per_segment, rate, scheduling } = written
  return {
    ...(api?.latency_seconds === undefined
      ? {}
      : { api: { concurrency_max: api.concurrency ?? concurrency, latency_ms: secondsMs(api.latency_seconds) } }),
    ...(balance === undefined ? {} : { balance_micros: micros(balance) }),
    media: media ?? "generate",
    ...(media_auth === true ? { media_auth } : {}),
    ...(opt_out === undefined
      ? {}
      : {
          opt_out: {
            advanced: opt_out.advanced ?? false,
            enabled: opt_out.enabled ?? true,
            repeat_replies: opt_out.repeat_replies ?? false,
            yes: opt_out.yes ?? true,
          },
        }),
    price_micros: price_per_segment === undefined ? priceMicros : micros(price_per_segment),
    ...(rate === undefined
      ? {}
      : {
          rate: {
            queue_ms: rate.queue_seconds === undefined ? queueMs : secondsMs(rate.queue_seconds),
            segments_per_second: rate.segments_per_second,
          },
        }),
    ...(scheduling === undefined
      ? {}
      : {
          scheduling: {
            max_ms: secondsMs(scheduling.max_seconds ?? 35 * 24 * 3600),
            messages_max: scheduling.messages ?? 500_000,
            min_ms: secondsMs(scheduling.min_seconds ?? 900),
          },
        }),
  }
}
