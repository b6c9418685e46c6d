import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Waits on the host's clock take a fiftieth of their time: for what waits for seconds around requests over real sockets. */
export const hurried = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const clock = Clock.make()
  const sleep = (duration: Duration.Duration) => clock.sleep(Duration.times(duration, 1 / 50))
  return Effect.withClock(effect, Object.assign(Object.create(clock), { sleep }))
}
