import * as Schema from "effect/Schema"
import { calleeStep, stepExpected, stepsMax } from "../carriers/twilio/calls/scriptText.ts"
import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import { parseE164 } from "../core/E164.ts"
import { Duration, durationMs, expects, micros, optional, Price } from "./settingsParts.ts"

/* Who is at the other end of calls: how the settings file has it, and how the log does. */

export const calleeSetting = Schema.suspend(() =>
  Schema.Struct({
    outcome: optional(
      expects(
        Schema.Literal("answered", "busy", "no-answer", "rejected", "failed"),
        "answered, busy, no-answer, rejected or failed",
      ),
    ),
    answers_after: optional(Duration),
    answered_by: optional(
      expects(Schema.Literal("human", "machine", "fax", "unknown"), "human, machine, fax or unknown"),
    ),
    // biome-ignore lint/suspicious/noThenProperty: the word of the settings file; nothing awaits it
    then: optional(
      Schema.Array(
        expects(Schema.String.pipe(Schema.filter((text) => calleeStep(text) !== undefined)), stepExpected),
      ).pipe(Schema.maxItems(stepsMax, { message: () => `at most ${stepsMax} steps` })),
    ),
  }),
)

export const callsSetting = Schema.suspend(() =>
  Schema.Struct({
    per_second: optional(
      expects(Schema.Int.pipe(Schema.between(1, 1_000)), "a whole number of calls a second, 1 to 1000"),
    ),
    price_per_minute: optional(Price),
  }),
)

interface Written {
  readonly calls?: typeof callsSetting.Type
  readonly numbers?: { readonly [number: string]: { readonly call?: typeof calleeSetting.Type } }
}

/** What is said of calls as the log keeps it; nothing said: absent. */
export const callSettings = ({ calls = {}, numbers = {} }: Written): Pick<TwilioSettings, "calls"> => {
  const callees = Object.entries(numbers).flatMap(([number, { call }]) => {
    if (call === undefined) return []
    const { answered_by, answers_after, outcome = "answered", then } = call
    return [
      {
        ...(answered_by === undefined ? {} : { answered_by }),
        number: parseE164(number) ?? number,
        outcome,
        ...(answers_after === undefined ? {} : { rings_ms: durationMs(answers_after) }),
        ...(then === undefined ? {} : { script: then.flatMap((step) => calleeStep(step) ?? []) }),
      },
    ]
  })
  const { per_second, price_per_minute } = calls
  const said = {
    ...(callees.length === 0 ? {} : { callees }),
    ...(per_second === undefined ? {} : { per_second }),
    ...(price_per_minute === undefined ? {} : { price_micros: micros(price_per_minute) }),
  }
  return Object.keys(said).length === 0 ? {} : { calls: said }
}
