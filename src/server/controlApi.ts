import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { limits } from "../core/limits.ts"
import { CallbacksGroup } from "./callbacksApi.ts"
import { CallsGroup } from "./callsApi.ts"
import { BadOrder, Failed, Unavailable, whole } from "./controlErrors.ts"
import { AlertsGroup, InboundGroup, OptOutsGroup } from "./inboundApi.ts"
import { NumbersGroup } from "./numbersApi.ts"
import { ProxyGroup } from "./proxyApi.ts"
import { CallbackTestGroup } from "./reading/callbackTestApi.ts"
import { MessagesGroup } from "./reading/messagesApi.ts"
import { VerificationsGroup } from "./reading/verificationsApi.ts"
import { SettingsGroup } from "./settingsApi.ts"
import { TemplatesGroup } from "./templatesApi.ts"
import { BreakpointsGroup, ForksGroup } from "./travelApi.ts"

/** The control API: a contract; handlers are in controlHandlers.ts. */

const Instant = Schema.String.annotations({ description: "ISO 8601, UTC", examples: ["2026-01-01T00:00:00.000Z"] })
const Digest = Schema.String.annotations({ description: "Hash of the newest entry: 64 hex digits" })

const Check = Schema.Struct({
  status: Schema.Literal("up", "down", "unknown").annotations({ description: "unknown: it was not needed lately" }),
  detail: Schema.optionalWith(Schema.String, { exact: true }),
}).annotations({ identifier: "HealthCheck" })

export const Health = Schema.Struct({
  status: Schema.Literal("healthy", "degraded").annotations({
    description: "degraded: something it depends on was down when it was needed last",
  }),
  version: Schema.String,
  provider: Schema.String,
  /** The host's time. */
  timestamp: Instant,
  statistics: Schema.Struct({ messages: Schema.Int, calls: Schema.Int, callbacks: Schema.Int }),
  digest: Digest,
  entries: Schema.Int,
  virtual_time: Instant,
  profile: Schema.String,
  checks: Schema.Struct({ log: Check, carrier: Check, gateway: Check, monitor: Check }).annotations({
    description:
      "The log was read for this; carrier and monitor as the conversation service found them last; the gateway is down while none of its providers is healthy",
  }),
}).annotations({ identifier: "Health" })

export const ClockState = Schema.Struct({
  virtual_time: Instant,
  pace: Schema.String.annotations({ description: "real, <n>x, paused or fast" }),
  /** Whether nothing is queued, in flight or due. */
  settled: Schema.Boolean,
  timers: Schema.Int.annotations({ description: "Timers that are set" }),
  next_due: Schema.NullOr(Instant),
  in_flight: Schema.Int.annotations({ description: "Wire requests that have no answer yet" }),
  entries: Schema.Int,
  digest: Digest,
}).annotations({ identifier: "ClockState" })

const order = <Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.Struct(fields).annotations({ parseOptions: { onExcessProperty: "error" } })

/** Exactly one of the orders, and nothing besides. */
export const ClockOrder = Schema.Union(
  order({
    advance: Schema.String.annotations({ description: "A duration such as 500ms, 30s, 5m, 1h30m, 2d" }),
  }),
  order({
    advance_to: Schema.String.annotations({
      description: "An instant from now on, ISO 8601",
      examples: ["2026-01-01T00:00:00Z"],
    }),
  }),
  order({ pace: Schema.String.annotations({ description: "real, <n>x, paused or fast" }) }),
  order({
    step: Schema.Int.pipe(Schema.between(1, 1_000_000)).annotations({ description: "Due instants to go to" }),
  }),
  order({ settle: Schema.Literal(true) }),
).annotations({ identifier: "ClockOrder" })

export const LogEntry = Schema.Struct({
  seq: Schema.Int,
  at: Schema.Int.annotations({ description: "Virtual ms since the Unix epoch" }),
  cause: Schema.Int,
  kind: Schema.Literal("input", "outcome"),
  type: Schema.String,
  subject: Schema.String,
  data: Schema.Unknown,
  hash: Schema.String,
}).annotations({ identifier: "Entry" })

