import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import { raised } from "../alerts/alerts.ts"
import { type ErrorCode, twilioError } from "../errors.ts"
import { param, type Reply, type Request } from "../request.ts"
import { notFound, refusal } from "../wireOut.ts"
import type { Call } from "./calls.ts"
import { stateOf } from "./calls.ts"
import { type CallUpdated, callDeleted, callStatusChanged, callUpdated } from "./entries.ts"
import { callEvents, instructionsIn, reportsIn, timeLimitIn } from "./givenParameters.ts"
import { decide, ended } from "./lifecycle.decider.ts"
import { ownCall } from "./readCalls.ts"
import { callJson } from "./wire.ts"

/**
 * POST …/Calls/{Sid}.json: ends or cancels a call, or gives one that is in progress other instructions.
 *
 * Refuses what does not fit where the call stands with 21220, a status other than `canceled` and `completed` with 20400 (ours). A call that
 * is over may be ended again: nothing changes.
 * Source  OpenAPI, UpdateCall; error 21220. That ending twice is no error was seen in tests of third parties.
 */
export const updateCall = (request: Request, sid: string): Reply => {
  const call = ownCall(request, sid)
  if (call === undefined) return notFound(request)
  const { params } = request.entry.data
  const status = param(params, "Status")
  if (status !== undefined && status !== "canceled" && status !== "completed")
    return refusal(twilioError(20400, { reason: "Status is neither canceled nor completed" }))
  const asked = changesIn(request, call)
  if (Either.isLeft(asked)) return asked.left
  const { alerts, changes } = asked.right
  const changed = Object.keys(changes).length > 0
  const ending = status === undefined ? [] : endingOf(request, call, status)
  if (ending === undefined) return refusal(twilioError(21220))
  const drafts = [...(changed ? [callUpdated.draft(sid, changes)] : []), ...alerts, ...ending]
  if (!changed && ending.length === 0 && status === undefined)
    return refusal(twilioError(20400, { reason: "nothing is to be changed" }))
  return { status: 200, body: callJson(request.twilio, after(request, call, drafts)), subject: sid, drafts }
}

/** A call as it is once these drafts are in the world. */
const after = ({ entry }: Request, call: Call, drafts: ReadonlyArray<Draft>): Call => {
  const copy = { ...call, ...(drafts.length === 0 ? {} : { updated: entry.at }) }
  for (const { data, type } of drafts)
    if (type === callStatusChanged.type) {
      const { price_micros, status } = data as { price_micros?: number; status: Call["status"] }
      Object.assign(copy, { status, priceMicros: price_micros, ended: entry.at })
    }
  return copy
}

/** What ends a call; `undefined` where it cannot be. One that is not answered yet is canceled, whichever word is used. */
const endingOf = (
  { entry }: Request,
  call: Call,
  status: "canceled" | "completed",
): ReadonlyArray<Draft> | undefined => {
  if (ended.has(call.status)) return status === "completed" && call.answered !== undefined ? [] : undefined
  const { sid } = call
  const answered = call.status === "in-progress"
  const command =
    status === "completed" && (answered || call.made.direction === "inbound")
      ? ({ _tag: "HangUp", at: entry.at, sid } as const)
      : ({ _tag: "Cancel", sid } as const)
  return Either.getOrUndefined(decide(stateOf(call), command))
}

const changesIn = (
  { accountSid, entry, twilio }: Request,
  call: Call,
): Either.Either<{ readonly changes: CallUpdated; readonly alerts: ReadonlyArray<Draft> }, Reply> => {
  const { params } = entry.data
  const read = Either.gen(function* () {
    const instructions = yield* instructionsIn(params)
    const reports = yield* reportsIn(params, "StatusCallback", callEvents)
    const time_limit_ms = yield* timeLimitIn(params)
    return { instructions, reports, time_limit_ms }
  })
  if (Either.isLeft(read)) return Either.left(refusal(read.left))
  const { instructions, reports, time_limit_ms } = read.right
  const changes = {
    // Of a call that is to end nothing more is carried out.
    ...(instructions === undefined || param(params, "Status") !== undefined ? {} : { instructions }),
    ...(reports === undefined ? {} : { reports: reports.reports }),
    ...(time_limit_ms === undefined ? {} : { time_limit_ms }),
  }
  if (instructions !== undefined && call.status !== "in-progress") return Either.left(refusal(twilioError(21220)))
  if (ended.has(call.status) && Object.keys(changes).length > 0) return Either.left(refusal(twilioError(21220)))
  const problems = (reports?.unknown ?? []).map((event) => ({ code: 21626 as const, detail: event.slice(0, 100) }))
  return Either.right({ changes, alerts: raised(twilio, { accountSid, resourceSid: call.sid }, problems) })
}

/** DELETE …/Calls/{Sid}.json: the call and its recordings are gone. One still under way is 20009. */
export const deleteCall = (request: Request, sid: string): Reply => {
  const call = ownCall(request, sid)
  if (call === undefined) return notFound(request)
  if (!ended.has(call.status)) return refusal(twilioError(20009 satisfies ErrorCode))
  return { status: 204, body: "", subject: sid, drafts: [callDeleted.draft(sid, {})] }
}
