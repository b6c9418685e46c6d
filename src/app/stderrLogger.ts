import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { redactPhone, redactPhones } from "../client/redact.ts"
import { isStrict, type LogFormat, type Profile } from "./operations.ts"

/** What a line is about, as far as it is known: fields of their own where lines are JSON. A number is masked on its way out. */
export interface LineFields {
  readonly request_id?: string | undefined
  readonly twilio_sid?: string | undefined
  readonly phone?: string | undefined
  readonly route?: string | undefined
  readonly tenant_id?: string | undefined
}

const fieldNames = ["request_id", "twilio_sid", "phone", "route", "tenant_id"] as const

/** Gives the lines that an effect logs these fields. */
export const about = <A, E, R>(fields: LineFields, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.annotateLogs(effect, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))

interface Line {
  readonly at: Date
  readonly level: LogLevel.LogLevel
  readonly text: string
  readonly fields: LineFields
}

/** A line for people: instant, level and text, phone numbers in it masked. */
export const textLine = ({ at, level, text }: Line): string =>
  `${at.toISOString()} ${level.label} ${redactPhones(text, level)}`

/** A line for machines: one JSON object of named fields. Numbers in the text are masked; in `phone` where the profile is strict. */
export const jsonLineOf =
  (profile: Profile) =>
  ({ at, fields, level, text }: Line): string => {
    const { phone } = fields
    const shown = phone === undefined || !isStrict(profile) ? phone : redactPhone(phone, "full")
    const named = fieldNames.map((name) => [name, name === "phone" ? shown : fields[name]] as const)
    return JSON.stringify({
      timestamp: at.toISOString(),
      level: level.label,
      msg: redactPhones(text, level),
      ...Object.fromEntries(named.filter(([, value]) => value !== undefined)),
      service: "ringback",
    })
  }

/** The process's log: one line an event on standard error, with the host's time. Not the event log. */
export const stderrLogger = ({
  logFormat,
  profile,
}: {
  readonly logFormat: LogFormat
  readonly profile: Profile
}): Layer.Layer<never> => {
  const line = logFormat === "json" ? jsonLineOf(profile) : textLine
  return Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ annotations, date: at, logLevel: level, message }) => {
      const text = Array.isArray(message) ? message.join(" ") : String(message)
      const fields = Object.fromEntries(
        fieldNames.map((name) => [name, Option.getOrUndefined(HashMap.get(annotations, name)) as string | undefined]),
      )
      process.stderr.write(`${line({ at, level, text, fields })}\n`)
    }),
  )
}
