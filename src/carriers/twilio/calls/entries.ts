import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens to calls. Fields in the order of canonical JSON.
 */

const Method = Schema.Literal("GET", "POST")
const Natural = Schema.NonNegativeInt
const Json = Schema.Record({ key: Schema.String, value: Schema.Any })

/**
 * Every status a call goes through. `initiated` (it has left the queue, and dialling begins) is told by callbacks alone: the resource
 * is `queued` then. Source: OpenAPI `call_enum_status`; "Call resource", status callbacks.
 */
export const CallStatus = Schema.Literal(
  "queued",
  "initiated",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
)
export type CallStatus = typeof CallStatus.Type

/** Which way a call goes. */
export const CallDirection = Schema.Literal("inbound", "outbound-api", "outbound-dial")
export type CallDirection = typeof CallDirection.Type

/** Who picks up. */
export const AnsweredBy = Schema.Literal("human", "machine", "fax", "unknown")
export type AnsweredBy = typeof AnsweredBy.Type

/** One thing that whoever is at the other end does by itself. */
export const CalleeStep = Schema.Union(
  Schema.Struct({ do: Schema.Literal("press"), text: Schema.String }),
  Schema.Struct({ do: Schema.Literal("speak"), text: Schema.String }),
  Schema.Struct({ do: Schema.Literal("wait"), ms: Natural }),
  Schema.Struct({ do: Schema.Literal("hang up") }),
)
export type CalleeStep = typeof CalleeStep.Type

/** What will become of a call, fixed when it is created so that later settings do not rewrite it. */
export const CallPlan = Schema.Struct({
  answered_by: AnsweredBy,
  /** A number of the exchange is called: whoever asks its `VoiceUrl` says what becomes of the call, unless that takes too long. */
  asks: optional(Schema.Literal(true)),
  /** Virtual ms for which it keeps its account from beginning another call; absent where calls have no rate. */
  busy_ms: optional(Natural),
  /** Virtual ms before each step up to ringing. */
  delay_ms: Natural,
  /** Why it will fail, where nothing else says so. */
  fails_by: optional(Schema.Literal("loop", "too-many-legs")),
  outcome: Schema.Literal("answered", "busy", "failed", "no-answer", "rejected"),
  /** Virtual ms of ringing before that outcome; a call that nobody answers rings for its time-out. */
  rings_ms: Natural,
  /** Virtual ms in the account's queue, before all that. */
  wait_ms: optional(Natural),
})
export type CallPlan = typeof CallPlan.Type

/** Where a call's instructions come from: a URL and one for when that fails, or a document. */
export const Instructions = Schema.Struct({
  fallback_method: optional(Method),
  fallback_url: optional(Schema.String),
  method: optional(Method),
  twiml: optional(Schema.String),
  url: optional(Schema.String),
})
export type Instructions = typeof Instructions.Type

/** Who is told of events, and of which. */
export const CallReports = Schema.Struct({ events: Schema.Array(Schema.String), method: Method, url: Schema.String })
export type CallReports = typeof CallReports.Type

/** Whether somebody finds out who has picked up. Told by the request for instructions, or aside where it is `async`. */
export const MachineDetection = Schema.Struct({
  async: optional(Schema.Struct({ method: Method, url: optional(Schema.String) })),
  mode: Schema.Literal("Enable", "DetectMessageEnd"),
  timeout_ms: Natural,
})
export type MachineDetection = typeof MachineDetection.Type

/** That a call is recorded from its answer to its end. */
export const CallRecord = Schema.Struct({ channels: Schema.Literal(1, 2), reports: optional(CallReports) })
export type CallRecord = typeof CallRecord.Type

export const callCreated = entryType("call.created", () =>
  Schema.Struct({
    account_sid: Schema.String,
    /** The call whose other end this is: it called the number from within the exchange. */
    dialled_by: optional(Schema.String),
    direction: CallDirection,
    from: Schema.String,
    instructions: Instructions,
    machine_detection: optional(MachineDetection),
    parent_call_sid: optional(Schema.String),
    phone_number_sid: optional(Schema.String),
    /** Absent of an inbound call. */
    plan: optional(CallPlan),
    /** What a minute costs, in millionths of the currency. */
    price_micros: Natural,
    record: optional(CallRecord),
    reports: optional(CallReports),
    /** What the other end does by itself. */
    script: optional(Schema.Array(CalleeStep)),
    send_digits: optional(Schema.String),
    status: CallStatus,
    /** How long it may last, virtual ms. */
    time_limit_ms: Natural,
    /** How long it rings if nobody answers, virtual ms. */
    timeout_ms: Natural,
    to: Schema.String,
  }),
)
export type CallCreated = Schema.Schema.Type<typeof callCreated.schema>

