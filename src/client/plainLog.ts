import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Runtime from "effect/Runtime"

/** One line of the client's log. */
export interface LogLine {
  readonly level: "error" | "warning" | "info" | "debug" | "trace"
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface LogOptions {
  /** Hears of log lines from `logLevel` on; without it nothing is logged. */
  readonly log?: ((line: LogLine) => void) | undefined
  /** `info` when absent. */
  readonly logLevel?: LogLine["level"] | undefined
}

const levels = {
  error: LogLevel.Error,
  warning: LogLevel.Warning,
  info: LogLevel.Info,
  debug: LogLevel.Debug,
  trace: LogLevel.Trace,
} as const

/** What runs effects for who does not use Effect. */
export const runtimeOf = ({ log, logLevel = "info" }: LogOptions): Runtime.Runtime<never> => {
  const quiet = Runtime.setFiberRef(
    Runtime.defaultRuntime,
    FiberRef.currentMinimumLogLevel,
    log === undefined ? LogLevel.None : levels[logLevel],
  )
  if (log === undefined) return quiet
  return Runtime.setFiberRef(quiet, FiberRef.currentLoggers, HashSet.make(loggerOf(log)))
}

const loggerOf = (log: (line: LogLine) => void): Logger.Logger<unknown, void> =>
  Logger.make(({ annotations, logLevel, message }) => {
    const level = (Object.keys(levels) as ReadonlyArray<LogLine["level"]>).find((name) => levels[name] === logLevel)
    log({
      level: level ?? "info",
      text: (Array.isArray(message) ? message : [message]).map(String).join(" "),
      facts: Object.fromEntries(annotations),
    })
  })
