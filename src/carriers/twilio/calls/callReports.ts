import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { report } from "../callbacks.ts"
import { itemsOf } from "../collection.ts"
import { placeParameters } from "../inbound/geography.ts"
import { recordingPath, recordingSeconds, recordingUrlNames } from "../recordings/recordingRules.ts"
import { lengthAt, type Recording } from "../recordings/recordings.ts"
import type { Twilio } from "../state.ts"
import type { TemplateValues } from "../template.ts"
import type { Call } from "./calls.ts"
import { ended } from "./lifecycle.decider.ts"
import { billedMinutes, callValues } from "./wire.ts"

/**
 * The callback that reports a call's new status, if its application wants to know it.
 *
 * The number counts the reports there were, so that a list of events without some has no gaps. Source: "Call resource", status callbacks; the
 * number when not all events are asked for is not documented
 */
export const statusReports = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  const { reports } = call.made
  if (reports === undefined || call.toldStatus !== call.status) return []
  return report(world, twilio, {
    ...(recorded(twilio, call) === undefined ? {} : { absolute: recordingUrlNames }),
    accountSid: call.accountSid,
    event: call.status,
    method: reports.method,
    params: () => twilio.templates.call_status.pairs(eventValues(twilio, call)),
    subject: call.sid,
    url: reports.url,
  })
}

/** What the template of a call's event can name. */
export const eventValues = (twilio: Twilio, call: Call): TemplateValues => {
  const { made, reported, sipCode, status } = call
  const minutes = billedMinutes(call)
  return {
    ...callValues(call),
    ...places(made.from, made.to),
    billed_minutes: minutes === undefined ? null : String(minutes),
    ...recordingValues(twilio, call),
    sequence_number: String(reported - 1),
    sip_response_code: sipCode === undefined ? null : String(sipCode),
    status,
  }
}

const places = (from: string, to: string): TemplateValues =>
  Object.fromEntries(
    Object.entries(placeParameters(from, to)).map(([name, value]) => [
      name.replace(/([a-z])([A-Z])/, "$1_$2").toLowerCase(),
      value,
    ]),
  )

/** The recording of the whole call, once that is over. */
const recorded = ({ recordings }: Twilio, { made, sid, status }: Call): Recording | undefined =>
  made.record === undefined || !ended.has(status)
    ? undefined
    : itemsOf(recordings.recordings).find(({ made: { source }, of }) => of === sid && source === "OutboundAPI")

const recordingValues = (twilio: Twilio, call: Call): TemplateValues => {
  const recording = recorded(twilio, call)
  if (recording === undefined) return { recording_duration: null, recording_sid: null, recording_url: null }
  return {
    recording_duration: String(recordingSeconds(recording.lengthMs ?? lengthAt(recording, call.ended ?? 0))),
    recording_sid: recording.sid,
    recording_url: recordingPath(recording),
  }
}
