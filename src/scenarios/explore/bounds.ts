import * as Schema from "effect/Schema"
import type { JsonObject } from "../../core/canonical.ts"
import { parseDuration } from "../../core/Instant.ts"
import { expects, optional, Percent } from "../file/words.ts"

/* How much exploration may let go wrong: what a scenario file says under `explore`. */

const yearMs = 366 * 86_400_000
const Time = expects(
  Schema.String.pipe(Schema.filter((text) => (parseDuration(text) ?? Number.NaN) <= yearMs)),
  "a duration such as 500ms, 30s or 1h30m, at most a year",
)

const codes = ["30003", "30004", "30005", "30006", "30007", "30008"] as const
const Code = expects(
  Schema.Literal(30003, 30004, 30005, 30006, 30007, 30008) as Schema.Schema<number>,
  `one of ${codes.join(", ")}`,
)

/** The bounds as a scenario file has them; without them `usualBounds` hold. */
export const BoundsFile = Schema.Struct({
  callbacks: optional(
    Schema.Struct({
      latency: optional(
        Time.annotations({ description: "Each callback, and each duplicate, is late by up to so long" }),
      ),
      lost_percent: optional(Percent.annotations({ description: "Never arrive" })),
      duplicated_percent: optional(Percent.annotations({ description: "Arrive twice" })),
      out_of_order_percent: optional(
        Percent.annotations({ description: "Arrive behind the next about the same subject" }),
      ),
      late_percent: optional(Percent.annotations({ description: "Arrive `late` later" })),
      late: optional(Time),
      unanswered_percent: optional(
        Percent.annotations({
          description: "Arrive, but the endpoint is too slow to answer in time, so they come again",
        }),
      ),
    }),
  ),
  messages: optional(
    Schema.Struct({
      undelivered_percent: optional(Percent.annotations({ description: "End undelivered, with one of the codes" })),
      codes: optional(Schema.Array(Code).pipe(Schema.minItems(1))),
      lost_percent: optional(Percent.annotations({ description: "Stay sent: their receipt never comes" })),
    }),
  ),
})
export type Bounds = typeof BoundsFile.Type

/** What Twilio does to every application sooner or later: nothing is lost, no message fails. */
export const usualBounds: Bounds = {
  callbacks: { latency: "10s", duplicated_percent: 10, out_of_order_percent: 10, unanswered_percent: 5 },
}

/** The name of the carrier whose failures are drawn. */
export const exploredCarrier = "explored"

/** The settings under which faults within the bounds are drawn, as a patch of the scenario's own. */
export const drawing = ({ callbacks, messages }: Bounds): JsonObject => ({
  ...(callbacks === undefined ? {} : { callbacks: { faults: callbacks } }),
  ...(messages === undefined ? {} : { twilio: { carriers: [carrierOf(messages)] } }),
})

const carrierOf = ({
  codes: drawn = [30003, 30005, 30008],
  lost_percent = 0,
  undelivered_percent = 0,
}: NonNullable<Bounds["messages"]>): JsonObject => ({
  name: exploredCarrier,
  loss_percent: lost_percent,
  filtering: Object.fromEntries(
    [...new Set(drawn)].map((code, _, all) => [String(code), undelivered_percent / all.length]),
  ),
})
