import type * as http from "node:http"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { answer } from "./answering.ts"

/** Host ms between two words to browsers, however much happens meanwhile. */
const gapMs = 250
/** Host ms after which a browser hears that there is nothing new, so that a connection that is gone is found. */
const idleMs = 15_000

/** What browsers are told of the run as it goes on. */
export interface Now {
  readonly seq: number
  /** Virtual. */
  readonly now: number
  /** Virtual ms per host ms. */
  readonly rate: number
  readonly pace: string
  /** Callbacks in trouble. */
  readonly trouble: number
}

export interface Live {
  /** Tells this browser from now on, as server-sent events, or, when it asked for something else, once. */
  readonly listen: (request: http.IncomingMessage, response: http.ServerResponse) => void
}

/**
 * Tells browsers that there is something new: the newest seq and the clock, never the entries. They ask for what they show.
 *
 * Cost   nothing while nobody listens: the engine is asked to tell only then. One text goes to all, at most every `gapMs`
 */
export const makeLive = (run: Run, now: () => Now): Effect.Effect<Live, never, Scope.Scope> =>
  Effect.gen(function* () {
    const streams = new Set<http.ServerResponse>()
    const runFork = Runtime.runFork(yield* Effect.runtime<Scope.Scope>())
    let forget: (() => void) | undefined
    let news = false
    let telling = false
    const tell = (text: string) => {
      for (const stream of streams) stream.write(text)
    }
    const event = () => `data: ${JSON.stringify(now())}\n\n`
    /** Goes on until nobody listens. */
    const telltale = Effect.gen(function* () {
      let idle = 0
      while (streams.size > 0) {
        if (news || idle >= idleMs) {
          idle = 0
          news = false
          yield* run.engine.written
          tell(event())
        }
        yield* Effect.sleep(Duration.millis(gapMs))
        idle += gapMs
      }
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          telling = false
          forget?.()
          forget = undefined
        }),
      ),
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => forget?.()))
    const begin = () => {
      forget ??= run.engine.onCommitted(() => {
        news = true
      })
      if (telling) return
      telling = true
      runFork(telltale)
    }
    return {
      listen: (request, response) => {
        if (request.headers.accept?.includes("text/event-stream") !== true)
          return answer(response, 200, "application/json", JSON.stringify(now()))
        if (streams.size >= limits.liveStreamsMax)
          return answer(response, 503, "text/plain; charset=utf-8", "too many listen; ask without text/event-stream")
        response.writeHead(200, {
          "Content-Type": "text/event-stream",
          "Cache-Control": "no-store",
          "X-Accel-Buffering": "no",
        })
        response.write(event())
        streams.add(response)
        response.once("close", () => streams.delete(response))
        return begin()
      },
    }
  })
