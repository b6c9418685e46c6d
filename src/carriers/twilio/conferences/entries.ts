import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"
import { CallReports } from "../calls/entries.ts"

/*
 * What happens in conferences, which are the subject. Fields in the order of canonical JSON.
 */

/** Source: OpenAPI, `conference_enum_status`. */
export const ConferenceStatus = Schema.Literal("init", "in-progress", "completed")
export type ConferenceStatus = typeof ConferenceStatus.Type

/** Why a conference ended. Source: OpenAPI, `conference_enum_reason_conference_ended`. */
export const EndReason = Schema.Literal(
  "conference-ended-via-api",
  "participant-with-end-conference-on-exit-left",
  "participant-with-end-conference-on-exit-kicked",
  "last-participant-kicked",
  "last-participant-left",
)
export type EndReason = typeof EndReason.Type

/** The first participant's instructions say who is told of what, and whether it is recorded. */
export const conferenceCreated = entryType("conference.created", () =>
  Schema.Struct({
    account_sid: Schema.String,
    friendly_name: Schema.String,
    recording: optional(Schema.Struct({ reports: optional(CallReports) })),
    reports: optional(CallReports),
  }),
)
export type ConferenceCreated = Schema.Schema.Type<typeof conferenceCreated.schema>

export const conferenceStatusChanged = entryType("conference.status-changed", () =>
  Schema.Struct({
    /** The participant whose leaving ended it. */
    call_sid: optional(Schema.String),
    reason: optional(EndReason),
    status: ConferenceStatus,
  }),
)
export type ConferenceStatusChanged = Schema.Schema.Type<typeof conferenceStatusChanged.schema>

export const participantJoined = entryType("participant.joined", () =>
  Schema.Struct({
    call_sid: Schema.String,
    /** The call that alone hears this one. */
    coach: optional(Schema.String),
    end_on_exit: Schema.Boolean,
    label: optional(Schema.String),
    muted: Schema.Boolean,
    /** The order of the call's instructions. */
    order: Schema.Int,
    start_on_enter: Schema.Boolean,
  }),
)
export type ParticipantJoined = Schema.Schema.Type<typeof participantJoined.schema>

export const participantUpdated = entryType("participant.updated", () =>
  Schema.Struct({
    call_sid: Schema.String,
    coach: optional(Schema.String),
    coaching: optional(Schema.Boolean),
    end_on_exit: optional(Schema.Boolean),
    hold: optional(Schema.Boolean),
    muted: optional(Schema.Boolean),
  }),
)
export type ParticipantUpdated = Schema.Schema.Type<typeof participantUpdated.schema>

/** `kicked`: its application took it out. */
export const participantLeft = entryType("participant.left", () =>
  Schema.Struct({ call_sid: Schema.String, kicked: optional(Schema.Literal(true)) }),
)
export type ParticipantLeft = Schema.Schema.Type<typeof participantLeft.schema>

export const conferenceEntryTypes = [
  conferenceCreated,
  conferenceStatusChanged,
  participantJoined,
  participantUpdated,
  participantLeft,
] as const
