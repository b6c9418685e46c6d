import type { Draft } from "../../../core/Entry.ts"
import type { Pair } from "../../../core/entries.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { type Machine, reacts, type World } from "../../../core/Machine.ts"
import { report } from "../callbacks.ts"
import type { Call } from "../calls/calls.ts"
import { callStatusChanged, orderAnswered } from "../calls/entries.ts"
import { ended, secondsBetween } from "../calls/lifecycle.decider.ts"
import { over, recordingMade, started } from "../recordings/recordingRules.ts"
import { lengthAt, runningOf } from "../recordings/recordings.ts"
import type { Twilio } from "../state.ts"
import type { VoiceEvent } from "../voice/events.ts"
import type { JoinConference } from "../voice/orders.ts"
import { type Conference, conferenceOf, eventsOf, type Participant, placeOf, sidOfName } from "./conferences.ts"
import {
  conferenceCreated,
  conferenceStatusChanged,
  type ParticipantLeft,
  type ParticipantUpdated,
  participantJoined,
  participantLeft,
  participantUpdated,
} from "./entries.ts"

/*
 * Calls that talk to each other.
 *
 *   init ──> in-progress (two are there, and one of them may start it) ──> completed (the last, or one that ends it, has left)
 */

/** The source of conferences' recordings: Twilio's own. */
const source = "Conference"

/** A call joins the conference of that name, which begins if there is none. One that is full lets nobody in. */
export const joined = (
  { at, seed }: World,
  twilio: Twilio,
  call: Call,
  order: JoinConference,
): ReadonlyArray<Draft> => {
  const { conferences } = twilio
  const sid = sidOfName(seed, conferences, call.accountSid, order.name)
  const open = conferenceOf(conferences, sid)
  if (open !== undefined && open.participants.length >= order.max_participants)
    return [
      answered(call.sid, { type: "conference-left", at, id: order.id, sid: open.sid, duration: 0, recording: null }),
    ]
  const created = conferenceCreated.draft(sid, {
    account_sid: call.accountSid,
    friendly_name: order.name,
    ...(order.record
      ? { recording: order.recording.callback === null ? {} : { reports: order.recording.callback } }
      : {}),
    ...(order.callback === null ? {} : { reports: order.callback }),
  })
  const participant = participantJoined.draft(sid, {
    call_sid: call.sid,
    ...(order.coach === null ? {} : { coach: order.coach }),
    end_on_exit: order.end_on_exit,
    ...(order.label === null ? {} : { label: order.label }),
    muted: order.muted,
    order: order.id,
    start_on_enter: order.start_on_enter,
  })
  return open === undefined ? [created, participant] : [participant]
}

const answered = (callSid: string, event: VoiceEvent): Draft =>
  orderAnswered.draft(callSid, { event: event as unknown as Record<string, unknown> })

/** A call's instructions have it leave its conference. */
export const stoppedConference = (_: World, { conferences }: Twilio, { sid }: Call): ReadonlyArray<Draft> => {
  const place = placeOf(conferences, sid)
  return place === undefined ? [] : [participantLeft.draft(place.conference.sid, { call_sid: sid })]
}

/** What a document that is heard while waiting is told of the conference. */
export const conferenceParameters = ({ conferences }: Twilio, { sid }: Call): ReadonlyArray<Pair> => {
  const place = placeOf(conferences, sid)
  return place === undefined
    ? []
    : [
        ["ConferenceSid", place.conference.sid],
        ["FriendlyName", place.conference.made.friendly_name],
      ]
}

/** Events by the names under which they are asked for. Source: "TwiML Conference", statusCallbackEvent. */
type Event =
  | { readonly of: "start" | "end"; readonly name: "conference-start" | "conference-end" }
  | {
      readonly of: "join" | "leave" | "mute" | "hold" | "modify"
      readonly name: string
      readonly participant: Participant
    }

const told = (world: World, twilio: Twilio, conference: Conference, event: Event): ReadonlyArray<Draft> => {
  const { made, sid, told: number } = conference
  const { reports } = made
  if (reports === undefined || !reports.events.includes(event.of)) return []
  return report(world, twilio, {
    accountSid: made.account_sid,
    event: `conference ${number} ${event.name}`,
    method: reports.method,
    params: () => parametersOf(conference, event, world.at),
    subject: sid,
    url: reports.url,
  })
}

/** Source: "TwiML Conference", statusCallback parameters. */
const parametersOf = (conference: Conference, event: Event, at: number): ReadonlyArray<Pair> => {
  const { endedBy, made, reason, sid, told: number } = conference
  const about = "participant" in event ? event.participant : undefined
  return [
    ["ConferenceSid", sid],
    ["FriendlyName", made.friendly_name],
    ["AccountSid", made.account_sid],
    ["StatusCallbackEvent", event.name],
    // What has ended comes behind everything else.
    ["SequenceNumber", String(event.of === "end" ? number + 1 : number)],
    ["Timestamp", rfc2822(at)],
    ...(about === undefined ? [] : participantParameters(about)),
    ...(event.of === "end" && reason !== undefined ? [["ReasonConferenceEnded", reason] as const] : []),
    ...(event.of === "end" && endedBy !== undefined ? [["CallSidEndingConference", endedBy] as const] : []),
  ]
}

const participantParameters = (participant: Participant): ReadonlyArray<Pair> => {
  const { callSid, coach, coaching, endOnExit, hold, label, muted, startOnEnter } = participant
  return [
    ["CallSid", callSid],
    ...(label === undefined ? [] : [["ParticipantLabel", label] as const]),
    ["Muted", String(muted)],
    ["Hold", String(hold)],
    ["Coaching", String(coaching)],
    ...(coach === undefined ? [] : [["CallSidToCoach", coach] as const]),
    ["StartConferenceOnEnter", String(startOnEnter)],
    ["EndConferenceOnExit", String(endOnExit)],
  ]
}

