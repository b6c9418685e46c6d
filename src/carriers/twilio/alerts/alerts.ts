import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import { limits } from "../../../core/limits.ts"
import { debuggerCodes, type Problem } from "./debugger.ts"
import { type AlertRaised, alertRaised } from "./entries.ts"

/** An alert as it is told; instants in virtual ms. */
export interface Alert extends AlertRaised {
  /** Its place among all alerts of the run, from 1. */
  readonly n: number
  readonly resourceSid: string
  readonly created: number
}

/** The newest alerts, oldest first: at most `limits.alertsMax` of them are kept. */
export interface Alerts {
  kept: Array<Alert>
  /** Alerts there ever were, from which their SIDs count. */
  raised: number
}

export const noAlerts = (): Alerts => ({ kept: [], raised: 0 })

/** What an alert is about. */
export interface About {
  readonly accountSid: string
  readonly resourceSid: string
  readonly request?: { readonly method: string; readonly url: string } | undefined
}

/** The drafts of alerts that are raised together: one for each code, however often it occurs, so that no document floods the log. `sidOf` names the i-th. */
export const raised = (
  { alerts, seed }: { readonly alerts: Alerts; readonly seed: number },
  { accountSid, request, resourceSid }: About,
  problems: ReadonlyArray<Problem>,
  sidOf = (i: number): string => makeSid("NO", seed, alerts.raised + i),
): ReadonlyArray<Draft> =>
  byCode(problems).map(({ code, detail }, i) =>
    alertRaised.draft(resourceSid, {
      account_sid: accountSid,
      ...(detail === undefined ? {} : { detail }),
      error_code: code,
      log_level: debuggerCodes[code].level,
      ...(request === undefined ? {} : { request_method: request.method, request_url: request.url }),
      sid: sidOf(i),
    }),
  )

const byCode = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => {
  const found = new Map<Problem["code"], { readonly first: Problem; count: number }>()
  for (const first of problems) {
    const same = found.get(first.code)
    if (same === undefined) found.set(first.code, { first, count: 1 })
    else same.count++
  }
  return [...found.values()].map(({ count, first }) =>
    count === 1 ? first : { code: first.code, detail: `${first.detail ?? ""} (and ${count - 1} more)`.trim() },
  )
}

export const keepAlert = (alerts: Alerts, { at, data, subject }: Entry<AlertRaised>): void => {
  alerts.raised++
  alerts.kept.push({ ...data, n: alerts.raised, resourceSid: subject, created: at })
  // Halved rather than moved on by one: it costs nothing in the long run.
  if (alerts.kept.length >= 2 * limits.alertsMax) alerts.kept = alerts.kept.slice(-limits.alertsMax)
}
