import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import type { Pair } from "../../../core/entries.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { createCall } from "../calls/createCall.ts"
import { type CallCreated, callCreated } from "../calls/entries.ts"
import { twilioError } from "../errors.ts"
import { linksOf, pageOfList, pagingOf, tokensOf, unknownToken } from "../paging.ts"
import { param, type Reply, type Request } from "../request.ts"
import { asciiJson } from "../template.ts"
import { listJson, notFound, refusal } from "../wireOut.ts"
import { type Conference, type Participant, sidOfName, updated } from "./conferences.ts"
import { conferenceStatusChanged, participantLeft, participantUpdated } from "./entries.ts"
import { conferenceJson, conferenceUri, ownConference } from "./readConferences.ts"

/* Participants of conferences. One goes by the SID of its call, or by its label. */

const participantJson = (
  accountSid: string,
  conferenceSid: string,
  participant: Participant,
  status: "connected" | "queued",
): string =>
  asciiJson({
    account_sid: accountSid,
    call_sid: participant.callSid,
    call_sid_to_coach: participant.coach ?? null,
    coaching: participant.coaching,
    conference_sid: conferenceSid,
    date_created: rfc2822(participant.joined),
    date_updated: rfc2822(participant.updated),
    end_conference_on_exit: participant.endOnExit,
    hold: participant.hold,
    label: participant.label ?? null,
    muted: participant.muted,
    queue_time: status === "queued" ? "0" : null,
    start_conference_on_enter: participant.startOnEnter,
    status,
    uri: `${conferenceUri(accountSid, conferenceSid).slice(0, -".json".length)}/Participants/${participant.callSid}.json`,
  })

const flagIn = (pairs: ReadonlyArray<Pair>, name: string): boolean | undefined => {
  const text = param(pairs, name)
  // Source: OpenAPI: what is neither true nor false counts as false.
  return text === undefined ? undefined : text.toLowerCase() === "true"
}

/** GET …/Participants.json: in the order of joining, filtered by `Muted`, `Hold` and `Coaching`. */
export const listParticipants = (request: Request, sid: string): Reply => {
  const conference = ownConference(request, sid)
  if (conference === undefined) return notFound(request)
  const { path, query } = request.entry.data
  const paging = pagingOf(query)
  if (Either.isLeft(paging)) return refusal(paging.left)
  const [muted, hold, coaching] = [flagIn(query, "Muted"), flagIn(query, "Hold"), flagIn(query, "Coaching")]
  const fitting = conference.participants.filter(
    (each) =>
      each.muted === (muted ?? each.muted) &&
      each.hold === (hold ?? each.hold) &&
      each.coaching === (coaching ?? each.coaching),
  )
  const found = pageOfList(
    fitting.map((participant) => ({ sid: participant.callSid, participant })),
    paging.right,
  )
  if (found === undefined) return refusal(unknownToken())
  const tokens = tokensOf(
    found.items.map(({ sid: each }) => each),
    found,
  )
  return {
    status: 200,
    body: listJson({
      key: "participants",
      items: found.items.map(({ participant }) =>
        participantJson(conference.made.account_sid, sid, participant, "connected"),
      ),
      links: linksOf(path, query, paging.right),
      paging: paging.right,
      nextToken: tokens.next,
      previousToken: tokens.previous,
    }),
    subject: sid,
  }
}

interface Place {
  readonly conference: Conference
  readonly participant: Participant
}

const about = (request: Request, sid: string, inner: string, then: (place: Place) => Reply): Reply => {
  const conference = ownConference(request, sid)
  const label = decoded(inner)
  const participant = conference?.participants.find((each) => each.callSid === inner || each.label === label)
  return conference === undefined || participant === undefined ? notFound(request) : then({ conference, participant })
}

/** A part of a path as it was before it was put there. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // What is broken is no label that anybody has given.
  }
}

/** GET …/Participants/{CallSid or label}.json */
export const fetchParticipant = (request: Request, sid: string, inner: string): Reply =>
  about(request, sid, inner, ({ participant }) => ({
    status: 200,
    body: participantJson(request.accountSid, sid, participant, "connected"),
    subject: sid,
  }))

/** POST …/Participants/{CallSid or label}.json: mutes, holds, lets coach. What is to be heard meanwhile is taken and not played. */
export const changeParticipant = (request: Request, sid: string, inner: string): Reply =>
  about(request, sid, inner, ({ participant }) => {
    const { params } = request.entry.data
    const changes = {
      coach: param(params, "CallSidToCoach"),
      coaching: flagIn(params, "Coaching"),
      end_on_exit: flagIn(params, "EndConferenceOnExit"),
      hold: flagIn(params, "Hold"),
      muted: flagIn(params, "Muted"),
    }
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const then = { ...updated(participant, given), updated: request.entry.at }
    return {
      status: 200,
      body: participantJson(request.accountSid, sid, then, "connected"),
      subject: sid,
      drafts:
        Object.keys(given).length === 0
          ? []
          : [participantUpdated.draft(sid, { ...given, call_sid: participant.callSid })],
    }
  })

/** DELETE …/Participants/{CallSid or label}.json: out of the conference; its call goes on with its instructions. */
export const kickParticipant = (request: Request, sid: string, inner: string): Reply =>
  about(request, sid, inner, ({ participant }) => ({
    status: 204,
    body: "",
    subject: sid,
    drafts: [participantLeft.draft(sid, { call_sid: participant.callSid, kicked: true })],
  }))

