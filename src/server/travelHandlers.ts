import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { Breakpoint } from "../timetravel/Breakpoints.ts"
import { ControlApi } from "./controlApi.ts"
import { BadOrder } from "./controlErrors.ts"
import { Exchange, type ForkMade } from "./Exchange.ts"
import { NoSuchBreakpoint } from "./travelApi.ts"

const shownFork = ({ cut, head, id, place }: ForkMade) => ({ id, place, cut, entries: head.seq, digest: head.hash })

const shownBreakpoint = ({ last, ...breakpoint }: Breakpoint) => ({ ...breakpoint, last: last ?? null })

const ForksLive = HttpApiBuilder.group(ControlApi, "forks", (handlers) =>
  Effect.gen(function* () {
    const { travel } = yield* Exchange
    return handlers
      .handle("list", () => Effect.sync(() => ({ forks: travel.forks().map(shownFork) })))
      .handle("make", ({ payload: { answers = [], at, inputs = "keep", set = [], swap } }) =>
        travel.fork({ answers, at, inputs, set, swap }).pipe(
          Effect.map(shownFork),
          Effect.mapError(({ message }) => new BadOrder({ message })),
        ),
      )
  }),
)

const BreakpointsLive = HttpApiBuilder.group(ControlApi, "breakpoints", (handlers) =>
  Effect.gen(function* () {
    const { breakpoints } = (yield* Exchange).travel
    return handlers
      .handle("list", () => Effect.sync(() => ({ breakpoints: breakpoints.all().map(shownBreakpoint) })))
      .handle("add", ({ payload: { pattern } }) =>
        Effect.suspend(() =>
          Either.mapBoth(breakpoints.add(pattern), {
            onLeft: (why) => new BadOrder({ message: `pattern: ${why}` }),
            onRight: shownBreakpoint,
          }),
        ),
      )
      .handle("remove", ({ path: { id } }) =>
        Effect.suspend(() =>
          breakpoints.remove(id)
            ? Effect.succeed({ removed: id })
            : new NoSuchBreakpoint({ message: `there is no breakpoint ${id}` }),
        ),
      )
  }),
)

/** Forks, and breakpoints. */
export const TravelLive = Layer.mergeAll(ForksLive, BreakpointsLive)
