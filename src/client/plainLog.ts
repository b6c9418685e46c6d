import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"

export type PlainLogLevel = "error" | "warn" | "info" | "debug" | "trace" | "none"

/** A line of the log. */
export interface LogLine {
  readonly level: PlainLogLevel
  readonly at: Date
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface LogOptions {
  /** Takes lines; the console, when it is absent. */
  readonly log?: ((line: LogLine) => void) | undefined
  /** Which lines there are: `warn`, when it is absent, which means errors as well. */
  readonly logLevel?: PlainLogLevel | undefined
}

const levels: Readonly<Record<PlainLogLevel, LogLevel.LogLevel>> = {
  error: LogLevel.Error,
  warn: LogLevel.Warning,
  info: LogLevel.Info,
  debug: LogLevel.Debug,
  trace: LogLevel.Trace,
  none: LogLevel.None,
}

/** The log of who does not use Effect. */
export const plainLog = ({ log, logLevel = "warn" }: LogOptions): Layer.Layer<never> => {
  const minimum = Logger.minimumLogLevel(levels[logLevel])
  if (log === undefined) return minimum
  const logger = Logger.make<unknown, void>(({ annotations, date, logLevel: level, message }) =>
    log({
      level: nameOf(level),
      at: date,
      message: (Array.isArray(message) ? message : [message]).map(String).join(" "),
      facts: Object.fromEntries(HashMap.toEntries(annotations)),
    }),
  )
  return Layer.merge(minimum, Logger.replace(Logger.defaultLogger, logger))
}

const nameOf = (level: LogLevel.LogLevel): PlainLogLevel => {
  for (const name of ["error", "warn", "info", "debug"] as const)
    if (LogLevel.greaterThanEqual(level, levels[name])) return name
  return "trace"
}
