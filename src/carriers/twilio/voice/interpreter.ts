import { carryOn } from "./carryOut.ts"
import { childEnded, conferenceLeft } from "./dial.ts"
import { take, takeTwiml } from "./documents.ts"
import { breakOffDoing, ends, stopsWaiting } from "./ending.ts"
import type { ChildEnded, ConferenceLeft, Elapsed, Pressed, Spoke, VoiceEvent } from "./events.ts"
import { gatherElapsed, gatherPressed, gatherSpoke } from "./gather.ts"
import type { FetchPurpose, Order, Target } from "./orders.ts"
import { queueEnded } from "./queue.ts"
import { recordElapsed, recorded, recordPressed, recordSpoke } from "./record.ts"
import type { Action, VoiceState } from "./state.ts"
import { type Open, Work } from "./work.ts"

/*
 * TwiML of calls, carried out: a pure step from a state and an event to a state and orders.
 *
 *   begin(call) ──> orders ──> the driver obeys ──> events ──> step(state, event) ──> orders …
 *
 * 1. Whatever the events, after each there is something waited for, or the call is over: `hang-up`, `reject` or `bridge` was ordered.
 * 2. An event nobody waits for changes nothing and orders nothing but a line for what the other end did.
 * 3. What is carried out without anything heard in between is bounded by `limits.callRedirectsMax` and `limits.callVerbsAtOnceMax`, all of
 *    it by `limits.callDocumentsMax` and `limits.callVerbsMax`; reaching one is 11215, and the call ends.
 * 4. An order with an `id` is answered by at most one step; `stop` says that its answer is no longer wanted.
 */

/** A call whose instructions begin. */
export interface Call {
  readonly at: number
  /** Where its document is, or the document itself. */
  readonly by: Target | { readonly twiml: string }
  /** Who is asked when a document cannot be had or read. */
  readonly fallback: Target | null
  /** A whisper is what the party that a `<Dial>` called hears before it is connected. */
  readonly role: "call" | "whisper"
  /** False for an inbound call: `answer` is ordered unless the document rejects it. */
  readonly answered: boolean
  /** Ms a file takes to play, since its length is not known. */
  readonly play_ms: number
  /** The `id` of its first order, where the call had instructions before: 1 by default. */
  readonly next?: number
}

export interface Step {
  readonly state: VoiceState
  readonly orders: ReadonlyArray<Order>
}

/** Begins a call: its document is asked for, or carried out at once where it is given as text. */
export const begin = ({ answered, at, by, fallback, next = 1, play_ms, role }: Call): Step => {
  const work = new Work(
    {
      role,
      answered: answered || role === "whisper",
      over: false,
      fallback,
      play_ms,
      next,
      documents: 0,
      verbs: 0,
      documents_at_once: 0,
      verbs_at_once: 0,
      frames: [],
    },
    at,
  )
  start(work, by, "url")
  carryOn(work)
  return work.done()
}

/** What an event leads to. Once `isDone` says so of a state, no event leads to anything any more. */
export const step = (state: VoiceState, event: VoiceEvent): Step => {
  const work = new Work(state, event.at)
  if (!happens(work, event)) return { state, orders: [] }
  carryOn(work)
  return work.done()
}

/** Whether a call is over and nothing about it is to be told any more: its state may be forgotten. */
export const isDone = ({ frames, over }: VoiceState): boolean => over && frames.length === 0

const start = (work: Work, by: Call["by"], purpose: FetchPurpose): void => {
  const frame: Open = { place: "call", source: null, rest: [], doing: { what: "nothing" }, failed: false }
  work.frames.push(frame)
  if ("twiml" in by) takeTwiml(work, frame, null, by.twiml)
  else work.fetch(frame, by, purpose)
}

/** Lets an event happen; false when nobody waits for it. */
const happens = (work: Work, event: VoiceEvent): boolean => {
  switch (event.type) {
    case "document":
    case "document-failed": {
      const waiting = work.waitingFor("fetching", event.id)
      if (waiting === undefined || work.state.over) return false
      const { doing, frame } = waiting
      if (event.type === "document") take(work, frame, doing.target, event)
      else work.fail(frame, { code: event.code, detail: event.detail })
      return true
    }
    case "elapsed":
      return !work.state.over && elapsed(work, event)
    case "pressed":
      return !work.state.over && pressed(work, event)
    case "spoke":
      return !work.state.over && spoke(work, event)
    case "hung-up":
      if (work.state.over) return false
      ends(work)
      return true
    case "recorded": {
      const waiting = work.waitingFor("naming", event.id)
      if (waiting !== undefined) recorded(work, waiting.frame, waiting.doing, event.recording)
      return waiting !== undefined
    }
    case "child-ended":
    case "conference-left":
      return dialEnded(work, event)
    case "conference-waits":
      return waits(work, "conference-wait", work.waitingFor("dialing", event.id)?.doing)
    case "queue-entered":
      return waits(work, "queue-wait", work.waitingFor("queued", event.id)?.doing)
    case "conference-started":
      return work.waitingFor("dialing", event.id) !== undefined && stopsWaiting(work)
    case "queue-bridged":
      return work.waitingFor("queued", event.id) !== undefined && leavesQueue(work, event.whisper)
    case "queue-ended": {
      const waiting = work.waitingFor("queued", event.id)
      if (waiting === undefined) return false
      if (event.at > waiting.doing.since) work.passed()
      stopsWaiting(work)
      queueEnded(work, waiting.frame, waiting.doing, event)
      return true
    }
    case "sms-sent": {
      const waiting = work.waitingFor("sending", event.id)
      if (waiting === undefined || work.state.over) return false
      work.tell(waiting.frame, waiting.doing.action, "sms-action", [
        ...(event.sid === null ? [] : [["SmsSid", event.sid] as const]),
        ["SmsStatus", event.status],
      ])
      return true
    }
    case "answered":
      if (work.state.answered) return false
      work.wasAnswered()
      return true
    case "replaced":
      if (work.state.over) return false
      breakOff(work)
      work.isWhisperNoLonger()
      if (event.fallback !== undefined) work.fallsBackTo(event.fallback)
      work.passed()
      start(work, event.by, "update")
      return true
  }
}

