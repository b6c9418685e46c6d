import type { Dial, JoinConference, RecordingAttributes } from "./orders.ts"
import type { Action, Verb } from "./state.ts"
import { Values } from "./values.ts"
import type { Open, Work } from "./work.ts"

/** What the `<Dial>` around a conference says of it. */
interface Around {
  readonly action: Action
  readonly hangup_on_star: boolean
  readonly time_limit: number
  readonly record: Dial["record"]
}

/** Source: "TwiML Conference". */
const nameLengthMax = 128
const participantsMax = 250

/**
 * Joins a conference.
 *
 * Refuses a conference without a name, or with one that is too long (13237): the next verb follows, or the action is told `failed`
 * Warns   of each attribute that is wrong, by its own code or as 16002
 * Source  "TwiML Conference"; errors 13230 to 13240, 16002, 16023
 */
export const conference = (work: Work, frame: Open, noun: Verb, around: Around): void => {
  const name = noun.text.trim()
  if (name === "" || name.length > nameLengthMax) {
    work.alert({ code: 13237, detail: name.slice(0, 100) })
    work.line({ what: "dial-ended", status: "failed" })
    work.tell(frame, around.action, "dial-action", [["DialCallStatus", "failed"]])
    return
  }
  const values = new Values(work, noun, frame.source)
  const id = work.id()
  work.line({ what: "conference", name })
  work.order({
    type: "join-conference",
    id,
    name,
    ...attributesOf(values),
    time_limit: around.time_limit,
    dial_record: around.record,
  })
  frame.doing = {
    what: "dialing",
    id,
    kind: "conference",
    action: around.action,
    hangup_on_star: around.hangup_on_star,
    since: work.at,
    wait_url: values.target("waitUrl", "waitMethod", 13233, 13234),
  }
}

const attributesOf = (values: Values): Omit<JoinConference, "type" | "id" | "name" | "time_limit" | "dial_record"> => {
  const recording: RecordingAttributes = {
    trim: values.oneOf("trim", ["trim-silence", "do-not-trim"], "trim-silence", 13239) === "trim-silence",
    callback: values.recordingCallback(),
  }
  return {
    start_on_enter: values.flag("startConferenceOnEnter", true, 13232),
    end_on_exit: values.flag("endConferenceOnExit", false, 13231),
    muted: values.flag("muted", false, 13230),
    beep: values.oneOf("beep", ["true", "false", "onEnter", "onExit"], "true", 13235),
    max_participants: values.number("maxParticipants", {
      or: participantsMax,
      min: 2,
      max: participantsMax,
      code: 16002,
    }),
    label: values.like("participantLabel", /^(?!CA[\da-f]{32}$)[^/]{1,128}$/, 16023),
    coach: values.like("coach", /^CA[\da-f]{32}$/, 13240),
    record:
      values.oneOf("record", ["do-not-record", "record-from-start", "true", "false"], "do-not-record", 13217) ===
        "record-from-start" || values.text("record") === "true",
    recording,
    callback: values.callback("statusCallback", conferenceEvents),
  }
}

/** Those of nouns that name none are unconfirmed: they are those of the API's participants. */
const conferenceEvents = {
  events: ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"],
  or: ["start", "end"],
  code: 16002,
  methodCode: 16002,
  eventCode: 16002,
} as const
