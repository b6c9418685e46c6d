import type { Executed } from "../app/exec.ts"
import type { Counts } from "../app/execTally.ts"
import { pretty } from "../scenarios/reporters/pretty.ts"
import { printable } from "./terminal.ts"

/* What is told of a command that ran beside an exchange. */

const plural = (n: number, one: string, several = `${one}s`): string => `${n} ${n === 1 ? one : several}`

const sum = (counts: Counts): number => Object.values(counts).reduce((all, n) => all + n, 0)

/** `3 messages (1 delivered, 2 queued)`. */
const byStatus = (counts: Counts, noun: string): string => {
  const all = sum(counts)
  const parts = Object.entries(counts).map(([status, n]) => `${n} ${status}`)
  return `${plural(all, noun)}${all === 0 ? "" : ` (${parts.join(", ")})`}`
}

/** Failures that are told one by one. */
const failuresShown = 10

/** Lines for standard error, each behind `ringback: `. */
export const summary = (executed: Executed): string => {
  const { callbacks, calls, failures, log, messages, reports, requests, trace } = executed
  const happened = [
    `${plural(requests.all, "request")}${requests.refused === 0 ? "" : ` (${requests.refused} refused)`}`,
    byStatus(messages.out, "message"),
    ...(messages.in === 0 ? [] : [`${messages.in} from phones`]),
    ...(sum(calls) === 0 ? [] : [byStatus(calls, "call")]),
    `${plural(callbacks.answered + callbacks.failed + callbacks.pending, "callback")}${
      callbacks.failed === 0 ? "" : ` (${callbacks.failed} failed)`
    }`,
  ]
  const lines = [
    happened.join(", "),
    ...failures
      .slice(0, failuresShown)
      .map(({ times, what }) => `failed: ${what}${times === 1 ? "" : ` (${times} times)`}`),
    ...(failures.length > failuresShown ? [`and ${failures.length - failuresShown} more failures`] : []),
    ...hints(executed),
    ...(log === undefined ? [] : [`log ${log}`]),
    ...(trace === undefined ? [] : [`trace ${trace}`]),
  ]
  const reporter = pretty({ paint: (_, text) => text, safe: printable })
  const judged = reports
    .filter(({ checks, status }) => checks.length > 0 || status !== "passed")
    .map((report) => reporter.each(report, 1).replace(/\n {2}again: .*\n?/, ""))
  return [...lines.map((line) => `ringback: ${printable(line)}`), ...judged].join("\n")
}

/** What a reader should look into. */
const hints = ({ notRun, proxy, requests }: Executed): ReadonlyArray<string> => {
  if (notRun !== undefined) return [`the command was not run: ${notRun}`]
  const refused = proxy.others.filter((other) => other.refused > 0).map(({ host }) => host)
  return [
    ...(requests.all === 0 ? nothingCame(proxy.distrusted) : []),
    ...(requests.all > 0 && proxy.distrusted > 0
      ? [
          `${plural(proxy.distrusted, "connection")} to Twilio's names ended before anything was asked: does every client trust the CA? (ringback trust)`,
        ]
      : []),
    ...(requests.unauthorized > 0
      ? [
          `${plural(requests.unauthorized, "request")} came without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as they are set; twilio.validation.require_auth: false in --config takes any credentials`,
        ]
      : []),
    ...(refused.length > 0 ? [`the proxy did not pass on to ${refused.join(", ")} (proxy.others)`] : []),
  ]
}

const nothingCame = (distrusted: number): ReadonlyArray<string> =>
  distrusted > 0
    ? [
        `nothing reached the exchange; ${plural(distrusted, "connection")} to Twilio's names ended before anything was asked: the client does not trust the CA that the variables name (ringback trust)`,
      ]
    : [
        "nothing reached the exchange; if the command sends anything, its HTTP client goes round proxies: ringback doctor and docs/proxy.md say what to do",
      ]

/** The exit code: the command's own, and 1 where that is 0 and something is not as expected. */
export const exitCodeOf = ({ exitCode, reports }: Executed): number =>
  exitCode === 0 && reports.some(({ status }) => status !== "passed") ? 1 : exitCode

/** The summary for programs. */
export const summaryJson = (executed: Executed): string => {
  const { exitCode, notRun, reports, ...rest } = executed
  return JSON.stringify({
    exit_code: exitCodeOf(executed),
    command_exit_code: exitCode,
    not_run: notRun ?? null,
    ...rest,
    log: rest.log ?? null,
    trace: rest.trace ?? null,
    expectations: reports.map(({ broken, checks, file, name, status }) => ({ file, name, status, broken, checks })),
  })
}
