import { type ChildProcess, spawn } from "node:child_process"
import * as net from "node:net"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Application, brokenAt, type Place, type Reached, type ScenarioBroken } from "../scenarios/Scenario.ts"
import type { Forward } from "../scenarios/Stage.ts"

/*
 * The application under test as a process of its own: started, waited for, brought back to its beginning, stopped with all that it
 * has started.
 */

/** Host time an application has to be up, to be brought back, and to stop when it is told to. */
const readySecondsMax = 60
const resetSecondsMax = 60
const stopSecondsMax = 5
const lookEvery = Duration.millis(50)
/** Lines of its output that are shown when it fails. */
const linesShown = 20

/** Starts the application where it says how, waits until it is up, and brings it back to its beginning. */
export const startApplication = (
  { places, ready, reset, run }: Application,
  forwards: ReadonlyArray<Forward>,
  told: Reached,
): Effect.Effect<void, ScenarioBroken, Scope.Scope> =>
  Effect.gen(function* () {
    const process = run === undefined ? undefined : yield* started(run, told)
    const targets = forwards.flatMap(({ handler, to }) => (handler === undefined ? [to] : []))
    yield* untilReady(places.up, ready, targets, process)
    if (reset === undefined) return
    if (/^https?:\/\//i.test(reset)) yield* post(places.reset, reset)
    else yield* command(places.reset, reset, told)
  })

/** A command that runs, and the end of what it said. */
class Running {
  readonly child: ChildProcess
  #said = ""
  /** How it ended. */
  ended: string | undefined
  /** Whether whatever it has started has ended, too: nobody holds its output any more. */
  gone = false

  constructor(line: string, { accountSid, authToken, url = "" }: Reached) {
    this.child = spawn(line, {
      shell: true,
      // A group of its own: what it starts ends with it.
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        RINGBACK_URL: url,
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: authToken,
      },
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#said = (this.#said + text).slice(-10_000)
      })
    this.child.once("error", (error) => {
      this.ended = error.message
      this.gone = true
    })
    this.child.once("close", () => {
      this.gone = true
    })
    this.child.once("exit", (code, signal) => {
      this.ended ??= signal === null ? `it ended with ${code}` : `it was ended by ${signal}`
    })
  }

  get said(): ReadonlyArray<string> {
    return this.#said.trimEnd().split("\n").slice(-linesShown)
  }

  kill(signal: NodeJS.Signals): void {
    const { pid } = this.child
    if (pid === undefined || this.gone) return
    try {
      if (process.platform === "win32") this.child.kill(signal)
      else process.kill(-pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
    }
  }
}

const started = (line: string, told: Reached): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Running(line, told)),
    (running) => stop(running),
  )

const stop = (running: Running): Effect.Effect<void> =>
  Effect.gen(function* () {
    running.kill("SIGTERM")
    const gone = Effect.gen(function* () {
      while (!running.gone) yield* Effect.sleep(lookEvery)
    })
    yield* gone.pipe(
      Effect.interruptible, // A release is not, and then no time-out would end it.
      Effect.timeout(Duration.seconds(stopSecondsMax)),
      Effect.catchTag("TimeoutException", () => Effect.sync(() => running.kill("SIGKILL"))),
    )
  })

/** Waits until a URL answers 2xx, or every place that is forwarded to takes connections. */
const untilReady = (
  place: Place,
  ready: string | undefined,
  targets: ReadonlyArray<string>,
  running: Running | undefined,
): Effect.Effect<void, ScenarioBroken> => {
  const what = ready ?? targets.join(", ")
  const look = ready === undefined ? Effect.forEach(targets, connects) : Effect.map(answers(ready), (good) => [good])
  const loop = Effect.gen(function* () {
    for (;;) {
      if (running?.ended !== undefined)
        return yield* failed(place, `the application is not up: ${running.ended}`, running.said)
      if ((yield* look).every(Boolean)) return undefined
      yield* Effect.sleep(lookEvery)
    }
  })
  return Effect.timeoutFail(loop, {
    duration: Duration.seconds(readySecondsMax),
    onTimeout: () =>
      failed(place, `the application is not up: ${what} does not answer within ${readySecondsMax} s`, running?.said),
  })
}

/** One line, with what the application said under it. */
const failed = (place: Place, why: string, said: ReadonlyArray<string> = []): ScenarioBroken =>
  brokenAt(place, [why, ...said.filter((line) => line !== "").map((line) => `application: ${line}`)].join("\n"))

const connects = (url: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const { hostname, port, protocol } = new URL(url)
    const socket = net.connect({
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(port) || (protocol === "https:" ? 443 : 80),
    })
    const end = (good: boolean) => {
      socket.destroy()
      resume(Effect.succeed(good))
    }
    socket.once("connect", () => end(true))
    socket.once("error", () => end(false))
    return Effect.sync(() => socket.destroy())
  })

const answers = (url: string): Effect.Effect<boolean> =>
  Effect.tryPromise(async (signal) => (await fetch(url, { signal })).ok).pipe(
    Effect.catchAll(() => Effect.succeed(false)), // Nobody listens yet.
  )

const post = (place: Place, url: string): Effect.Effect<void, ScenarioBroken> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, { method: "POST", signal })
      if (!response.ok) throw new Error(`it is answered ${response.status}`)
    },
    catch: (error) => failed(place, `POST ${url}: ${(error as Error).message}`),
  }).pipe(inTime(place, `POST ${url}`))

const command = (place: Place, line: string, told: Reached): Effect.Effect<void, ScenarioBroken> =>
  Effect.scoped(
    Effect.gen(function* () {
      const running = yield* started(line, told)
      while (running.ended === undefined || !running.gone) yield* Effect.sleep(lookEvery)
      if (running.child.exitCode !== 0) return yield* failed(place, `${line}: ${running.ended}`, running.said)
      return undefined
    }),
  ).pipe(inTime(place, line))

const inTime = (place: Place, what: string) =>
  Effect.timeoutFail({
    duration: Duration.seconds(resetSecondsMax),
    onTimeout: () => failed(place, `${what}: it takes more than ${resetSecondsMax} s`),
  })
