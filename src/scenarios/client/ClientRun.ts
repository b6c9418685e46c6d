import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import { type Http, type HttpAnswer, HttpFailure, type HttpRequest } from "../../client/Http.ts"
import type { ClientEvent } from "../../client/types.ts"
import { clientTold } from "../../core/clientTold.ts"
import type { Answer } from "../../engine/answers.ts"
import { EngineStopped, type OrderFailed } from "../../engine/outside.ts"
import { dueOn } from "../dueOn.ts"
import type { Stage } from "../Stage.ts"
import { toldOf } from "./told.ts"
import { Turns, VirtualClock } from "./virtualFibers.ts"

/**
 * What the client library needs to live in a run: a way to the run's API, the run's clock, and a place for what it tells.
 *
 * Its fibres go on only while virtual time stands still, all of them until each waits; what they told and asked then enters the run in
 * that order; only then time goes on, to whatever is due next, what is due of the world before what is due of the client. So a call is
 * the same each time, whatever the host does.
 */
export class ClientRun {
  readonly http: Http = { send: (request) => this.#answered(request) }
  readonly #stage: Stage
  readonly #turns = new Turns()
  readonly #clock: VirtualClock
  readonly #random: Random.Random
  /** What was told and asked and has still to enter the run. */
  readonly #leaving: Array<Effect.Effect<unknown, EngineStopped | OrderFailed>> = []
  readonly #goOn: Effect.Effect<void, EngineStopped | OrderFailed>
  #calls = 0
  #lost: EngineStopped | undefined

  /** `seed` decides what chance adds to the client's delays. `goOn` lets time go on a bit; nothing said: to what is due next. */
  constructor(stage: Stage, seed: number, goOn?: Effect.Effect<void>) {
    this.#stage = stage
    this.#goOn = goOn ?? Effect.suspend(() => this.#toNextDue())
    this.#clock = new VirtualClock(() => stage.run.engine.now)
    this.#random = Random.make(`client of ${seed}`)
  }

  /** Takes what the client tells. */
  readonly tell = (event: ClientEvent): void => {
    const id = `client-${this.#calls}`
    const subject = event._tag === "Sent" ? event.message.sid : id
    const { engine } = this.#stage.run
    this.#leaving.push(engine.submit(clientTold.draft(subject, toldOf(event, id))))
  }

  /** Carries a call of the client out; virtual time goes on until it has ended. */
  carryOut<A>(call: Effect.Effect<A>): Effect.Effect<A, EngineStopped | OrderFailed> {
    return Effect.gen(this, function* () {
      this.#calls++
      const runFork = Runtime.runFork(yield* Effect.runtime<never>())
      // What the client would log is in the log of the run.
      const virtual = call.pipe(
        Effect.withClock(this.#clock),
        Effect.withRandom(this.#random),
        Logger.withMinimumLogLevel(LogLevel.None),
      )
      const ending: { exit: Exit.Exit<A> | undefined } = { exit: undefined }
      const fiber = runFork(virtual, { scheduler: this.#turns })
      fiber.addObserver((exit) => {
        ending.exit = exit
      })
      yield* this.#until(() => ending.exit !== undefined).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            if (ending.exit !== undefined) return
            fiber.unsafeInterruptAsFork(FiberId.none)
            this.#turns.run()
          }),
        ),
      )
      return yield* ending.exit ?? Effect.dieMessage("a call of the client has no end")
    })
  }

  #until(ended: () => boolean): Effect.Effect<void, EngineStopped | OrderFailed> {
    const { engine } = this.#stage.run
    return Effect.gen(this, function* () {
      for (;;) {
        this.#turns.run()
        const leaving = this.#leaving.shift()
        if (leaving !== undefined) {
          yield* leaving
          continue
        }
        yield* engine.settled
        if (this.#lost !== undefined) return yield* this.#lost
        if (ended()) return
        // What was answered at this instant comes before what is late at it.
        if (!this.#turns.any && !this.#clock.wake()) yield* this.#goOn
      }
    })
  }

  /** To the next instant at which anything is due. */
  #toNextDue(): Effect.Effect<void, EngineStopped | OrderFailed> {
    const { engine } = this.#stage.run
    const [world, own] = [dueOn(this.#stage), this.#clock.due]
    if (world !== undefined && (own === undefined || world <= own)) return engine.step(1)
    return own === undefined
      ? new EngineStopped({ reason: "the client waits for something that never comes" })
      : engine.advance(own - engine.now)
  }

  #answered(request: HttpRequest): Effect.Effect<HttpAnswer, HttpFailure> {
    const answer = Effect.async<HttpAnswer, HttpFailure>((resume) => {
      this.#leaving.push(
        Effect.sync(() =>
          this.#stage.run.engine.ask(
            this.#stage.request(stageRequest(request)),
            (told) => resume(answerOf(this.#stage, told)),
            (why) => {
              this.#lost = why
            },
          ),
        ),
      )
    })
    return Effect.timeoutFail(answer, {
      duration: request.timeoutMs,
      onTimeout: () =>
        new HttpFailure({ reason: "timeout", left: true, message: `no answer within ${request.timeoutMs} ms` }),
    })
  }
}

const stageRequest = ({ authorization, body, headers, method, url }: HttpRequest) => {
  const { pathname, search } = new URL(url)
  return {
    method,
    url: pathname + search,
    authorization: Redacted.value(authorization),
    contentType: headers["Content-Type"],
    body: Buffer.from(body ?? ""),
  }
}

/** An answer as it comes over HTTP; one that is lost on its way is a connection that ends. */
const answerOf = (stage: Stage, { aside, entry, hash }: Answer): Effect.Effect<HttpAnswer, HttpFailure> => {
  const { at, data } = entry
  if (data.undelivered !== undefined)
    return Effect.fail(
      new HttpFailure({ reason: "reset", left: true, message: `the connection was ${data.undelivered}` }),
    )
  const text = "body" in data ? data.body : (aside ?? "")
  const body = data.holes ? stage.fill(text) : text
  const flat = stage.headers({ status: data.status, body: text, hash, at })
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < flat.length; i += 2) headers[(flat[i] as string).toLowerCase()] = flat[i + 1] as string
  return Effect.succeed({ status: data.status, headers, body })
}
