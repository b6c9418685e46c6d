import type { Entry } from "../../../core/Entry.ts"
import { addItem, type Collection, itemOf, itemsOf, noItems, removeItem } from "../collection.ts"
import type { RecordingStarted, RecordingStatus, RecordingStatusChanged } from "./entries.ts"

/** A recording as the carrier knows it. Instants in virtual ms. */
export interface Recording {
  readonly sid: string
  /** The call (`CA…`) or conference (`CF…`) that is heard in it. */
  readonly of: string
  readonly made: RecordingStarted
  readonly started: number
  status: RecordingStatus
  updated: number
  /** Of one that is over. */
  lengthMs: number | undefined
  /** Since when nothing is added to it, and how long that was before. */
  pausedSince: number | undefined
  skippedMs: number
}

export interface Recordings {
  readonly recordings: Collection<Recording>
  /** Recordings there ever were. */
  count: number
  /** Those that are under way, by what is heard in them. */
  readonly running: Map<string, ReadonlyArray<string>>
}

export const noRecordings = (): Recordings => ({ recordings: noItems(), count: 0, running: new Map() })

export const recordingOf = ({ recordings }: Recordings, sid: string): Recording | undefined => itemOf(recordings, sid)

/** Recordings of a call or conference that are under way, oldest first. */
export const runningOf = (state: Recordings, of: string): ReadonlyArray<Recording> =>
  (state.running.get(of) ?? []).flatMap((sid) => recordingOf(state, sid) ?? [])

export const startRecording = (state: Recordings, { at, data, subject }: Entry<RecordingStarted>): void => {
  addItem(state.recordings, {
    sid: data.sid,
    of: subject,
    made: data,
    started: at,
    status: "in-progress",
    updated: at,
    lengthMs: undefined,
    pausedSince: undefined,
    skippedMs: 0,
  })
  state.count++
  state.running.set(subject, [...(state.running.get(subject) ?? []), data.sid])
}

export const changeRecording = (state: Recordings, { at, data }: Entry<RecordingStatusChanged>): void => {
  const recording = recordingOf(state, data.sid)
  if (recording === undefined) return
  if (recording.pausedSince !== undefined) recording.skippedMs += at - recording.pausedSince
  recording.pausedSince = data.status === "paused" && data.silence === undefined ? at : undefined
  recording.status = data.status
  recording.updated = at
  recording.lengthMs = data.length_ms
  if (data.status === "completed" || data.status === "absent") endRunning(state, recording)
}

const endRunning = ({ running }: Recordings, { of, sid }: Recording): void => {
  const left = (running.get(of) ?? []).filter((each) => each !== sid)
  if (left.length === 0) running.delete(of)
  else running.set(of, left)
}

export const deleteRecording = (state: Recordings, { data }: Entry<{ readonly sid: string }>): void => {
  const recording = recordingOf(state, data.sid)
  if (recording !== undefined) endRunning(state, recording)
  removeItem(state.recordings, data.sid)
}

/** A call is gone, and with it what is heard of it. */
export const deleteRecordingsOf = (state: Recordings, of: string): void => {
  for (const { of: each, sid } of itemsOf(state.recordings)) if (each === of) removeItem(state.recordings, sid)
  state.running.delete(of)
}

export const clearRecordings = (state: Recordings): void => {
  state.recordings.all.length = 0
  state.recordings.places.clear()
  state.running.clear()
}

/** What a recording that ends now holds, virtual ms. */
export const lengthAt = ({ pausedSince, skippedMs, started }: Recording, at: number): number =>
  (pausedSince ?? at) - started - skippedMs
