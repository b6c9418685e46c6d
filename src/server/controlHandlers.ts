import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { formatPace, parsePace } from "../clock/pace.ts"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import { decode, type Row } from "../core/Entry.ts"
import { dataCleared } from "../core/entries.ts"
import { iso, parseDuration, parseInstant } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import { othersTurn } from "../engine/othersTurn.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Run } from "../engine/Run.ts"
import { outboundMachine } from "../network/outbound.machine.ts"
import { CallbacksLive } from "./callbacksHandlers.ts"
import { CallsLive } from "./callsHandlers.ts"
import { ControlApi, NotSettled } from "./controlApi.ts"
import { BadOrder, committed, stopped, submitted, Unavailable } from "./controlErrors.ts"
import { Exchange, type HealthCheck } from "./Exchange.ts"
import { PhonesLive } from "./inboundHandlers.ts"
import { NumbersLive } from "./numbersHandlers.ts"
import { ProxyLive } from "./proxyHandlers.ts"
import { CallbackTestLive } from "./reading/callbackTestHandlers.ts"
import { MessagesLive } from "./reading/messagesHandlers.ts"
import { VerificationsLive } from "./reading/verificationsHandlers.ts"
import { Waiters } from "./reading/waiting.ts"
import { SettingsLive } from "./settingsHandlers.ts"
import { TemplatesLive } from "./templatesHandlers.ts"
import { TravelLive } from "./travelHandlers.ts"

/** Host seconds a clock order waits for the run to settle. */
const settleSecondsMax = 60

/** The clock as the log has it. */
const committedClock = (run: Run) => Effect.map(committed(run.engine), () => clockState(run))

const clockState = ({ engine }: Run) => {
  const timers = engine.world.slice(timersMachine)
  const due = nextTimer(timers)?.due
  const inFlight = engine.world.slice(outboundMachine).onWire
  const { seq, hash } = engine.head
  return {
    virtual_time: iso(engine.now),
    pace: formatPace(engine.pace),
    settled: engine.queued === 0 && inFlight === 0 && (due === undefined || due > engine.now),
    timers: timers.byKey.size,
    next_due: due === undefined ? null : iso(due),
    in_flight: inFlight,
    entries: seq,
    digest: hash,
  }
}

/** Carries out an order and answers when the run has settled, or that it has not in `settleSecondsMax`. */
const settledAfter = (run: Run, order: Effect.Effect<void, EngineStopped | OrderFailed>) =>
  order.pipe(
    Effect.mapError(stopped),
    Effect.timeoutFail({
      duration: Duration.seconds(settleSecondsMax),
      onTimeout: () =>
        new NotSettled({
          message: `the run has not settled within ${settleSecondsMax} s; it goes on, ask again with {"settle":true}`,
          clock: clockState(run),
        }),
    }),
    Effect.zipRight(committedClock(run)),
  )

export const HealthLive = HttpApiBuilder.group(ControlApi, "health", (handlers) =>
  Effect.gen(function* () {
    const { health, provider, run, statistics, version } = yield* Exchange
    return handlers.handle("health", () =>
      Effect.gen(function* () {
        yield* committed(run.engine)
        const log = yield* Effect.match(run.log.head, {
          onFailure: (): HealthCheck => ({ status: "down", detail: "it cannot be read" }),
          onSuccess: (): HealthCheck => ({ status: "up" }),
        })
        const { carrier, gateway, monitor } = health.checks()
        const down = [log, carrier, gateway, monitor].some(({ status }) => status === "down")
        return {
          status: down ? ("degraded" as const) : ("healthy" as const),
          version,
          provider,
          timestamp: iso(run.clock.hostNow()),
          statistics: statistics(),
          digest: run.engine.head.hash,
          entries: run.engine.head.seq,
          virtual_time: iso(run.engine.now),
          profile: health.profile,
          checks: { log, carrier, gateway, monitor },
        }
      }),
    )
  }),
)

export const ClockLive = HttpApiBuilder.group(ControlApi, "clock", (handlers) =>
  Effect.gen(function* () {
    const { run } = yield* Exchange
    const { engine } = run
    return handlers
      .handle("read", () => committedClock(run))
      .handle("order", ({ payload }) => {
        if ("advance" in payload) {
          const ms = parseDuration(payload.advance)
          return ms === undefined || ms > limits.advanceMsMax
            ? new BadOrder({
                message: `advance: expected a duration such as 500ms, 30s, 5m, 1h30m or 2d, at most 100 years, found ${JSON.stringify(payload.advance)}`,
              })
            : settledAfter(run, engine.advance(ms))
        }
        if ("advance_to" in payload) {
          const at = parseInstant(payload.advance_to)
          const ms = at === undefined ? Number.NaN : at - engine.now
          return ms >= 0 && ms <= limits.advanceMsMax
            ? settledAfter(run, engine.advance(ms))
            : new BadOrder({
                message: `advance_to: expected an instant from ${iso(engine.now)} on, at most 100 years ahead, found ${JSON.stringify(payload.advance_to.slice(0, 100))}`,
              })
        }
        if ("pace" in payload)
          return Either.match(parsePace(payload.pace), {
            onLeft: (why) => new BadOrder({ message: `pace: ${why}` }),
            onRight: (pace) =>
              engine.setPace(pace).pipe(Effect.mapError(stopped), Effect.zipRight(committedClock(run))),
          })
        if ("step" in payload) return settledAfter(run, engine.step(payload.step))
        return settledAfter(run, engine.settled)
      })
  }),
)

