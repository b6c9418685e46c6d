import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { machines } from "../../src/app/machines.ts"
import { settingsOf } from "../../src/app/settings.ts"
import type { SettingsFile } from "../../src/app/settingsFile.ts"
import { fillHoles } from "../../src/carriers/twilio/door.ts"
import { authTokenSecret } from "../../src/carriers/twilio/settings.ts"
import { loadTemplates } from "../../src/carriers/twilio/templateFiles.ts"
import { wireIn } from "../../src/carriers/twilio/wireIn.ts"
import type { Pace } from "../../src/clock/pace.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import type { Row } from "../../src/core/Entry.ts"
import { apiRequested } from "../../src/core/entries.ts"
import type { WayOut } from "../../src/engine/outside.ts"
import { makeRun, type Run } from "../../src/engine/Run.ts"
import type { Snapshot } from "../../src/engine/snapshot.ts"
import type { AnyMachine } from "../../src/engine/World.ts"
import type { EventLog } from "../../src/log/EventLog.ts"
import { memoryKeys } from "../../src/log/Keys.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import type { Order } from "./orders.ts"

export const account = settingsOf({}).run.twilio.account_sid
export const token = "simulated-token"

/** Scripted endpoints with every kind of behaviour, all inside the run. */
export const endpoints: NonNullable<SettingsFile["endpoints"]> = [
  { url: "https://good.test" },
  {
    url: "https://twiml.test/sms",
    // Asked by a URL that has it tried again (orders.ts).
    answers: [
      { status: 503 },
      {
        body: '<Response><Message statusCallback="https://good.test/reply">One<Media>/a.png</Media></Message><Say>x</Say><Redirect>more</Redirect></Response>',
        after_ms: 300,
      },
    ],
  },
  {
    url: "https://twiml.test/voice",
    answers: [
      {
        body: '<Response><Say>Hello</Say><Gather numDigits="1" timeout="3"><Play>https://good.test/a.mp3</Play></Gather><Dial timeLimit="5">+15558880003</Dial></Response>',
        after_ms: 200,
      },
    ],
  },
  { url: "https://twiml.test/wait", answers: [{ body: "<Response><Say>Wait</Say><Pause length='30'/></Response>" }] },
  { url: "https://twiml.test/sorry", answers: [{ body: "Sorry", content_type: "text/plain" }] },
  { url: "https://twiml.test/more", answers: [{ body: '<Response><Message action="/next">Two</Message></Response>' }] },
  { url: "https://twiml.test/next", answers: [{ body: "<Response>", status: 200 }] },
  { url: "https://twiml.test/fallback", answers: [{ body: "Sorry", content_type: "text/plain" }] },
  { url: "https://slow.test", answers: [{ status: 200, after_ms: 7_000 }] },
  { url: "https://hanging.test", answers: [{ drop: "timeout" }, { status: 204 }] },
  { url: "https://refusing.test", answers: [{ drop: "connect" }] },
  { url: "https://recovering.test", answers: [{ status: 500 }, { status: 503, after_ms: 20 }, { status: 200 }] },
  { url: "https://flaky.test", answers: [{ status: 200, after_ms: 100 }], fail_percent: 50 },
]

/** A way out that never answers, for runs whose endpoints are all scripted. */
export const sealed: WayOut = { inFlight: () => 0, quietMs: () => 0, committed: () => {}, begin: () => {} }

export interface SimulateOptions {
  readonly seed?: number
  readonly pace?: Pace
  readonly settings?: SettingsFile
  readonly log?: typeof EventLog.Service
  readonly machines?: ReadonlyArray<AnyMachine>
  readonly wayOut?: WayOut
  readonly start?: number
  readonly snapshot?: () => Either.Either<Snapshot, string>
}

/** An answer as the API's user sees it. */
export interface Answered {
  readonly status: number
  readonly body: string
}

export interface Simulation {
  readonly run: Run
  /** Sends one API request with the account's credentials, unless it says `user:password`. Holes of the answer are filled. */
  readonly api: (method: string, path: string, form?: string, credentials?: string) => Effect.Effect<Answered>
  /** Sends a request about accounts or senders; one that shows a secret nobody was told shows a wrong one. */
  readonly order: (order: Order) => Effect.Effect<Answered>
  /** Sends a message and gives its SID. */
  readonly send: (form: Readonly<Record<string, string>>) => Effect.Effect<string>
  readonly settled: Effect.Effect<void>
  readonly rows: Effect.Effect<ReadonlyArray<Row>>
}

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString("base64")}`
export const messagesPath = `/2010-04-01/Accounts/${account}/Messages.json`

/** A run of the exchange in this process, by default in memory, at pace `fast`, with scripted endpoints only. */
export const simulate = (options: SimulateOptions = {}): Effect.Effect<Simulation, never, Scope.Scope> =>
  Effect.gen(function* () {
    const keys = memoryKeys(`seed ${options.seed ?? 1}`)
    keys.remember(authTokenSecret, Redacted.make(token))
    const run = yield* makeRun({
      log: options.log ?? makeMemory(),
      machines: options.machines ?? machines,
      wayOut: () => Effect.succeed(options.wayOut ?? sealed),
      seed: options.seed ?? 1,
      seedAsked: false,
      settings: settingsOf({ endpoints, ...options.settings }).run as unknown as JsonObject,
      templates: Either.getOrThrow(loadTemplates(undefined)).texts,
      pace: options.pace ?? { _tag: "fast" },
      start: options.start,
      ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
    })
    const fill = fillHoles(keys, undefined)
    const api: Simulation["api"] = (method, path, form, credentials = `${account}:${token}`) =>
      Effect.async((resume) =>
        run.engine.ask(
          apiRequested.draft(
            "",
            wireIn(
              {
                method,
                url: path,
                authorization: basic(credentials),
                contentType: form === undefined ? undefined : "application/x-www-form-urlencoded",
                body: new TextEncoder().encode(form ?? ""),
              },
              keys,
            ),
          ),
          ({ entry: { data }, aside }) => {
            const text = "body" in data ? data.body : (aside ?? "")
            resume(Effect.succeed({ status: data.status, body: data.holes ? fill(text, "ringback.test") : text }))
          },
          (why) => resume(Effect.die(why)),
        ),
      )
    const order: Simulation["order"] = ({ as, form, method, path }) => {
      const password = as === undefined ? undefined : keys.secret(as[1])
      return api(
        method,
        path,
        form,
        as === undefined ? undefined : `${as[0]}:${password === undefined ? "untold" : Redacted.value(password)}`,
      )
    }
    return {
      run,
      api,
      order,
      send: (form: Readonly<Record<string, string>>) =>
        Effect.map(
          api("POST", messagesPath, new URLSearchParams({ From: "+15550000001", Body: "Hello", ...form }).toString()),
          ({ body }) => JSON.parse(body).sid as string,
        ),
      settled: Effect.orDie(run.engine.settled),
      rows: allRows(run.log),
    }
  }).pipe(Effect.orDie)

/** Every row of a log. */
export const allRows = (log: Pick<typeof EventLog.Service, "read">): Effect.Effect<ReadonlyArray<Row>> =>
  Effect.gen(function* () {
    const all: Array<Row> = []
    for (;;) {
      const page = yield* log.read(all.length, 1_000)
      if (page.length === 0) return all
      all.push(...page)
    }
  }).pipe(Effect.orDie)