/** Only the document that is heard waits for time to pass. */
const elapsed = (work: Work, { id }: Elapsed): boolean => {
  const frame = work.top
  if (frame === undefined) return false
  const { doing } = frame
  if (!("wait" in doing) || doing.wait !== id) return false
  work.passed()
  switch (doing.what) {
    case "talking":
      frame.doing = { what: "nothing" }
      return true
    case "gathering":
      gatherElapsed(work, frame, doing)
      return true
    case "recording":
      recordElapsed(work, frame, doing)
      return true
  }
}

const pressed = (work: Work, { digits }: Pressed): boolean => {
  const keys = digits.replace(/[^\d*#A-D]/g, "").slice(0, keysMax)
  const frame = work.top
  if (frame === undefined || keys === "") return false
  work.line({ what: "pressed", digits: keys })
  const { doing } = frame
  if (doing.what === "gathering" || doing.what === "recording") work.passed()
  if (doing.what === "gathering") gatherPressed(work, frame, doing, keys)
  else if (doing.what === "recording") recordPressed(work, frame, doing, keys)
  if (keys.includes("*")) hangUpOnStar(work)
  return true
}

/** The star ends what was dialled with `hangupOnStar`, and not the call. */
const hangUpOnStar = (work: Work): void => {
  for (const frame of work.frames) {
    const { doing } = frame
    if (doing.what !== "dialing" || !doing.hangup_on_star) continue
    frame.doing = { ...doing, hangup_on_star: false }
    work.stop(doing.id, doing.kind, true)
  }
}

/** Keys of one event that are heard, and characters. */
const keysMax = 200
const spokenMax = 4_096

const spoke = (work: Work, event: Spoke): boolean => {
  const text = event.text.slice(0, spokenMax)
  const frame = work.top
  if (frame === undefined || text.trim() === "") return false
  work.line({ what: "spoke", text })
  const { doing } = frame
  if (doing.what === "gathering" || doing.what === "recording") work.passed()
  if (doing.what === "gathering") gatherSpoke(work, frame, doing, { ...event, text })
  else if (doing.what === "recording") recordSpoke(work, frame, doing, { ...event, text })
  return true
}

/** What a call that waits in a queue or conference hears; nothing where it does not say. */
const waits = (
  work: Work,
  place: "queue-wait" | "conference-wait",
  doing: { readonly wait_url: Action } | undefined,
): boolean => {
  if (doing?.wait_url == null || work.frames.length > 1 || work.state.over) return false
  const frame: Open = { place, source: doing.wait_url, rest: [], doing: { what: "nothing" }, failed: false }
  work.frames.push(frame)
  work.fetch(frame, doing.wait_url, place)
  return true
}

/** Who is taken out of a queue waits no longer, and hears what is to be heard before being connected. */
const leavesQueue = (work: Work, whisper: Target | undefined): boolean => {
  const waited = stopsWaiting(work)
  if (whisper === undefined) return waited
  const frame: Open = { place: "queue-whisper", source: whisper, rest: [], doing: { what: "nothing" }, failed: false }
  work.frames.push(frame)
  work.passed()
  work.fetch(frame, whisper, "queue-whisper")
  return true
}

const dialEnded = (work: Work, event: ChildEnded | ConferenceLeft): boolean => {
  const waiting = work.waitingFor("dialing", event.id)
  if (waiting === undefined) return false
  if (event.at > waiting.doing.since) work.passed()
  stopsWaiting(work)
  if (event.type === "child-ended") childEnded(work, waiting.frame, waiting.doing, event)
  else conferenceLeft(work, waiting.frame, waiting.doing, event)
  return true
}

/** Other instructions take the place of all that goes on. */
const breakOff = (work: Work): void => {
  for (const { doing } of work.frames.toReversed()) breakOffDoing(work, doing, false)
  work.frames.length = 0
}
