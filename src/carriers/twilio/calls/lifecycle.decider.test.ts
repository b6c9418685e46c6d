import { describe, it } from "@effect/vitest"
import { given } from "../../../../test/support/given.ts"
import { type CallPlan, type CallStatusChanged, callStatusChanged } from "./entries.ts"
import { type CallCommand, type CallState, decide, WrongState } from "./lifecycle.decider.ts"

const sid = "CA1"
const plan = (outcome: CallPlan["outcome"]): CallPlan => ({ answered_by: "human", delay_ms: 1, outcome, rings_ms: 1 })
const call = given(decide)
const becomes = (status: CallStatusChanged["status"], sip_code?: number, price_micros?: number) =>
  callStatusChanged.draft(sid, {
    ...(price_micros === undefined ? {} : { price_micros }),
    ...(sip_code === undefined ? {} : { sip_code }),
    status,
  })

const queued: CallState = { _tag: "Queued", plan: plan("answered") }
const initiated: CallState = { _tag: "Initiated", plan: plan("answered") }
const ringing: CallState = { _tag: "Ringing", plan: plan("answered") }
const inbound: CallState = { _tag: "Ringing", plan: undefined }
const talking: CallState = { _tag: "InProgress", since: 10_000, minuteMicros: 14_000 }
const done: CallState = { _tag: "Done", status: "completed" }

const proceed: CallCommand = { _tag: "Proceed", sid }
const pickUp: CallCommand = { _tag: "PickUp", sid }
const turnAway: CallCommand = { _tag: "TurnAway", sid, status: "busy" }
const cancel: CallCommand = { _tag: "Cancel", sid }
const hangUp: CallCommand = { _tag: "HangUp", sid, at: 70_000 }

describe("a call", () => {
  it.each([
    ["queued, proceeds to being dialled", queued, proceed, becomes("initiated")],
    ["queued, is canceled", queued, cancel, becomes("canceled", 487)],
    ["dialled, proceeds to ringing", initiated, proceed, becomes("ringing")],
    [
      "dialled, fails where that is its plan",
      { _tag: "Initiated", plan: plan("failed") } as CallState,
      proceed,
      becomes("failed", 404),
    ],
    ["dialled, is canceled", initiated, cancel, becomes("canceled", 487)],
    ["ringing, is answered", ringing, proceed, becomes("in-progress")],
    ["ringing, is answered by an order", ringing, pickUp, becomes("in-progress")],
    ["ringing, is canceled", ringing, cancel, becomes("canceled", 487)],
    ["ringing, is turned away", inbound, turnAway, becomes("busy", 486)],
    ["queued, fails where a rule threw", queued, { ...turnAway, status: "failed" }, becomes("failed", 404)],
    ["dialled, fails where a rule threw", initiated, { ...turnAway, status: "failed" }, becomes("failed", 404)],
    ["ringing, ends unanswered when its caller hangs up", inbound, hangUp, becomes("no-answer", 487)],
    ["that came in, rings out", inbound, proceed, becomes("no-answer", 487)],
    ["in progress, costs each minute begun", talking, hangUp, becomes("completed", 200, 14_000)],
    ["in progress, costs one more a ms later", talking, { ...hangUp, at: 70_001 }, becomes("completed", 200, 28_000)],
    ["in progress, costs nothing in no time", talking, { ...hangUp, at: 10_000 }, becomes("completed", 200)],
  ] as const)("%s", (_, state, command, draft) => call(state).when(command).then(draft))

  it.each([
    ["busy", "busy", 486],
    ["rejected", "busy", 603],
    ["failed", "failed", 404],
    ["no-answer", "no-answer", 487],
  ] as const)("rings and is %s where that is its plan", (outcome, status, code) =>
    call({ _tag: "Ringing", plan: plan(outcome) })
      .when(proceed)
      .then(becomes(status, code)),
  )

  it.each([
    [queued, pickUp],
    [queued, hangUp],
    [initiated, pickUp],
    [initiated, hangUp],
    [talking, proceed],
    [talking, pickUp],
    [talking, turnAway],
    [talking, cancel],
    [done, proceed],
    [done, pickUp],
    [done, turnAway],
    [done, cancel],
    [done, hangUp],
  ] as const)("%j takes no %j", (state, command) =>
    call(state)
      .when(command)
      .refused(new WrongState({ actual: state._tag })),
  )
})
