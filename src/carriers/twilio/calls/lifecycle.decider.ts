import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import { type CallPlan, type CallStatus, type CallStatusChanged, callStatusChanged } from "./entries.ts"

/*
 * The life of a call.
 *
 *   queued ──> initiated ──> ringing ──> in-progress ──> completed
 *      │           │            ├──> busy, no-answer, failed
 *      ├───────────┴──> failed  │
 *      └───────────┴────────────┴──> canceled
 *
 * 1. What has ended stays ended.
 * 2. Only what was answered costs something, for each minute begun.
 * 3. An inbound call begins ringing and has no plan: it goes on only by orders.
 */

/** Where a call stands. */
export type CallState =
  | { readonly _tag: "Queued" | "Initiated"; readonly plan: CallPlan }
  | { readonly _tag: "Ringing"; readonly plan: CallPlan | undefined }
  | { readonly _tag: "InProgress"; readonly since: number; readonly minuteMicros: number }
  | { readonly _tag: "Done"; readonly status: CallStatus }

export type CallCommand =
  /** The next step of its plan is due. */
  | { readonly _tag: "Proceed"; readonly sid: string }
  /** Whoever is called picks up. */
  | { readonly _tag: "PickUp"; readonly sid: string }
  /** It is not put through: its number's application will not have it, there is nobody to ask, or a rule threw. */
  | {
      readonly _tag: "TurnAway"
      readonly sid: string
      readonly status: "busy" | "failed" | "no-answer"
      readonly reason?: NonNullable<CallStatusChanged["reason"]>
    }
  /** Its application takes it back before it is answered. */
  | { readonly _tag: "Cancel"; readonly sid: string }
  /** One of its ends hangs up, or it has lasted its time. */
  | { readonly _tag: "HangUp"; readonly sid: string; readonly at: number }

/** A command that does not fit where the call stands. */
export class WrongState extends Data.TaggedError("WrongState")<{ readonly actual: CallState["_tag"] }> {}

type Decision = Either.Either<ReadonlyArray<Draft>, WrongState>

/**
 * Decides what a command makes of a call.
 *
 * Shape   one draft for a command that fits
 * Refuses `WrongState` for one that does not
 */
export const decide = (state: CallState, command: CallCommand): Decision => {
  const { sid } = command
  switch (command._tag) {
    case "Proceed":
      return proceed(state, sid)
    case "PickUp":
      return state._tag === "Ringing" ? becomes(sid, "in-progress") : refused(state)
    case "TurnAway":
      return state._tag === "InProgress" || state._tag === "Done" ? refused(state) : turnedAway(command)
    case "Cancel":
      return state._tag === "InProgress" || state._tag === "Done" ? refused(state) : becomes(sid, "canceled")
    case "HangUp":
      return hangUp(state, sid, command.at)
  }
}

const turnedAway = ({ reason, sid, status }: Extract<CallCommand, { readonly _tag: "TurnAway" }>): Decision =>
  becomes(sid, status, sipCodes[status], because(reason))

const because = (reason: CallStatusChanged["reason"]): Pick<CallStatusChanged, "reason"> =>
  reason === undefined ? {} : { reason }

const proceed = (state: CallState, sid: string): Decision => {
  switch (state._tag) {
    case "Queued":
      return becomes(sid, "initiated")
    case "Initiated":
      return dialledIn(state.plan, sid)
    case "Ringing":
      return rung(state.plan, sid)
    case "InProgress":
    case "Done":
      return refused(state)
  }
}

/** What becomes of a call that is dialled. */
const dialledIn = ({ fails_by: reason, outcome }: CallPlan, sid: string): Decision =>
  outcome === "failed" ? becomes(sid, "failed", sipCodes.failed, because(reason)) : becomes(sid, "ringing")

/** What becomes of a call that has rung long enough. */
const rung = (plan: CallPlan | undefined, sid: string): Decision => {
  switch (plan?.outcome) {
    case "answered":
      return becomes(sid, "in-progress")
    case "rejected":
      return becomes(sid, "busy", declined)
    case "busy":
    case "failed":
      return becomes(sid, plan.outcome)
    case "no-answer":
    case undefined:
      return becomes(sid, "no-answer")
  }
}

/** Whoever hangs up before an answer leaves a call that nobody answered. */
const hangUp = (state: CallState, sid: string, at: number): Decision => {
  switch (state._tag) {
    case "InProgress": {
      const price = minutesOf(secondsBetween(state.since, at)) * state.minuteMicros
      return becomes(sid, "completed", sipCodes.completed, price === 0 ? {} : { price_micros: price })
    }
    case "Ringing":
      return becomes(sid, "no-answer")
    default:
      return refused(state)
  }
}

/** Whole seconds that a call has lasted, begun ones included. */
export const secondsBetween = (started: number, ended: number): number => Math.ceil((ended - started) / 1000)

/** Minutes that are billed for so many seconds. */
export const minutesOf = (seconds: number): number => Math.ceil(seconds / 60)

/** Of statuses that end a call. Source: "Call resource", SipResponseCode; 200 of a normal end is not confirmed. */
const sipCodes: { readonly [Status in CallStatus]?: number } = {
  busy: 486,
  canceled: 487,
  completed: 200,
  failed: 404,
  "no-answer": 487,
}

/** Source: RFC 3261, 603 Decline. */
const declined = 603

const becomes = (
  sid: string,
  status: CallStatus,
  sipCode = sipCodes[status],
  besides: Pick<CallStatusChanged, "price_micros" | "reason"> = {},
): Decision =>
  Either.right([
    callStatusChanged.draft(sid, { ...besides, ...(sipCode === undefined ? {} : { sip_code: sipCode }), status }),
  ])

const refused = ({ _tag }: CallState): Decision => Either.left(new WrongState({ actual: _tag }))

/** Statuses that are the last of their call. */
export const ended: ReadonlySet<CallStatus> = new Set(["completed", "busy", "failed", "no-answer", "canceled"])
