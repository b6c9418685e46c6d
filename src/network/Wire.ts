import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import { rate } from "../clock/pace.ts"
import type { RunClock } from "../clock/RunClock.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  apiRequested,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { WayOut } from "../engine/outside.ts"
import type { Made } from "../engine/turn.ts"
import type { WorldState } from "../engine/World.ts"
import { makeDeadlines } from "./deadlines.ts"
import { type Edge, exchange } from "./exchange.ts"
import { type Flight, Flights } from "./flights.ts"
import { outboundMachine, type Pending } from "./outbound.machine.ts"
import type { Routes } from "./redirects.ts"
import { restoreUserinfo, type SecretStore } from "./secretUrl.ts"
import { callbacksSettings, publicUrlOf, routeOut } from "./settings.ts"
import { WireQueue } from "./wireQueue.ts"
import { makeWaits } from "./wireWaits.ts"

export interface WireOptions extends Edge {
  readonly clock: RunClock
}

/** The failure of a request that waited to be sent until it was too late. */
const tooLate = { detail: "not-sent", reason: "timeout" } as const

/** Up to its third slash. */
const originOf = (url: string): string => {
  const end = url.indexOf("/", url.indexOf("//") + 2)
  return end < 0 ? url : url.slice(0, end)
}

/**
 * Makes the way out over a client: as many requests in flight as the settings allow, answers as inputs.
 *
 * At paces that never look at the host answers enter in the order of the requests, whichever came first.
 * A run that ends cancels what is in flight; after a restart it is sent again as the same attempt, or has failed as interrupted
 * where it must not be sent twice.
 */
export const makeWire = ({ clock, ...given }: WireOptions): Effect.Effect<WayOut, never, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    const [queue, flights] = [new WireQueue(), new Flights()]
    let offer: ((answer: Draft) => void) | undefined
    let world: WorldState | undefined
    // What is asked for before the beginning is still pending when it comes, and has never left.
    const unsent = new Set<number>()
    /** When the newest of what came from the application was written, by the host's monotonic clock. */
    let heardAt = Number.NEGATIVE_INFINITY

    const now = clock.hostMonotonic
    const frozen = () => rate(clock.pace()) === 0
    const room = () => (frozen() && world !== undefined ? callbacksSettings(world).in_flight : limits.wireInFlightMax)
    // An origin may have no more than is left: those that hang never take it all, however many they are.
    const mayGo = (origin: string) =>
      frozen() ||
      flights.busy(origin) < Math.min(limits.wireInFlightPerOriginMax, limits.wireInFlightMax - flights.size)

    const enqueue = (seq: number, subject: string, request: OutboundRequested) =>
      queue.add({ seq, subject, request, origin: originOf(request.connect ?? request.url), since: now() })

    const watch = makeWaits({
      queue,
      follows: () => !frozen(),
      now,
      run,
      expired: ({ seq, subject }) => offer?.(outboundFailed.draft(subject, tooLate, seq)),
    })

    const edge = { routes: routesOf(() => world, given.secrets), ...given }

    const start = () => {
      // The pace may be another one than when they came.
      for (const landed of flights.release(frozen())) offer?.(landed)
      while (flights.size < room()) {
        const job = queue.take(mayGo)
        if (job === undefined) return watch()
        const due = now() + job.request.timeout_ms
        const flight: Flight = { job, due, cancel: nothing, answer: undefined }
        flights.add(flight)
        deadlines.add(flight)
        flight.cancel = exchange(edge, job, (answer) => land(flight, answer))
      }
      watch()
    }

    const deadlines = makeDeadlines<Flight>({
      now,
      run,
      expired: (flight) => {
        const { request, seq, subject } = flight.job
        flight.cancel()
        land(flight, outboundFailed.draft(subject, { after_ms: request.timeout_ms, reason: "timeout" }, seq))
      },
    })

    const land = (flight: Flight, answer: Draft) => {
      if (flight.answer !== undefined) return
      deadlines.remove(flight)
      for (const landed of flights.land(flight, answer, frozen())) offer?.(landed)
      start()
    }

    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        offer = undefined
        flights.cancelAll()
      }),
    )

    return {
      inFlight: (world) => world.slice(outboundMachine).onWire,
      // What happens inside the run alone is no reason to wait for the application.
      quietMs: (world) => quietMs(world, now() - heardAt),
      committed: (made, current) => {
        world = current
        if (made.some(({ entry }) => fromApplication(entry))) heardAt = now()
        for (const { data, seq, subject } of wireRequests(made))
          if (offer === undefined) unsent.add(seq)
          else enqueue(seq, subject, data)
        if (offer !== undefined) start()
      },
      begin: (to, current) => {
        offer = to
        world = current
        for (const { request, seq, subject } of pendingOnWire(current))
          if (request.once !== true || unsent.has(seq)) enqueue(seq, subject, request)
          else to(interrupted(subject, seq))
        unsent.clear()
        start()
      },
    }
  })

/** Where requests go by the settings of a world, once there is one. */
const routesOf = (current: () => WorldState | undefined, secrets: SecretStore): Routes => {
  const restored = (settings: string) => restoreUserinfo(settings, secrets)
  const by = <A>(found: (world: WorldState) => A, none: A): A => {
    const world = current()
    return world === undefined ? none : found(world)
  }
  return {
    out: (url) => by((world) => routeOut(world, url, restored), { via: "wire" }),
    back: (url) => by((world) => publicUrlOf(world, url, restored), undefined),
  }
}

function* wireRequests(made: ReadonlyArray<Made>): Generator<Entry<OutboundRequested>> {
  for (const { entry } of made) if (outboundRequested.is(entry) && entry.data.via === "wire") yield entry
}

const pendingOnWire = (world: WorldState): ReadonlyArray<Pending> =>
  [...world.slice(outboundMachine).pending.values()].filter(({ request }) => request.via === "wire")

/** The failure of a request that must not be sent twice and may have been on its way when the process ended. */
const interrupted = (subject: string, seq: number): Draft =>
  outboundFailed.draft(subject, { reason: "interrupted" }, seq)

/** Host ms to wait yet, so long after the application was heard. */
const quietMs = (world: WorldState, since: number): number => {
  const quiet = callbacksSettings(world).quiet_ms
  return since < quiet ? quiet : 0
}

/** Whether the application has done something, after which it may do more. */
const fromApplication = (entry: Entry<unknown>): boolean =>
  apiRequested.is(entry) || (entry.kind === "input" && (outboundAnswered.is(entry) || outboundFailed.is(entry)))

const nothing = () => {}
