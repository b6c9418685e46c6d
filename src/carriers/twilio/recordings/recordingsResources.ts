import * as Either from "effect/Either"
import { sha256Bytes } from "../../../core/canonical.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { recordingEvents, reportsIn } from "../calls/givenParameters.ts"
import { ownCall } from "../calls/readCalls.ts"
import { ownConference } from "../conferences/readConferences.ts"
import { twilioError } from "../errors.ts"
import { list } from "../lists.ts"
import { dateRange, within } from "../messages/dateFilter.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Handler, Resource } from "../resource.ts"
import { asciiJson } from "../template.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type RecordingStatus, recordingDeleted, recordingStatusChanged } from "./entries.ts"
import { over, recordingPath, recordingSeconds, started } from "./recordingRules.ts"
import { lengthAt, type Recording, recordingOf, runningOf } from "./recordings.ts"
import { mp3, wav } from "./sound.ts"

const apiVersion = "2010-04-01"

/** The recording of a path; `undefined` when the account has none of this SID, or it is not of that call or conference. */
const ownRecording = ({ accountSid, twilio }: Request, sid: string, of?: string): Recording | undefined => {
  const recording = recordingOf(twilio.recordings, sid)
  return recording?.made.account_sid === accountSid && (of === undefined || recording.of === of) ? recording : undefined
}

const base = (recording: Recording) => {
  const { lengthMs, made, of, sid, started: at, status, updated } = recording
  return {
    account_sid: made.account_sid,
    api_version: apiVersion,
    call_sid: of.startsWith("CA") ? of : null,
    channels: made.channels,
    conference_sid: of.startsWith("CF") ? of : null,
    date_created: rfc2822(at),
    date_updated: rfc2822(updated),
    duration: lengthMs === undefined ? null : String(recordingSeconds(lengthMs)),
    encryption_details: null,
    error_code: null,
    price: null,
    price_unit: "USD",
    sid,
    source: made.source,
    start_time: rfc2822(at),
    status,
  }
}

/** A recording by itself. Its `media_url` is where the edge says that this server is. */
const recordingJson = (recording: Recording): string => {
  const path = recordingPath(recording)
  return asciiJson({
    ...base(recording),
    media_url: { url: path },
    subresource_uris: {
      add_on_results: `${path}/AddOnResults.json`,
      transcriptions: `${path}/Transcriptions.json`,
    },
    uri: `${path}.json`,
  })
}

/** A recording as the paths of its call or conference show it. */
const partJson = (recording: Recording): string => {
  const { made, of, sid } = recording
  const parent = of.startsWith("CA") ? "Calls" : "Conferences"
  return asciiJson({
    ...base(recording),
    ...(parent === "Calls" ? { track: made.track } : {}),
    uri: `/${apiVersion}/Accounts/${made.account_sid}/${parent}/${of}/Recordings/${sid}.json`,
  })
}

const listed = (
  request: Request,
  fits: (recording: Recording) => boolean,
  show: (recording: Recording) => string,
): Reply => {
  const created = dateRange(request.entry.data.query, "DateCreated")
  if (Either.isLeft(created)) return refusal(created.left)
  const all = (recording: Recording) =>
    recording.made.account_sid === request.accountSid &&
    fits(recording) &&
    (created.right === undefined || within(created.right, recording.started))
  return { ...list(request, request.twilio.recordings.recordings, { key: "recordings", fits: all, show }), holes: true }
}

/** GET …/Recordings.json */
const listRecordings = (request: Request): Reply => {
  const { query } = request.entry.data
  const of = [param(query, "CallSid"), param(query, "ConferenceSid")].filter((sid) => sid !== undefined)
  return listed(request, (recording) => of.every((sid) => recording.of === sid), recordingJson)
}

/** GET …/Recordings/{Sid}.json */
const fetchRecording = (request: Request, sid: string): Reply => {
  const recording = ownRecording(request, sid)
  return recording === undefined
    ? notFound(request)
    : { status: 200, body: recordingJson(recording), holes: true, subject: recording.of }
}

/** GET …/Recordings/{Sid}, `.wav` and `.mp3`: the sound itself. While it goes on, or where nothing was recorded, there is none. */
const soundOf =
  (kind: "wav" | "mp3"): Handler =>
  (request, sid) => {
    const recording = ownRecording(request, sid)
    if (recording?.status !== "completed") return notFound(request)
    const ms = recording.lengthMs ?? 0
    const bytes = kind === "wav" ? wav(sid, ms, recording.made.channels) : mp3(ms)
    const contentType = kind === "wav" ? "audio/x-wav" : "audio/mpeg"
    return {
      status: 200,
      body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"),
      bytes: { contentType, sha256: sha256Bytes(bytes) },
      subject: recording.of,
    }
  }

const remove = (request: Request, recording: Recording | undefined): Reply =>
  recording === undefined
    ? notFound(request)
    : {
        status: 204,
        body: "",
        subject: recording.of,
        drafts: [recordingDeleted.draft(recording.of, { sid: recording.sid })],
      }

