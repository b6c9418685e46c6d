import type { Golden } from "../golden.ts"
import type { Check, Place } from "../Scenario.ts"

/** How one scenario fared: plain data, which goes from thread to thread. */
export interface Report {
  /** As it was named. */
  readonly file: string
  readonly name: string
  readonly status: "passed" | "failed" | "broken"
  readonly seed: number | undefined
  readonly checks: ReadonlyArray<Check>
  /** Why it could not be played: a line each. */
  readonly broken: ReadonlyArray<string>
  readonly golden: Golden
  readonly notes: ReadonlyArray<string>
  readonly entries: number
  readonly digest: string
  /** Virtual ms it went over. */
  readonly virtualMs: number
  readonly hostMs: number
  /** The command that plays it again. */
  readonly replay: string
  /** Its log, where that was kept. */
  readonly kept: string | undefined
  /** Its trace as HTML, where that was kept: of one that has not passed. */
  readonly trace: string | undefined
}

/** All of a run. */
export interface Summary {
  readonly reports: ReadonlyArray<Report>
  /** Scenarios that were not played, because one before had failed. */
  readonly notPlayed: number
  readonly hostMs: number
}

/** Where something is told: a text that others can be sent to, or a terminal. */
export interface Style {
  readonly paint: (style: "bold" | "dim" | "green" | "red" | "yellow", text: string) => string
  /** Text from outside made safe to print. */
  readonly safe: (text: string) => string
}

/** One way to tell how scenarios fared. */
export interface Reporter {
  /** Told at the beginning; empty: nothing. */
  readonly begin: (scenarios: number) => string
  /** Told of each scenario, in the order of the files. */
  readonly each: (report: Report, n: number) => string
  readonly end: (summary: Summary) => string
}

/** Something that is wrong with a scenario, and where. */
export interface Fault {
  readonly place: Place
  readonly title: string
  readonly lines: ReadonlyArray<string>
}

export const count = (reports: ReadonlyArray<Report>, status: Report["status"]): number =>
  reports.filter((report) => report.status === status).length