export const LogPage = Schema.Struct({
  entries: Schema.Array(LogEntry),
  /** Pass as `after` for the next page. */
  last: Schema.Int,
  /** Whether the log holds more than this page. */
  more: Schema.Boolean,
}).annotations({ identifier: "LogPage" })

/** The run did not settle while the request waited. It goes on; ask again. */
export class NotSettled extends Schema.TaggedError<NotSettled>()(
  "NotSettled",
  { message: Schema.String, clock: ClockState },
  HttpApiSchema.annotations({ status: 504 }),
) {}

class HealthGroup extends HttpApiGroup.make("health", { topLevel: true })
  .add(
    HttpApiEndpoint.get("health", "/health")
      .addSuccess(Health)
      .annotate(OpenApi.Description, "Whether the exchange answers, with counts, the run's digest and virtual time."),
  )
  .annotate(OpenApi.Description, "Open to everybody") {}

class ClockGroup extends HttpApiGroup.make("clock")
  .add(
    HttpApiEndpoint.get("read", "/")
      .addSuccess(ClockState)
      .annotate(OpenApi.Description, "Where the run's clock stands."),
  )
  .add(
    HttpApiEndpoint.post("order", "/")
      .setPayload(ClockOrder)
      .addSuccess(ClockState)
      .addError(BadOrder)
      .addError(Unavailable)
      .addError(Failed)
      .addError(NotSettled)
      .annotate(
        OpenApi.Description,
        "advance: run as fast up to now + the duration, settling at each due instant; advance_to: up to an instant. pace: change how time moves. " +
          "step: go to the next due instants. settle: answer when nothing is queued, in flight or due.",
      ),
  )
  .prefix("/admin/clock") {}

class LogGroup extends HttpApiGroup.make("log").add(
  HttpApiEndpoint.get("read", "/admin/log")
    .setUrlParams(
      Schema.Struct({
        after: Schema.optionalWith(whole(0, Number.MAX_SAFE_INTEGER), { exact: true }),
        limit: Schema.optionalWith(whole(1, limits.readEntriesMax), { exact: true }),
      }),
    )
    .addSuccess(LogPage)
    .addError(BadOrder)
    .addError(Unavailable)
    .annotate(
      OpenApi.Description,
      `Entries after a seq, oldest first, at most ${limits.readEntriesMax}. With Accept: text/event-stream the same as ` +
        "server-sent events, each with its seq as id, going on as entries come; Last-Event-ID resumes.",
    ),
) {}

class ClearGroup extends HttpApiGroup.make("clear").add(
  HttpApiEndpoint.post("clear", "/clear/:what")
    .setPath(Schema.Struct({ what: Schema.Literal("messages", "calls", "callbacks", "all") }))
    .addSuccess(Schema.Struct({ deleted: Schema.Int, type: Schema.String }))
    .addError(Unavailable)
    .addError(Failed)
    .annotate(
      OpenApi.Description,
      "Forgets messages, calls, callbacks or all; the log keeps them. Pending timers are cancelled.",
    ),
) {}

export class ControlApi extends HttpApi.make("ringback")
  .add(HealthGroup)
  .add(ClockGroup)
  .add(LogGroup)
  .add(ClearGroup)
  .add(InboundGroup)
  .add(OptOutsGroup)
  .add(AlertsGroup)
  .add(SettingsGroup)
  .add(TemplatesGroup)
  .add(NumbersGroup)
  .add(ProxyGroup)
  .add(ForksGroup)
  .add(BreakpointsGroup)
  .add(CallbacksGroup)
  .add(CallbackTestGroup)
  .add(MessagesGroup)
  .add(VerificationsGroup)
  .add(CallsGroup)
  .addError(Unavailable)
  .annotate(OpenApi.Title, "Ringback control API")
  .annotate(
    OpenApi.Description,
    "The carrier's own API (/2010-04-01/…) is Twilio's and is not repeated here. Everything but /health answers loopback " +
      "callers under an allowed Host name, or anyone who shows the admin token.",
  ) {}
