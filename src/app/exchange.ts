import { randomBytes, randomInt } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { callsDoor } from "../carriers/twilio/calls/callsDoor.ts"
import { itemOf } from "../carriers/twilio/collection.ts"
import {
  answerHeaders,
  fillHoles,
  gone,
  overloaded,
  preflightHeaders,
  twilioSigns,
  unavailable,
  withoutUserinfo,
} from "../carriers/twilio/door.ts"
import { phonesDoor } from "../carriers/twilio/phonesDoor.ts"
import { authTokenSecret } from "../carriers/twilio/settings.ts"
import { loadTemplates, type TemplateErrors } from "../carriers/twilio/templateFiles.ts"
import { twilioMachine } from "../carriers/twilio/twilio.machine.ts"
import { seenVerifications } from "../carriers/twilio/verify/seenVerifications.ts"
import { wireIn } from "../carriers/twilio/wireIn.ts"
import type { Pace } from "../clock/pace.ts"
import type { JsonObject } from "../core/canonical.ts"
import { apiRequested } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { Engine } from "../engine/Engine.ts"
import type { NotFoldable } from "../engine/fold.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import { makeRun, type OtherSeed, type RunRefused } from "../engine/Run.ts"
import { LogOpenError, type LogUnavailable } from "../log/EventLog.ts"
import { type Keys, keysFileOf, memoryKeys, openKeys, SecretsFull } from "../log/Keys.ts"
import { makeMemory } from "../log/layerMemory.ts"
import { openSqlite } from "../log/layerSqlite.ts"
import { openFailure } from "../log/openFailure.ts"
import { guardsOf } from "../network/guard.ts"
import { mediaInMemory, openMediaFolder } from "../network/mediaStore.ts"
import { makeNodeClient, type WireClient } from "../network/nodeClient.ts"
import { outboundMachine } from "../network/outbound.machine.ts"
import { type CallbacksSettings, callbacksSettings } from "../network/settings.ts"
import { makeWire } from "../network/Wire.ts"
import type { Exchange, NumbersDoor } from "../server/Exchange.ts"
import { apiDoors } from "./apiDoors.ts"
import { asOwner } from "./asOwner.ts"
import { healthDoor } from "./healthChecks.ts"
import { liveSettings, runSettings } from "./liveSettings.ts"
import { liveTemplates } from "./liveTemplates.ts"
import { machines } from "./machines.ts"
import { messagesView } from "./messagesView.ts"
import { type PagesOfRun, pagesOfRun } from "./pages.ts"
import type { Settings } from "./settings.ts"
import { keepSnapshots, snapshotOf } from "./snapshots.ts"
import { travelDoor } from "./travel.ts"
import { version } from "./version.ts"

export interface StartOptions {
  readonly settings: Settings
  /** Of a new log; drawn by chance when not given. */
  readonly seed?: number | undefined
  readonly pace?: Pace | undefined
  readonly start?: number | undefined
  /** What requests leave by, made of the client over HTTP; that client itself when it is not given. */
  readonly leavesBy?: (client: WireClient) => WireClient
}

/** A started exchange, and what its owner should be told. */
export interface Started {
  readonly exchange: typeof Exchange.Service
  readonly authToken: Redacted.Redacted<string>
  readonly keys: Keys
  readonly warnings: ReadonlyArray<string>
  /** Tells where the server listens, which absolute URLs in webhooks begin with unless settings say what is public. */
  readonly listensAt: (address: string) => void
  /** Loads the pages over the run. */
  readonly pages: PagesOfRun
}

