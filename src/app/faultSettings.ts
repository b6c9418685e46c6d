import * as Schema from "effect/Schema"
import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import { parseE164 } from "../core/E164.ts"
import type { AimedFault, CallbackFaults } from "../network/settings.ts"
import {
  basisPoints,
  Duration,
  durationMs,
  ErrorCode,
  expects,
  optional,
  Percent,
  Text,
  True,
} from "./settingsParts.ts"

/* Faults of the API and of callbacks: how the settings file has them, and how the log does. */

const ApiFault = Schema.suspend(() =>
  Schema.Struct({
    method: optional(
      expects(Schema.Literal("GET", "POST", "DELETE", "HEAD", "PUT", "PATCH"), "a method such as POST, in capitals"),
    ),
    path: optional(
      expects(
        Schema.String.pipe(Schema.maxLength(500)),
        "a path of at most 500 characters in which * stands for any text",
      ),
    ),
    to: optional(Text),
    percent: optional(Percent),
    status: optional(expects(Schema.Int.pipe(Schema.between(400, 599)), "an HTTP status, 400 to 599")),
    code: optional(ErrorCode),
    latency: optional(Duration),
    drop: optional(expects(Schema.Literal("request", "answer"), "request or answer")),
  }).pipe(
    Schema.filter(
      ({ code, drop, latency, status }) =>
        [drop, latency, status].filter((action) => action !== undefined).length === 1 &&
        (code === undefined || status !== undefined),
      { message: () => "one of status (perhaps with code), latency and drop" },
    ),
  ),
)

export const apiFaultsSetting = Schema.suspend(() =>
  Schema.Array(ApiFault).pipe(Schema.maxItems(100, { message: () => "at most 100 faults" })),
)

export const callbackFaultsSetting = Schema.suspend(() =>
  Schema.Struct({
    lost_percent: optional(Percent),
    duplicated_percent: optional(Percent),
    late_percent: optional(Percent),
    out_of_order_percent: optional(Percent),
    late: optional(Duration),
    latency: optional(Duration),
    unanswered_percent: optional(Percent),
  }),
)

const actions = ["lost", "late", "out_of_order", "duplicated", "unanswered"] as const

/** Faults that are meant for particular callbacks. */
export const aimedFaultsSetting = Schema.suspend(() =>
  Schema.Array(
    Schema.Struct({
      subject: optional(Text),
      event: optional(Text),
      lost: optional(True),
      late: optional(Duration),
      out_of_order: optional(Duration),
      duplicated: optional(Duration),
      unanswered: optional(True),
    }).pipe(
      Schema.filter((aimed) => actions.filter((action) => aimed[action] !== undefined).length === 1, {
        message: () => `one of ${actions.slice(0, -1).join(", ")} and unanswered`,
      }),
    ),
  ).pipe(Schema.maxItems(1_000, { message: () => "at most 1000 faults" })),
)

/** The code a status is answered with when none is given. */
const usualCodes: { readonly [status: number]: number } = { 401: 20003, 403: 20006, 404: 20404, 429: 20429, 503: 20503 }
const codeOf = (status: number): number => usualCodes[status] ?? (status < 500 ? 20400 : 20500)

/** Faults of the API as the log keeps them; nothing said: absent. */
export const apiFaults = (faults: typeof apiFaultsSetting.Type = []): Pick<TwilioSettings, "faults"> =>
  faults.length === 0
    ? {}
    : {
        faults: faults.map(({ code, drop, latency, method, path, percent = 100, status, to }) => ({
          action:
            status !== undefined
              ? { code: code ?? codeOf(status), status }
              : drop !== undefined
                ? { drop }
                : { latency_ms: durationMs(latency ?? 0) },
          bp: basisPoints(percent),
          ...(method === undefined ? {} : { method }),
          ...(path === undefined ? {} : { path }),
          ...(to === undefined ? {} : { to: parseE164(to) ?? to }),
        })),
      }

/** Faults of callbacks as the log keeps them; nothing said: absent. */
export const callbackFaults = (
  faults: typeof callbackFaultsSetting.Type | undefined,
): { readonly faults?: CallbackFaults } =>
  faults === undefined
    ? {}
    : {
        faults: {
          duplicated_bp: basisPoints(faults.duplicated_percent ?? 0),
          late_bp: basisPoints(faults.late_percent ?? 0),
          late_ms: durationMs(faults.late ?? 30),
          ...(faults.latency === undefined ? {} : { latency_ms: durationMs(faults.latency) }),
          lost_bp: basisPoints(faults.lost_percent ?? 0),
          out_of_order_bp: basisPoints(faults.out_of_order_percent ?? 0),
          ...(faults.unanswered_percent === undefined ? {} : { unanswered_bp: basisPoints(faults.unanswered_percent) }),
        },
      }

/** Faults that are aimed, as the log keeps them; nothing said: absent. */
export const aimedFaults = (
  aimed: typeof aimedFaultsSetting.Type | undefined,
): { readonly aimed?: ReadonlyArray<AimedFault> } =>
  aimed === undefined || aimed.length === 0
    ? {}
    : {
        aimed: aimed.map(({ event, subject, ...written }) => ({
          action: actionOf(written),
          ...(event === undefined ? {} : { event }),
          ...(subject === undefined ? {} : { subject }),
        })),
      }

const actionOf = ({
  duplicated = 0,
  late,
  lost,
  out_of_order,
  unanswered,
}: Omit<(typeof aimedFaultsSetting.Type)[number], "event" | "subject">): AimedFault["action"] => {
  if (lost) return { lost }
  if (unanswered) return { unanswered }
  if (late !== undefined) return { late_ms: durationMs(late) }
  return out_of_order === undefined ? { copy_ms: durationMs(duplicated) } : { behind_ms: durationMs(out_of_order) }
}
