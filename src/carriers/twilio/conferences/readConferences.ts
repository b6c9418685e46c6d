import * as Either from "effect/Either"
import { rfc2822 } from "../../../core/Instant.ts"
import { list } from "../lists.ts"
import { dateRange, within } from "../messages/dateFilter.ts"
import { param, type Reply, type Request } from "../request.ts"
import { asciiJson } from "../template.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type Conference, conferenceOf } from "./conferences.ts"

const apiVersion = "2010-04-01"

/** The conference of a path; `undefined` when the account has none of this SID. */
export const ownConference = ({ accountSid, twilio }: Request, sid: string): Conference | undefined => {
  const conference = conferenceOf(twilio.conferences, sid)
  return conference?.made.account_sid === accountSid ? conference : undefined
}

export const conferenceUri = (accountSid: string, sid: string): string =>
  `/${apiVersion}/Accounts/${accountSid}/Conferences/${sid}.json`

export const conferenceJson = ({ created, endedBy, made, reason, sid, status, updated }: Conference): string => {
  const uri = conferenceUri(made.account_sid, sid)
  const below = uri.slice(0, -".json".length)
  return asciiJson({
    account_sid: made.account_sid,
    api_version: apiVersion,
    call_sid_ending_conference: endedBy ?? null,
    date_created: rfc2822(created),
    date_updated: rfc2822(updated),
    friendly_name: made.friendly_name,
    reason_conference_ended: reason ?? null,
    region: "us1",
    sid,
    status,
    subresource_uris: { participants: `${below}/Participants.json`, recordings: `${below}/Recordings.json` },
    uri,
  })
}

/** GET …/Conferences/{Sid}.json */
export const fetchConference = (request: Request, sid: string): Reply => {
  const conference = ownConference(request, sid)
  return conference === undefined ? notFound(request) : { status: 200, body: conferenceJson(conference), subject: sid }
}

/** GET …/Conferences.json: newest first, with Twilio's filters and paging. */
export const listConferences = (request: Request): Reply => {
  const { accountSid, entry, twilio } = request
  const { query } = entry.data
  const created = dateRange(query, "DateCreated")
  if (Either.isLeft(created)) return refusal(created.left)
  const updated = dateRange(query, "DateUpdated")
  if (Either.isLeft(updated)) return refusal(updated.left)
  const name = param(query, "FriendlyName")
  const status = param(query, "Status")
  const fits = (conference: Conference): boolean =>
    conference.made.account_sid === accountSid &&
    (name === undefined || conference.made.friendly_name === name) &&
    (status === undefined || conference.status === status) &&
    (created.right === undefined || within(created.right, conference.created)) &&
    (updated.right === undefined || within(updated.right, conference.updated))
  return list(request, twilio.conferences.conferences, { key: "conferences", fits, show: conferenceJson })
}
