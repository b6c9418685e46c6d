import * as Schema from "effect/Schema"
import { messageFailure } from "../carriers/twilio/errors.ts"
import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import { parseE164 } from "../core/E164.ts"
import { calleeSetting } from "./callSettings.ts"
import { basisPoints, Duration, durationMs, ErrorCode, expects, optional, Percent } from "./settingsParts.ts"

/* Per-number behaviours and carrier profiles: how the settings file has them, and how the log does. */

const behaviorFields = () => ({
  outcome: optional(
    expects(
      Schema.Literal("delivered", "undelivered", "failed", "sent"),
      "delivered, undelivered, failed, or sent for a message whose receipt never comes",
    ),
  ),
  error_code: optional(ErrorCode),
  delays: optional(
    Schema.Struct({
      sent: optional(Duration),
      failed: optional(Duration),
      delivered: optional(Duration),
      undelivered: optional(Duration),
    }),
  ),
})
const Behavior = Schema.suspend(() => Schema.Struct(behaviorFields()))

/** What becomes of messages to a number, and of calls. */
const NumberBehavior = Schema.suspend(() => Schema.Struct({ ...behaviorFields(), call: optional(calleeSetting) }))

const addressed = /^(?:[a-z]+:)?(?:\+[1-9]\d{6,14}|\d{3,8})$/

/** Behaviours by number. */
export const numbersSetting = Schema.suspend(() =>
  Schema.Record({
    key: Schema.String.pipe(
      Schema.filter((text) => addressed.test(text), {
        message: () => "a phone number in E.164 form or a short code",
      }),
    ),
    value: NumberBehavior,
  }),
)

/** Behaviours by the message's SID. */
export const messagesSetting = Schema.suspend(() =>
  Schema.Record({
    key: Schema.String.pipe(
      Schema.filter((text) => /^[SM]M[0-9a-f]{32}$/.test(text), {
        message: () => ({ message: "a message's SID", override: true }),
      }),
    ),
    value: Behavior,
  }),
)

const filterCodes = ["30003", "30004", "30005", "30006", "30007", "30008"] as const
const filterPercent = optional(Percent)
const Filtering = Schema.suspend(() =>
  Schema.Struct({
    "30003": filterPercent,
    "30004": filterPercent,
    "30005": filterPercent,
    "30006": filterPercent,
    "30007": filterPercent,
    "30008": filterPercent,
  }).pipe(
    Schema.filter((all) => filterCodes.reduce((sum, code) => sum + (all[code] ?? 0), 0) <= 100, {
      message: () => "percentages whose sum is at most 100",
    }),
  ),
)

/** The names of a latency's points, and their basis points. */
const points = { p0: 0, p50: 5_000, p90: 9_000, p95: 9_500, p99: 9_900, p100: 9_999 } as const
const pointNames = ["p0", "p50", "p90", "p95", "p99", "p100"] as const
const Latency = Schema.suspend(() =>
  Schema.Struct({
    p0: optional(Duration),
    p50: optional(Duration),
    p90: optional(Duration),
    p95: optional(Duration),
    p99: optional(Duration),
    p100: optional(Duration),
  }).pipe(
    Schema.filter(
      (latency) => {
        const given = pointsOf(latency).map(({ ms }) => ms)
        return given.length > 0 && given.every((ms, i) => i === 0 || ms >= (given[i - 1] as number))
      },
      {
        message: () => "at least one of p0, p50, p90, p95, p99, p100, none less than the one before",
      },
    ),
  ),
)

const pointsOf = (latency: { readonly [Name in (typeof pointNames)[number]]?: number | string }) =>
  pointNames.flatMap((name) => {
    const duration = latency[name]
    return duration === undefined ? [] : [{ bp: points[name], ms: durationMs(duration) }]
  })

export const carriersSetting = Schema.suspend(() =>
  Schema.Array(
    Schema.Struct({
      name: expects(Schema.NonEmptyString.pipe(Schema.maxLength(64)), "a name of 1 to 64 characters"),
      to: optional(
        Schema.Array(
          expects(
            Schema.String.pipe(Schema.pattern(/^\+?\d{1,15}$/)),
            'what its numbers begin with, a text such as "+1555"',
          ),
        ),
      ),
      latency: optional(Latency),
      loss_percent: optional(Percent),
      filtering: optional(Filtering),
      segments_per_second: optional(
        expects(Schema.Int.pipe(Schema.between(1, 1_000_000)), "a whole number of segments a second, 1 to 1000000"),
      ),
    }),
  ).pipe(
    Schema.filter((carriers) => new Set(carriers.map(({ name }) => name)).size === carriers.length, {
      message: () => "carriers of different names",
    }),
  ),
)

interface Written {
  readonly messages?: typeof messagesSetting.Type
  readonly numbers?: typeof numbersSetting.Type
  readonly carriers?: typeof carriersSetting.Type
  readonly failure_error_code?: number
}

/** Behaviours and carriers as the log keeps them; nothing said: absent. */
export const deliverySettings = ({
  carriers = [],
  failure_error_code = 30008,
  messages = {},
  numbers = {},
}: Written): Pick<TwilioSettings, "behaviors" | "carriers" | "message_behaviors"> => {
  const behavior = ({ delays = {}, error_code, outcome: given }: typeof Behavior.Type) => {
    const outcome =
      given ?? (error_code === undefined ? "delivered" : (messageFailure(error_code)?.status ?? "undelivered"))
    const { delivered, failed, sent, undelivered } = delays
    const sending = outcome === "failed" ? (failed ?? sent) : sent
    // A receipt takes its time whatever it says: either name stands for it.
    const landing = outcome === "undelivered" ? (undelivered ?? delivered) : (delivered ?? undelivered)
    const code = outcome === "failed" || outcome === "undelivered" ? (error_code ?? failure_error_code) : undefined
    return {
      ...(code === undefined ? {} : { error_code: code }),
      ...(landing === undefined ? {} : { landing_ms: durationMs(landing) }),
      outcome,
      ...(sending === undefined ? {} : { sending_ms: durationMs(sending) }),
    }
  }
  // A number of which nothing but calls is said has no behaviour for messages.
  const said = Object.entries(numbers).filter(
    ([, { call, delays, error_code, outcome }]) =>
      call === undefined || delays !== undefined || error_code !== undefined || outcome !== undefined,
  )
  const behaviors = said.map(([number, written]) => ({ number: parseE164(number) ?? number, ...behavior(written) }))
  const message_behaviors = Object.entries(messages).map(([sid, written]) => ({ sid, ...behavior(written) }))
  return {
    ...(behaviors.length === 0 ? {} : { behaviors }),
    ...(carriers.length === 0 ? {} : { carriers: carriers.map(carrier) }),
    ...(message_behaviors.length === 0 ? {} : { message_behaviors }),
  }
}

const carrier = ({
  filtering = {},
  latency,
  loss_percent = 0,
  name,
  segments_per_second,
  to = [],
}: (typeof carriersSetting.Type)[number]) => {
  const [first, ...rest] = latency === undefined ? [] : pointsOf(latency)
  return {
    filters: filterCodes.flatMap((code) => {
      const percent = filtering[code]
      return percent === undefined ? [] : [{ bp: basisPoints(percent), error_code: Number(code) }]
    }),
    ...(first === undefined ? {} : { latency: [first, ...rest] as const }),
    loss_bp: basisPoints(loss_percent),
    name,
    ...(segments_per_second === undefined ? {} : { segments_per_second }),
    to,
  }
}