/** Somebody has come: the conference starts, goes on, or is waited for. */
const came = (world: World, twilio: Twilio, conference: Conference, callSid: string): ReadonlyArray<Draft> => {
  const { participants, sid, status } = conference
  const participant = participants.find((each) => each.callSid === callSid)
  if (participant === undefined) return []
  const news = told(world, twilio, conference, { of: "join", name: "participant-join", participant })
  const id = participant.order
  if (status === "in-progress") return [...news, answered(callSid, { type: "conference-started", at: world.at, id })]
  return participants.length > 1 && participants.some(({ startOnEnter }) => startOnEnter)
    ? [...news, conferenceStatusChanged.draft(sid, { status: "in-progress" })]
    : [...news, answered(callSid, { type: "conference-waits", at: world.at, id })]
}

const began = (world: World, twilio: Twilio, conference: Conference): ReadonlyArray<Draft> => {
  const { made, participants, sid } = conference
  const recording =
    made.recording === undefined
      ? []
      : [
          started(world, sid, "start", {
            account_sid: made.account_sid,
            channels: 1,
            ...made.recording,
            source,
            track: "both",
          }),
        ]
  return [
    ...told(world, twilio, conference, { of: "start", name: "conference-start" }),
    ...recording,
    ...participants.map(({ callSid, order }) =>
      answered(callSid, { type: "conference-started", at: world.at, id: order }),
    ),
  ]
}

/** The conference is over: everybody leaves, and then its end is told. */
const finished = (world: World, twilio: Twilio, conference: Conference): ReadonlyArray<Draft> => [
  ...(conference.participants.length > 0 ? [] : told(world, twilio, conference, theEnd)),
  ...runningOf(twilio.recordings, conference.sid).map((recording) => over(recording, world.at)),
  ...conference.participants.map(({ callSid }) => participantLeft.draft(conference.sid, { call_sid: callSid })),
]

const theEnd: Event = { of: "end", name: "conference-end" }

/** Somebody has left, and perhaps ended it. */
const left = (
  world: World,
  twilio: Twilio,
  conference: Conference,
  { call_sid: callSid, kicked }: ParticipantLeft,
): ReadonlyArray<Draft> => {
  const { left: participant, participants, sid, status } = conference
  if (participant?.callSid !== callSid) return []
  const [recording] = runningOf(twilio.recordings, sid)
  const ms = recording === undefined ? 0 : lengthAt(recording, world.at)
  const event: VoiceEvent = {
    type: "conference-left",
    at: world.at,
    id: participant.order,
    sid,
    duration: secondsBetween(participant.joined, world.at),
    recording: recording === undefined || ms === 0 ? null : recordingMade(recording, ms),
  }
  const news = [
    ...told(world, twilio, conference, { of: "leave", name: "participant-leave", participant }),
    ...(status === "completed" && participants.length === 0 ? told(world, twilio, conference, theEnd) : []),
  ]
  if (status === "completed" || (!participant.endOnExit && participants.length > 0))
    return [...news, answered(callSid, event)]
  const how = kicked ? "kicked" : "left"
  const reason = participant.endOnExit
    ? (`participant-with-end-conference-on-exit-${how}` as const)
    : (`last-participant-${how}` as const)
  return [
    ...news,
    conferenceStatusChanged.draft(sid, { call_sid: callSid, reason, status: "completed" }),
    answered(callSid, event),
  ]
}

/** What was changed about a participant: each event by its name and with its number, of which the last has been counted. */
const changed = (
  world: World,
  twilio: Twilio,
  conference: Conference,
  data: ParticipantUpdated,
): ReadonlyArray<Draft> => {
  const participant = conference.participants.find((each) => each.callSid === data.call_sid)
  if (participant === undefined) return []
  const names = {
    hold: data.hold ? "participant-hold" : "participant-unhold",
    modify: "participant-modify",
    mute: data.muted ? "participant-mute" : "participant-unmute",
  }
  const events = eventsOf(data)
  return events.flatMap((of, i) => {
    const number = conference.told - events.length + 1 + i
    return told(world, twilio, { ...conference, told: number }, { of, name: names[of], participant })
  })
}

const about = (twilio: Twilio, sid: string, then: (conference: Conference) => ReadonlyArray<Draft>) => {
  const conference = conferenceOf(twilio.conferences, sid)
  return conference === undefined ? [] : then(conference)
}

export const rulesOfConferences: Machine<Twilio>["react"] = [
  reacts(participantJoined, (world, { data, subject }, twilio) =>
    about(twilio, subject, (conference) => came(world, twilio, conference, data.call_sid)),
  ),
  reacts(participantUpdated, (world, { data, subject }, twilio) =>
    about(twilio, subject, (conference) => changed(world, twilio, conference, data)),
  ),
  reacts(participantLeft, (world, { data, subject }, twilio) =>
    about(twilio, subject, (conference) => left(world, twilio, conference, data)),
  ),
  reacts(conferenceStatusChanged, (world, { data: { status }, subject }, twilio) =>
    about(twilio, subject, (conference) =>
      status === "in-progress" ? began(world, twilio, conference) : finished(world, twilio, conference),
    ),
  ),
  // Who hangs up leaves.
  reacts(callStatusChanged, (_, { data: { status }, subject }, { conferences }) => {
    const place = ended.has(status) ? placeOf(conferences, subject) : undefined
    return place === undefined ? [] : [participantLeft.draft(place.conference.sid, { call_sid: subject })]
  }),
]