export const callStatusChanged = entryType("call.status-changed", () =>
  Schema.Struct({
    /** What it costs in all, in millionths of the currency: of one that was answered, when it ends. */
    price_micros: optional(Natural),
    /**
     * Why it failed, where nothing else says so: its number names nobody to ask, or is nobody's by now; its number's own instructions have led to
     * it, or those of too many numbers in a row.
     */
    reason: optional(Schema.Literal("no-voice-url", "nobodys-number", "loop", "too-many-legs")),
    /** How the telephone network says it: 200, 486 busy … Of a status that ends the call. */
    sip_code: optional(Schema.Int),
    status: CallStatus,
  }),
)
export type CallStatusChanged = Schema.Schema.Type<typeof callStatusChanged.schema>

/** Its application changes a call that is under way: new instructions, callbacks or a time limit, as far as they are there. */
export const callUpdated = entryType("call.updated", () =>
  Schema.Struct({
    instructions: optional(Instructions),
    reports: optional(CallReports),
    time_limit_ms: optional(Natural),
  }),
)
export type CallUpdated = Schema.Schema.Type<typeof callUpdated.schema>

/** The call is gone from lists, with its recordings; the log keeps it. */
export const callDeleted = entryType("call.deleted", () => Schema.Struct({}))

/** An input: a phone calls a number. What becomes of it follows; a number nobody has gets nothing. */
export const callArrived = entryType("call.arrived", () =>
  Schema.Struct({
    from: Schema.String,
    script: optional(Schema.Array(CalleeStep)),
    to: Schema.String,
  }),
)
export type CallArrived = Schema.Schema.Type<typeof callArrived.schema>

/** An input or what its script does: the other end presses keys, says something, picks up or hangs up. `scripted`: by itself. */
const scripted = optional(Schema.Literal(true))
export const callPressed = entryType("call.pressed", () => Schema.Struct({ digits: Schema.String, scripted }))
export type CallPressed = Schema.Schema.Type<typeof callPressed.schema>
export const callSpoken = entryType("call.spoken", () =>
  Schema.Struct({
    /** How sure the recognition is, in basis points. */
    confidence_bp: Schema.Int.pipe(Schema.between(0, 10_000)),
    /** Virtual ms it takes; absent: by its length. */
    ms: optional(Natural),
    scripted,
    text: Schema.String,
  }),
)
export type CallSpoken = Schema.Schema.Type<typeof callSpoken.schema>
export const callPickedUp = entryType("call.picked-up", () => Schema.Struct({}))
export const callHungUp = entryType("call.hung-up", () => Schema.Struct({ scripted }))

/**
 * A call's instructions are carried out as far as they go at an instant: what follows from it (`voice/orders.ts`, lines of the transcript among
 * it), and where the call then stands (`voice/state.ts`).
 *
 * `begun`: its instructions begin with this. Of a list of verbs that is the end of the one before only its length is kept.
 */
export const callStepped = entryType("call.stepped", () =>
  Schema.Struct({
    begun: optional(Schema.Literal(true)),
    orders: Schema.Array(Json),
    state: Json,
  }),
)
export type CallStepped = Schema.Schema.Type<typeof callStepped.schema>

/** Something that a call's instructions wait for has come to an end inside the exchange (`voice/events.ts`). */
export const orderAnswered = entryType("order.answered", () => Schema.Struct({ event: Json }))
export type OrderAnswered = Schema.Schema.Type<typeof orderAnswered.schema>

/** A call is connected with one that it dialled, or that came out of a queue it dialled and has heard what was to be heard first. */
export const callBridged = entryType("call.bridged", () => Schema.Struct({ with: Schema.String }))
export type CallBridged = Schema.Schema.Type<typeof callBridged.schema>

/** The exchange presses keys toward who has answered, as `SendDigits` says. */
export const callDigitsSent = entryType("call.digits-sent", () => Schema.Struct({ digits: Schema.String }))
export type CallDigitsSent = Schema.Schema.Type<typeof callDigitsSent.schema>

/** Who has picked up, as it was found out. Source: "Answering Machine Detection". */
export const callPartyDetected = entryType("call.party-detected", () =>
  Schema.Struct({
    answered_by: Schema.Literal("human", "machine_start", "machine_end_beep", "fax", "unknown"),
    /** Virtual ms since the answer. */
    ms: Natural,
  }),
)
export type CallPartyDetected = Schema.Schema.Type<typeof callPartyDetected.schema>

export const callEntryTypes = [
  callCreated,
  callStatusChanged,
  callUpdated,
  callDeleted,
  callArrived,
  callPartyDetected,
  callPressed,
  callSpoken,
  callPickedUp,
  callHungUp,
  callStepped,
  orderAnswered,
  callBridged,
  callDigitsSent,
] as const
