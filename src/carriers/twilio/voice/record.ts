import type { Pair } from "../../../core/entries.ts"
import type { RecordingMade, Spoke } from "./events.ts"
import type { EndRecording } from "./orders.ts"
import { speechMs } from "./speech.ts"
import type { Recording, Verb } from "./state.ts"
import { Values } from "./values.ts"
import type { DoingOf, Open, Work } from "./work.ts"

/*
 * Record. Silence is all that is not spoken: `timeout` of it ends a recording, as do a finish key, `maxLength` and the end of the call.
 *
 * 1. A recording that silence ends, or its length, and in which nothing was spoken, is empty: the next verb follows, and no action is told.
 * 2. Who presses a key or hangs up is taken to have spoken until then, if nothing was spoken otherwise.
 * 3. Trimmed, a recording holds what lies between the begin of the first and the end of the last that was spoken; else all.
 *
 * Source  "TwiML Record"; rule 2 is this exchange's own, so that a test need not speak
 */

export const record = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const length = values.number("maxLength", { or: 3_600, min: 1, max: 86_400, code: 13612 })
  const timeout = values.number("timeout", { or: 5, min: 1, max: 86_400, code: 13611 })
  const trim = values.oneOf("trim", ["trim-silence", "do-not-trim"], "trim-silence", 13699) === "trim-silence"
  const action = values.action(13610)
  const beep = values.flag("playBeep", true, 13616)
  const id = work.id()
  values.oneOf("recordingTrack", ["both", "inbound", "outbound"], "inbound", 13622)
  work.order({
    type: "record",
    id,
    beep,
    max_length: length,
    transcribe: values.flag("transcribe", false, 13614),
    transcribe_callback: values.url("transcribeCallback", 13257),
    recording: { trim, callback: values.recordingCallback() },
  })
  work.line({ what: "recording", beep })
  const recording: Recording = {
    what: "recording",
    id,
    wait: null,
    since: work.at,
    spoken: null,
    action,
    finish_on_key: finishKeys(values),
    trim,
    length: length * 1_000,
    timeout: timeout * 1_000,
  }
  frame.doing = awaitSilence(work, recording)
}

/** Any of these keys; none where the attribute is there and empty. */
const finishKeys = (values: Values): string => {
  const keys = values.raw("finishOnKey")
  if (keys === undefined) return anyKey
  if (/^[\d*#]*$/.test(keys)) return keys
  values.wrong(13613, "finishOnKey")
  return anyKey
}

const anyKey = "1234567890*#"

/** Waits for the silence to be long enough, or the recording. */
const awaitSilence = (work: Work, recording: Recording): Recording => {
  const { length, since, spoken, timeout } = recording
  const until = Math.min((spoken?.to ?? since) + timeout, since + length)
  return { ...recording, wait: work.wait(until - work.at) }
}

export const recordSpoke = (work: Work, frame: Open, recording: Recording, { ms, text }: Spoke): void => {
  const length = ms ?? speechMs(text)
  if (length === 0 || text.trim() === "") return
  const { spoken } = recording
  const from = spoken?.from ?? work.at
  const to = Math.max(work.at, spoken?.to ?? 0) + length
  work.stopWait(recording.wait)
  frame.doing = awaitSilence(work, { ...recording, spoken: { from, to } })
}

export const recordPressed = (work: Work, frame: Open, recording: Recording, keys: string): void => {
  const key = [...keys].find((each) => recording.finish_on_key.includes(each))
  if (key === undefined) return
  work.stopWait(recording.wait)
  endRecording(work, frame, recording, "key", key)
}

export const recordElapsed = (work: Work, frame: Open, recording: Recording): void => {
  const by = work.at >= recording.since + recording.length ? "max-length" : "silence"
  endRecording(work, frame, recording, by, "")
}

/** The call is over: what was recorded still goes to the action. */
export const recordHungUp = (work: Work, frame: Open, recording: Recording): void => {
  work.stopWait(recording.wait)
  endRecording(work, frame, recording, "hangup", "hangup")
}

const endRecording = (
  work: Work,
  frame: Open,
  { action, id, since, spoken, trim }: Recording,
  by: EndRecording["by"],
  digits: string,
): void => {
  const byPerson = by === "key" || by === "hangup"
  const heard = spoken ?? (byPerson ? { from: since, to: work.at } : undefined)
  const to = Math.min(heard?.to ?? since, work.at)
  const ms = heard === undefined ? 0 : trim ? to - heard.from : work.at - since
  work.order({ type: "end-recording", id, ms, by })
  work.line({ what: "recorded", ms, by })
  if (ms === 0) {
    frame.doing = { what: "nothing" }
    return
  }
  frame.doing = { what: "naming", id, action, digits }
}

export const recorded = (work: Work, frame: Open, { action, digits }: DoingOf<"naming">, made: RecordingMade): void => {
  if (action === null) {
    frame.doing = { what: "nothing" }
    if (!work.state.over) work.fail(frame, { code: 11100, detail: "<Record> has no URL for its recording" })
    else work.over()
    return
  }
  work.tell(frame, action, "record-action", [
    ...recordingParams(made),
    ...(digits === "" ? [] : [["Digits", digits] as const]),
  ])
}

/** A recording, as the parameters of an action name it. */
export const recordingParams = ({ duration, sid, url }: RecordingMade): ReadonlyArray<Pair> => [
  ["RecordingUrl", url],
  ["RecordingSid", sid],
  ["RecordingDuration", String(duration)],
]