/** POST …/Conferences/{Sid}.json with `Status=completed`: everybody leaves. */
export const endConference = (request: Request, sid: string): Reply => {
  const conference = ownConference(request, sid)
  if (conference === undefined) return notFound(request)
  const { at, data } = request.entry
  const status = param(data.params, "Status")
  if (status !== undefined && status !== "completed")
    return refusal(twilioError(20400, { reason: "Status is none but completed" }))
  if (status === undefined || conference.status === "completed")
    return { status: 200, body: conferenceJson(conference), subject: sid }
  const reason = "conference-ended-via-api" as const
  const drafts: ReadonlyArray<Draft> = [conferenceStatusChanged.draft(sid, { reason, status })]
  return { status: 200, body: conferenceJson({ ...conference, reason, status, updated: at }), subject: sid, drafts }
}

/** Parameters of a new participant that its conference's noun has, too. */
const nounAttributes = [
  ["Label", "participantLabel"],
  ["Muted", "muted"],
  ["Beep", "beep"],
  ["StartConferenceOnEnter", "startConferenceOnEnter"],
  ["EndConferenceOnExit", "endConferenceOnExit"],
  ["WaitUrl", "waitUrl"],
  ["WaitMethod", "waitMethod"],
  ["MaxParticipants", "maxParticipants"],
  ["ConferenceRecord", "record"],
  ["ConferenceTrim", "trim"],
  ["ConferenceStatusCallback", "statusCallback"],
  ["ConferenceStatusCallbackMethod", "statusCallbackMethod"],
  ["ConferenceRecordingStatusCallback", "recordingStatusCallback"],
  ["ConferenceRecordingStatusCallbackMethod", "recordingStatusCallbackMethod"],
  ["CallSidToCoach", "coach"],
] as const

/** Repeated parameters: one attribute with spaces between. */
const nounEvents = [
  ["ConferenceStatusCallbackEvent", "statusCallbackEvent"],
  ["ConferenceRecordingStatusCallbackEvent", "recordingStatusCallbackEvent"],
] as const

/**
 * POST …/Conferences/{Sid or name}/Participants.json: somebody is called, who joins the conference on answering.
 *
 * A SID is that of a conference that is not over; a name makes one if there is none. Everything else is checked as for a call.
 */
export const addParticipant = (request: Request, sid: string): Reply => {
  const { accountSid, entry, twilio } = request
  const byName = !/^CF[0-9a-f]{32}$/.test(sid)
  const known = byName ? undefined : ownConference(request, sid)
  if (!byName && (known === undefined || known.status === "completed")) return notFound(request)
  const name = known?.made.friendly_name ?? decoded(sid)
  const { params } = entry.data
  const kept = params.filter(([key]) => key !== "Url" && key !== "Twiml" && key !== "ApplicationSid")
  const twiml = `<Response><Dial>${nounOf(params, name)}</Dial></Response>`
  const called = createCall({
    ...request,
    entry: { ...entry, data: { ...entry.data, params: [...kept, ["Twiml", "<Response/>"]] } },
  })
  if (called.status !== 201 || called.subject === undefined) return called
  const drafts = (called.drafts ?? []).map((draft) =>
    draft.type === callCreated.type
      ? callCreated.draft(draft.subject, { ...(draft.data as CallCreated), instructions: { twiml } })
      : draft,
  )
  const participant: Participant = {
    callSid: called.subject,
    order: 0,
    joined: entry.at,
    updated: entry.at,
    label: param(params, "Label"),
    startOnEnter: flagIn(params, "StartConferenceOnEnter") ?? true,
    endOnExit: flagIn(params, "EndConferenceOnExit") ?? false,
    muted: flagIn(params, "Muted") ?? false,
    hold: false,
    coach: param(params, "CallSidToCoach"),
    coaching: flagIn(params, "Coaching") ?? param(params, "CallSidToCoach") !== undefined,
  }
  const conferenceSid = known?.sid ?? sidOfName(request.world.seed, twilio.conferences, accountSid, name)
  return {
    status: 201,
    body: participantJson(accountSid, conferenceSid, participant, "queued"),
    subject: called.subject,
    drafts,
  }
}

const nounOf = (params: ReadonlyArray<Pair>, name: string): string => {
  const attributes = [
    ...nounAttributes.map(([from, to]) => [to, param(params, from)] as const),
    ...nounEvents.map(([from, to]) => {
      const events = params.filter(([key]) => key === from).map(([, value]) => value)
      return [to, events.length === 0 ? undefined : events.join(" ")] as const
    }),
  ].flatMap(([attribute, value]) => (value === undefined ? [] : [` ${attribute}="${escaped(value)}"`]))
  return `<Conference${attributes.join("")}>${escaped(name)}</Conference>`
}

/** A text as XML has it; characters that no document may hold are left out. */
const escaped = (text: string): string =>
  [...text.toWellFormed()]
    .filter((char) => char >= " " && char !== "\ufffe" && char !== "\uffff")
    .map((char) => (`&<>"`.includes(char) ? `&#${char.charCodeAt(0)};` : char))
    .join("")
