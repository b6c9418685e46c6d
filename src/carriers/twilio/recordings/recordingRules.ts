import { sidUnder } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { Pair } from "../../../core/entries.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { type Machine, reacts, type World } from "../../../core/Machine.ts"
import { report } from "../callbacks.ts"
import { callStatusChanged } from "../calls/entries.ts"
import { ended } from "../calls/lifecycle.decider.ts"
import type { Twilio } from "../state.ts"
import type { RecordingMade } from "../voice/events.ts"
import { type RecordingStarted, recordingStarted, recordingStatusChanged } from "./entries.ts"
import { lengthAt, type Recording, recordingOf, runningOf } from "./recordings.ts"

/* How recordings begin and end, and who is told. */

/** A recording of a call or conference that begins; `name` is its own among those of that. */
export const started = (
  { seed }: World,
  of: string,
  name: string,
  made: Omit<RecordingStarted, "sid">,
): Draft<RecordingStarted> => recordingStarted.draft(of, { ...made, sid: sidUnder("RE", seed, of, name) })

/** The end of a recording: of so many ms, or of what it holds now. One that holds nothing is absent. */
export const over = (recording: Recording, at: number, ms = lengthAt(recording, at)): Draft =>
  recordingStatusChanged.draft(recording.of, {
    length_ms: ms,
    sid: recording.sid,
    status: ms === 0 ? "absent" : "completed",
  })

/** Where a recording's bytes are: a path, which the edge makes absolute. */
export const recordingPath = ({ made: { account_sid }, sid }: Pick<Recording, "made" | "sid">): string =>
  `/2010-04-01/Accounts/${account_sid}/Recordings/${sid}`

/** Whole seconds of a recording, begun ones included. */
export const recordingSeconds = (ms: number): number => Math.ceil(ms / 1000)

/** A recording as the instructions of its call name it. */
export const recordingMade = (recording: Recording, ms: number): RecordingMade => ({
  duration: recordingSeconds(ms),
  sid: recording.sid,
  url: recordingPath(recording),
})

/** The parameters about a recording whose values are paths. */
export const recordingUrlNames = ["RecordingUrl"]

/** Source: "Recording status callbacks". */
const parametersOf = (recording: Recording): ReadonlyArray<Pair> => {
  const { lengthMs, made, of, sid, started: at, status } = recording
  return [
    ["AccountSid", made.account_sid],
    ...(of.startsWith("CA") ? [["CallSid", of] as const] : [["ConferenceSid", of] as const]),
    ["RecordingSid", sid],
    ["RecordingUrl", recordingPath(recording)],
    ["RecordingStatus", status],
    ...(lengthMs === undefined ? [] : [["RecordingDuration", String(recordingSeconds(lengthMs))] as const]),
    ["RecordingChannels", String(made.channels)],
    ["RecordingSource", made.source],
    ["RecordingTrack", made.track],
    ["RecordingStartTime", rfc2822(at)],
    ["ErrorCode", "0"],
  ]
}

const told = (world: World, twilio: Twilio, sid: string): ReadonlyArray<Draft> => {
  const recording = recordingOf(twilio.recordings, sid)
  const reports = recording?.made.reports
  if (recording === undefined || reports === undefined || !reports.events.includes(recording.status)) return []
  return report(world, twilio, {
    absolute: recordingUrlNames,
    accountSid: recording.made.account_sid,
    event: `recording ${sid} ${recording.status}`,
    method: reports.method,
    params: () => parametersOf(recording),
    subject: recording.of,
    url: reports.url,
  })
}

export const rulesOfRecordings: Machine<Twilio>["react"] = [
  reacts(recordingStarted, (world, { data: { sid } }, twilio) => told(world, twilio, sid)),
  // That it is in progress was told when it began.
  reacts(recordingStatusChanged, (world, { data: { sid, status } }, twilio) =>
    status === "in-progress" ? [] : told(world, twilio, sid),
  ),
  // What a call's instructions record ends with them; the rest with the call.
  reacts(callStatusChanged, ({ at }, { data: { status }, subject }, { recordings }) =>
    ended.has(status)
      ? runningOf(recordings, subject)
          .filter(({ made: { source } }) => source !== "RecordVerb" && source !== "DialVerb")
          .map((recording) => over(recording, at))
      : [],
  ),
]
