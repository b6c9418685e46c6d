import { sidUnder } from "../../../core/chance.ts"
import type { Entry } from "../../../core/Entry.ts"
import { addItem, type Collection, itemOf, noItems } from "../collection.ts"
import type {
  ConferenceCreated,
  ConferenceStatus,
  ConferenceStatusChanged,
  EndReason,
  ParticipantJoined,
  ParticipantLeft,
  ParticipantUpdated,
} from "./entries.ts"

/** A conference. Instants in virtual ms. */
export interface Conference {
  readonly sid: string
  readonly made: ConferenceCreated
  readonly created: number
  status: ConferenceStatus
  updated: number
  reason: EndReason | undefined
  endedBy: string | undefined
  /** Who is in it, in the order of joining. */
  participants: ReadonlyArray<Participant>
  /** Who left last: for the reactions to that. */
  left: Participant | undefined
  /** Events told, from which their numbers count. */
  told: number
}

export interface Participant {
  readonly callSid: string
  /** Of the call's instructions. */
  readonly order: number
  readonly joined: number
  readonly updated: number
  readonly label: string | undefined
  readonly startOnEnter: boolean
  readonly endOnExit: boolean
  readonly muted: boolean
  readonly hold: boolean
  /** The call that alone hears this one. */
  readonly coach: string | undefined
  readonly coaching: boolean
}

export interface Conferences {
  readonly conferences: Collection<Conference>
  /** Those that are not over, by account and name. */
  readonly open: Map<string, string>
  /** How many there were of each account and name, from which SIDs count. */
  readonly named: Map<string, number>
  /** The conference that each call is in. */
  readonly byCall: Map<string, string>
}

export const noConferences = (): Conferences => ({
  conferences: noItems(),
  open: new Map(),
  named: new Map(),
  byCall: new Map(),
})

export const nameKey = (accountSid: string, name: string): string => `${accountSid} ${name}`

export const conferenceOf = ({ conferences }: Conferences, sid: string): Conference | undefined =>
  itemOf(conferences, sid)

/** The SID of the conference of a name: of the one that is open, or of the next. */
export const sidOfName = (seed: number, { named, open }: Conferences, accountSid: string, name: string): string => {
  const key = nameKey(accountSid, name)
  return open.get(key) ?? sidUnder("CF", seed, key, String(named.get(key) ?? 0))
}

/** The conference a call is in, and what it is there. */
export const placeOf = (
  state: Conferences,
  callSid: string,
): { readonly conference: Conference; readonly participant: Participant } | undefined => {
  const conference = conferenceOf(state, state.byCall.get(callSid) ?? "")
  const participant = conference?.participants.find((each) => each.callSid === callSid)
  return conference === undefined || participant === undefined ? undefined : { conference, participant }
}

/** Two calls of one turn may each begin the conference they both join: it is one. */
export const createConference = (state: Conferences, { at, data, subject }: Entry<ConferenceCreated>): void => {
  if (conferenceOf(state, subject) !== undefined) return
  addItem(state.conferences, {
    sid: subject,
    made: data,
    created: at,
    status: "init",
    updated: at,
    reason: undefined,
    endedBy: undefined,
    participants: [],
    left: undefined,
    told: 0,
  })
  const key = nameKey(data.account_sid, data.friendly_name)
  state.open.set(key, subject)
  state.named.set(key, (state.named.get(key) ?? 0) + 1)
}

export const changeConference = (state: Conferences, { at, data, subject }: Entry<ConferenceStatusChanged>): void => {
  const conference = conferenceOf(state, subject)
  if (conference === undefined) return
  conference.status = data.status
  conference.updated = at
  conference.reason = data.reason
  conference.endedBy = data.call_sid
  // Its end is told behind everything else, and counts then.
  if (data.status !== "completed") conference.told++
  else state.open.delete(nameKey(conference.made.account_sid, conference.made.friendly_name))
}

export const joinConference = (state: Conferences, { at, data, subject }: Entry<ParticipantJoined>): void => {
  const conference = conferenceOf(state, subject)
  if (conference === undefined) return
  const participant: Participant = {
    callSid: data.call_sid,
    order: data.order,
    joined: at,
    updated: at,
    label: data.label,
    startOnEnter: data.start_on_enter,
    endOnExit: data.end_on_exit,
    muted: data.muted,
    hold: false,
    coach: data.coach,
    coaching: data.coach !== undefined,
  }
  conference.participants = [...conference.participants, participant]
  conference.told++
  state.byCall.set(data.call_sid, subject)
}

export const updateParticipant = (state: Conferences, { at, data, subject }: Entry<ParticipantUpdated>): void => {
  const conference = conferenceOf(state, subject)
  if (conference === undefined) return
  conference.told += eventsOf(data).length
  conference.participants = conference.participants.map((each) =>
    each.callSid === data.call_sid ? { ...updated(each, data), updated: at } : each,
  )
}

/** The events that an update of a participant is, in the order in which they are told. */
export const eventsOf = ({
  hold,
  muted,
}: Pick<ParticipantUpdated, "hold" | "muted">): ReadonlyArray<"mute" | "hold" | "modify"> => {
  const events = [...(muted === undefined ? [] : ["mute" as const]), ...(hold === undefined ? [] : ["hold" as const])]
  return events.length === 0 ? ["modify"] : events
}

/** A participant as an update makes it. */
export const updated = (participant: Participant, data: Omit<ParticipantUpdated, "call_sid">): Participant => ({
  ...participant,
  coach: data.coach ?? participant.coach,
  coaching: data.coaching ?? participant.coaching,
  endOnExit: data.end_on_exit ?? participant.endOnExit,
  hold: data.hold ?? participant.hold,
  muted: data.muted ?? participant.muted,
})

export const leaveConference = (state: Conferences, { subject, data }: Entry<ParticipantLeft>): void => {
  const conference = conferenceOf(state, subject)
  if (conference === undefined) return
  conference.left = conference.participants.find(({ callSid }) => callSid === data.call_sid)
  conference.participants = conference.participants.filter((each) => each !== conference.left)
  if (conference.left !== undefined) conference.told++
  state.byCall.delete(data.call_sid)
}

export const clearConferences = (state: Conferences): void => {
  state.conferences.all.length = 0
  state.conferences.places.clear()
  state.open.clear()
  state.byCall.clear()
}