/** POST …/Calls/{Sid}/Recordings.json: the call is recorded from here on. One that is not in progress is 21220. */
const startOfCall = (request: Request, callSid: string): Reply => {
  const call = ownCall(request, callSid)
  if (call === undefined) return notFound(request)
  if (call.status !== "in-progress") return refusal(twilioError(21220))
  const { accountSid, entry, twilio, world } = request
  const { params } = entry.data
  const reports = reportsIn(params, "RecordingStatusCallback", recordingEvents)
  if (Either.isLeft(reports)) return refusal(reports.left)
  const track = param(params, "RecordingTrack") ?? "both"
  if (track !== "both" && track !== "inbound" && track !== "outbound")
    return refusal(twilioError(20400, { reason: "RecordingTrack is none of both, inbound, outbound" }))
  const made = {
    account_sid: accountSid,
    channels: param(params, "RecordingChannels") === "dual" ? (2 as const) : (1 as const),
    ...(reports.right === undefined ? {} : { reports: reports.right.reports }),
    source: "StartCallRecordingAPI" as const,
    track: track as "both" | "inbound" | "outbound",
  }
  const draft = started(world, callSid, `api ${twilio.recordings.count}`, made)
  const shown = {
    sid: draft.data.sid,
    of: callSid,
    made: draft.data,
    started: entry.at,
    status: "in-progress" as const,
    updated: entry.at,
    lengthMs: undefined,
    pausedSince: undefined,
    skippedMs: 0,
  }
  return { status: 201, body: partJson(shown), subject: callSid, drafts: [draft] }
}

/** POST …/Calls/{Sid}/Recordings/{Sid}.json: goes on, pauses or ends. `Twilio.CURRENT` is the newest that is under way. */
const changeOfCall = (request: Request, callSid: string, sid: string): Reply => {
  const { entry, twilio } = request
  const current = sid === "Twilio.CURRENT" ? (runningOf(twilio.recordings, callSid).at(-1)?.sid ?? "") : sid
  const recording = ownRecording(request, current, callSid)
  if (recording === undefined) return notFound(request)
  const status = param(entry.data.params, "Status")
  if (status !== "paused" && status !== "stopped" && status !== "in-progress")
    return refusal(twilioError(20400, { reason: "Status is none of in-progress, paused, stopped" }))
  if (recording.status !== "in-progress" && recording.status !== "paused") return refusal(twilioError(21220))
  const silence = param(entry.data.params, "PauseBehavior") !== "skip"
  const length = lengthAt(recording, entry.at)
  const then: { status: RecordingStatus; lengthMs?: number } =
    status === "stopped" ? { status: length === 0 ? "absent" : "completed", lengthMs: length } : { status }
  const draft =
    status === "stopped"
      ? over(recording, entry.at)
      : recordingStatusChanged.draft(callSid, {
          sid: recording.sid,
          ...(status === "paused" && silence ? { silence: true } : {}),
          status,
        })
  return {
    status: 200,
    body: partJson({ ...recording, ...then, updated: entry.at }),
    subject: callSid,
    drafts: [draft],
  }
}

const ofCall =
  (then: (request: Request, sid: string, inner: string) => Reply): Handler =>
  (request, sid, inner) =>
    ownCall(request, sid) === undefined ? notFound(request) : then(request, sid, inner)

const ofConference =
  (then: (request: Request, sid: string, inner: string) => Reply): Handler =>
  (request, sid, inner) =>
    ownConference(request, sid) === undefined ? notFound(request) : then(request, sid, inner)

const listOf = (request: Request, of: string): Reply => listed(request, (recording) => recording.of === of, partJson)

const fetchOf = (request: Request, of: string, sid: string): Reply => {
  const recording = ownRecording(request, sid, of)
  return recording === undefined ? notFound(request) : { status: 200, body: partJson(recording), subject: of }
}

const deleteOf = (request: Request, of: string, sid: string): Reply => remove(request, ownRecording(request, sid, of))

export const recordingsResources: ReadonlyArray<Resource> = [
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\/Recordings\.json$/, methods: { GET: listRecordings } },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Recordings\/([^/]+)\.json$/,
    methods: { GET: fetchRecording, DELETE: (request, sid) => remove(request, ownRecording(request, sid)) },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Recordings\/([^/.]+)\.mp3$/,
    methods: { GET: soundOf("mp3") },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Recordings\/([^/.]+)(?:\.wav)?$/,
    methods: { GET: soundOf("wav") },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Calls\/([^/]+)\/Recordings\.json$/,
    methods: { GET: ofCall(listOf), POST: startOfCall },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Calls\/([^/]+)\/Recordings\/([^/]+)\.json$/,
    methods: { GET: ofCall(fetchOf), POST: ofCall(changeOfCall), DELETE: ofCall(deleteOf) },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\/([^/]+)\/Recordings\.json$/,
    methods: { GET: ofConference(listOf) },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\/([^/]+)\/Recordings\/([^/]+)\.json$/,
    methods: { GET: ofConference(fetchOf), POST: ofConference(changeOfCall), DELETE: ofConference(deleteOf) },
  },
]
