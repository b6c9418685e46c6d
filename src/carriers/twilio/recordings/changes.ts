import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import { callDeleted } from "../calls/entries.ts"
import type { Twilio } from "../state.ts"
import { recordingDeleted, recordingStarted, recordingStatusChanged } from "./entries.ts"
import { changeRecording, clearRecordings, deleteRecording, deleteRecordingsOf, startRecording } from "./recordings.ts"

/** How entries change recordings. */
export const changesOfRecordings: Machine<Twilio>["evolve"] = [
  evolves(recordingStarted, ({ recordings }, entry) => startRecording(recordings, entry)),
  evolves(recordingStatusChanged, ({ recordings }, entry) => changeRecording(recordings, entry)),
  evolves(recordingDeleted, ({ recordings }, entry) => deleteRecording(recordings, entry)),
  evolves(callDeleted, ({ recordings }, { subject }) => deleteRecordingsOf(recordings, subject)),
  evolves(dataCleared, ({ recordings }, { data: { what } }) => {
    if (what === "calls" || what === "all") clearRecordings(recordings)
  }),
]