/** An entry for people and machines; data that was altered beyond reading is shown as its text. */
const shownEntry = (row: Row) => {
  try {
    return { ...decode(row), hash: row.hash }
  } catch {
    return row
  }
}

export const LogLive = HttpApiBuilder.group(ControlApi, "log", (handlers) =>
  Effect.gen(function* () {
    const { run } = yield* Exchange
    const turns = yield* Effect.makeSemaphore(1)
    return handlers.handleRaw("read", ({ urlParams }) =>
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const { after = 0, limit = 100 } = urlParams
        if ((headers.accept ?? "").includes("text/event-stream")) {
          const lastEventId = Number(headers["last-event-id"] ?? Number.NaN)
          return eventStream(run, Number.isSafeInteger(lastEventId) && lastEventId >= 0 ? lastEventId : after, turns)
        }
        const rows = yield* run.log.read(after, limit)
        const last = rows.at(-1)?.seq ?? after
        return yield* HttpServerResponse.json({
          entries: rows.map(shownEntry),
          last,
          more: last < run.engine.head.seq,
        })
      }).pipe(
        Effect.catchTag("LogUnavailable", (error) => new Unavailable({ message: error.message })),
        Effect.catchTag("HttpBodyError", Effect.die),
      ),
    )
  }),
)

/**
 * The log as server-sent events. A subscriber is told only that there is more and reads the log itself, page by page, at
 * the speed of its connection: a slow one holds nothing up and is kept no more than a page for.
 */
const eventStream = (run: Run, after: number, turns: Effect.Semaphore) =>
  HttpServerResponse.stream(
    Stream.asyncPush<void>(
      (emit) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            emit.single(undefined)
            return run.engine.onCommitted(() => emit.single(undefined))
          }),
          (remove) => Effect.sync(() => void remove()),
        ),
      { bufferSize: 1, strategy: "dropping" },
    ).pipe(Stream.flatMap(unseen(run, after, turns))),
    { contentType: "text/event-stream", headers: { "cache-control": "no-store", "x-accel-buffering": "no" } },
  )

/**
 * Each time it is asked: the events since the last time, to the end of the log, a page in one piece. Subscribers take turns,
 * a page each, and everything else comes between: many that begin with a long log would hold it up for seconds.
 */
const unseen = (run: Run, after: number, turns: Effect.Semaphore) => {
  let from = after
  const page = () =>
    Effect.map(run.log.read(from, limits.streamEntriesMax), (rows) => {
      const last = rows.at(-1)
      if (last === undefined) return [Chunk.empty<Uint8Array>(), Option.none()] as const
      from = last.seq
      return [Chunk.of(encoder.encode(rows.map(event).join(""))), Option.some(undefined)] as const
    }).pipe(Effect.zipLeft(othersTurn), turns.withPermits(1))
  return () => Stream.paginateChunkEffect(undefined, page)
}

const encoder = new TextEncoder()
const event = (row: Row) => `id: ${row.seq}\ndata: ${JSON.stringify(shownEntry(row))}\n\n`

export const ClearLive = HttpApiBuilder.group(ControlApi, "clear", (handlers) =>
  Effect.gen(function* () {
    const { run, statistics } = yield* Exchange
    return handlers.handle("clear", ({ path: { what } }) =>
      Effect.suspend(() => {
        const { messages, calls, callbacks } = statistics()
        const deleted = { messages, calls, callbacks, all: messages + calls + callbacks }[what]
        return Effect.as(submitted(run.engine, dataCleared.draft("", { what })), { deleted, type: what })
      }),
    )
  }),
)

export const ControlLive = Layer.mergeAll(
  HealthLive,
  ClockLive,
  LogLive,
  ClearLive,
  PhonesLive,
  SettingsLive,
  TemplatesLive,
  NumbersLive,
  ProxyLive,
  TravelLive,
  CallbacksLive,
  CallbackTestLive,
  MessagesLive,
  VerificationsLive,
  CallsLive,
).pipe(Layer.provide(Waiters.layer))