/** Starts a run of the exchange over its settings' log, with its keys, templates and the real way out. */
export const startExchange = (
  options: StartOptions,
): Effect.Effect<
  Started,
  LogOpenError | LogUnavailable | NotFoldable | EngineStopped | OrderFailed | TemplateErrors | OtherSeed | RunRefused,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const { settings } = options
    const templates = yield* loadTemplates(settings.templatesPath)
    const seed = options.seed ?? randomInt(1, 2 ** 31)
    const inMemory = settings.db === ":memory:"
    const log = inMemory ? makeMemory() : yield* openSqlite(settings.db)
    const fresh = (yield* log.head).seq === 0
    const keys = inMemory ? memoryKeys(`seed ${seed}`) : yield* openKeys(settings.db, { fresh })
    const authToken =
      settings.authToken ?? keys.secret(authTokenSecret) ?? Redacted.make(randomBytes(16).toString("hex"))
    const kept = yield* keepCredentials(settings, keys, authToken)
    const { port, publicUrl } = settings.server
    let origin = publicUrl === undefined ? `http://127.0.0.1:${port}` : withoutUserinfo(publicUrl)
    let inForce = (): CallbacksSettings => settings.run.callbacks
    const guard = guardsOf(() => inForce().allow)
    const { leavesBy = (client) => client } = options
    const client = leavesBy(yield* makeNodeClient(limits.answerBytesMax, guard))
    const media = inMemory ? mediaInMemory() : yield* openMediaFolder(settings.db)
    const mediaClient = leavesBy(yield* makeNodeClient(limits.mediaBytesMax, guard))
    const run = yield* makeRun({
      log,
      machines,
      wayOut: (clock) =>
        makeWire({
          client,
          clock,
          secrets: keys,
          signs: twilioSigns(keys),
          media: { client: mediaClient, keep: media.keep },
          origin: () => origin,
        }),
      seed,
      seedAsked: options.seed !== undefined,
      settings: kept,
      templates: templates.texts,
      pace: options.pace,
      start: options.start,
      ...(inMemory ? {} : snapshotsOf(settings.db)),
    })
    inForce = () => callbacksSettings(run.engine.world)
    if (!inMemory) yield* keepSnapshots(run, settings.db)
    const turns = yield* Effect.makeSemaphore(1)
    const exchange: typeof Exchange.Service = {
      run,
      version,
      provider: "twilio",
      health: healthDoor(run, settings),
      statistics: () => {
        const { twilio, outbound } = slicesOf(run.engine)
        return { messages: twilio.messages.bySid.size, calls: twilio.calls.size, callbacks: outbound.attempts }
      },
      phones: phonesDoor(keys, () => slicesOf(run.engine).twilio),
      calls: callsDoor(() => slicesOf(run.engine).twilio),
      messages: messagesView(() => slicesOf(run.engine).twilio.messages),
      verifications: () => seenVerifications(slicesOf(run.engine).twilio.verify, run.engine.now),
      carrier: {
        wireIn: (request) => apiRequested.draft("", wireIn(request, keys)),
        headers: answerHeaders,
        fill: fillHoles(keys, publicUrl),
        overloaded,
        unavailable,
        preflight: preflightHeaders,
        bytes: media.bytes,
        gone,
      },
      doors: apiDoors(run, keys, publicUrl),
      settings: liveSettings(run, { first: settings, keys, turns }),
      templates: liveTemplates(run, { base: templates.texts, turns, twilio: () => slicesOf(run.engine).twilio }),
      numbers: numbersDoor(run.engine, keys),
      travel: yield* travelDoor(run),
    }
    const listensAt = (address: string) => {
      if (publicUrl === undefined) origin = address
    }
    const pages = pagesOfRun(exchange, { signs: twilioSigns(keys), secrets: keys })
    return { exchange, authToken, keys, warnings: [...templates.warnings, ...settings.notes], listensAt, pages }
  })

const slicesOf = ({ world }: Engine) => ({ twilio: world.slice(twilioMachine), outbound: world.slice(outboundMachine) })

/** Numbers are set up by the carrier's own API. */
const numbersDoor = (engine: Engine, keys: Keys): NumbersDoor => {
  const twilio = () => engine.world.slice(twilioMachine)
  const ask = asOwner(engine, keys, () => twilio().settings.account_sid)
  return {
    change: (sid, params) =>
      Effect.suspend(() => {
        const number = itemOf(twilio().senders.numbers, sid)
        return number === undefined
          ? Effect.succeed(undefined)
          : ask(`/2010-04-01/Accounts/${number.accountSid}/IncomingPhoneNumbers/${sid}.json`, params)
      }),
  }
}

/** Puts the tokens of the settings into the keys file; gives the settings as the log keeps them. */
const keepCredentials = (
  settings: Settings,
  keys: Keys,
  authToken: Redacted.Redacted<string>,
): Effect.Effect<JsonObject, LogOpenError> =>
  Effect.try({
    try: () => {
      keys.remember(authTokenSecret, authToken)
      const { test } = settings.run.twilio
      if (test !== undefined && settings.testAuthToken !== undefined)
        keys.remember(test.auth_token.secret, settings.testAuthToken)
      for (const [name, value] of settings.secrets) keys.remember(name, value)
      return runSettings(settings, keys)
    },
    catch: (cause) =>
      cause instanceof SecretsFull
        ? new LogOpenError({ reason: "unwritable", file: settings.db, message: cause.message })
        : openFailure(keysFileOf(settings.db), cause),
  })

const snapshotsOf = (logFile: string) => {
  const snapshot = snapshotOf(logFile)
  return snapshot === undefined ? {} : { snapshot }
}
