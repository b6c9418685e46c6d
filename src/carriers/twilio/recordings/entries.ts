import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"
import { CallReports } from "../calls/entries.ts"

/*
 * Recordings of calls and conferences, which are the subject. Their bytes are never in the log: they are made from SID and length. Fields in
 * the order of canonical JSON.
 */

/** Source: OpenAPI, `recording_enum_status`; `deleted` ones are shown to nobody. */
export const RecordingStatus = Schema.Literal("in-progress", "paused", "completed", "absent")
export type RecordingStatus = typeof RecordingStatus.Type

/** Source: OpenAPI, `recording_enum_source`. */
export const RecordingSource = Schema.Literal(
  "DialVerb",
  "Conference",
  "OutboundAPI",
  "RecordVerb",
  "StartCallRecordingAPI",
)
export type RecordingSource = typeof RecordingSource.Type

export const recordingStarted = entryType("recording.started", () =>
  Schema.Struct({
    account_sid: Schema.String,
    channels: Schema.Literal(1, 2),
    /** The order of the call's instructions that began it. */
    order: optional(Schema.Int),
    reports: optional(CallReports),
    sid: Schema.String,
    source: RecordingSource,
    track: Schema.Literal("both", "inbound", "outbound"),
  }),
)
export type RecordingStarted = Schema.Schema.Type<typeof recordingStarted.schema>

export const recordingStatusChanged = entryType("recording.status-changed", () =>
  Schema.Struct({
    /** What it holds, virtual ms: of one that is over. */
    length_ms: optional(Schema.NonNegativeInt),
    sid: Schema.String,
    /** Of a paused one: time goes on in it, as silence. */
    silence: optional(Schema.Literal(true)),
    status: RecordingStatus,
  }),
)
export type RecordingStatusChanged = Schema.Schema.Type<typeof recordingStatusChanged.schema>

export const recordingDeleted = entryType("recording.deleted", () => Schema.Struct({ sid: Schema.String }))

export const recordingEntryTypes = [recordingStarted, recordingStatusChanged, recordingDeleted] as const
