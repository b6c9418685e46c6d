import type { JsonObject } from "../../src/core/canonical.ts"
import {
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runStarted,
} from "../../src/core/entries.ts"
import type { CallbacksSettings, ScriptedAnswer, ScriptedEndpoint } from "../../src/network/settings.ts"
import type { Fact } from "./given.ts"

/** A run's beginning, with only what the way out looks at. */
export const startedWith = (
  endpoints: ReadonlyArray<ScriptedEndpoint>,
  rewrite: CallbacksSettings["rewrite"] = [],
): Fact =>
  runStarted.draft("", {
    flags: [],
    format: 1,
    rules: 1,
    seed: 1,
    settings: { callbacks: { in_flight: 1, quiet_ms: 0, rewrite }, endpoints } as unknown as JsonObject,
    templates: {},
  })

/** A scripted endpoint. */
export const endpoint = (
  url: string,
  answers: ReadonlyArray<Partial<ScriptedAnswer>> = [{}],
  fail_bp = 0,
): ScriptedEndpoint => ({
  answers: answers.map((answer) => ({ after_ms: 0, body: "", status: 200, ...answer })) as unknown as [ScriptedAnswer],
  fail_bp,
  url,
})

/** A request on its way out: a callback's first attempt over the wire unless it says otherwise. */
export const requested = (request: Partial<OutboundRequested> = {}, subject = "SM1"): Fact => ({
  ...outboundRequested.draft(subject, {
    attempt: 1,
    method: "POST",
    params: [],
    purpose: "callback",
    retry: { attempts: 4, gap_ms: 1_000 },
    timeout_ms: 15_000,
    token: "t",
    url: "https://app.test/status",
    via: "wire",
    ...request,
  }),
  kind: "outcome",
})

/** The answer to the request with seq `cause`. */
export const answered = (status: number, cause: number, body = "") =>
  outboundAnswered.draft("SM1", { body, status }, cause)

/** No answer to the request with seq `cause`. */
export const failed = (reason: OutboundFailed["reason"], cause: number, after_ms?: number) =>
  outboundFailed.draft("SM1", after_ms === undefined ? { reason } : { after_ms, reason }, cause)
