import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { over, recordingMade, started } from "../recordings/recordingRules.ts"
import { lengthAt, type Recordings, runningOf } from "../recordings/recordings.ts"
import type { RecordingMade } from "../voice/events.ts"
import type { Dial } from "../voice/orders.ts"
import { type Call, stateOf } from "./calls.ts"
import { decide } from "./lifecycle.decider.ts"

/* What the talk of who dialled brings with it, whoever it is with. */

/** The talk begins: an inbound call that waited for this is answered, and it is recorded where that is asked for. */
export const talkBegins = (world: World, call: Call, order: Dial): ReadonlyArray<Draft> => [
  ...(order.answer_on_bridge && call.status === "ringing"
    ? Either.getOrElse(decide(stateOf(call), { _tag: "PickUp", sid: call.sid }), () => [])
    : []),
  ...(order.record === "do-not-record"
    ? []
    : [
        started(world, call.sid, `order ${order.id}`, {
          account_sid: call.accountSid,
          channels: order.dual ? 2 : 1,
          order: order.id,
          ...(order.recording.callback === null ? {} : { reports: order.recording.callback }),
          source: "DialVerb",
          track: order.recording_track,
        }),
      ]),
]

/** The talk is over, and its recording: one that holds something is named to the call's instructions. `order` is the number of theirs. */
export const talkEnds = (
  at: number,
  recordings: Recordings,
  callSid: string,
  order: number,
): { readonly drafts: ReadonlyArray<Draft>; readonly recording: RecordingMade | null } => {
  const recording = runningOf(recordings, callSid).find(({ made }) => made.order === order)
  if (recording === undefined) return { drafts: [], recording: null }
  const ms = lengthAt(recording, at)
  return { drafts: [over(recording, at, ms)], recording: ms === 0 ? null : recordingMade(recording, ms) }
}
