import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { serveTraffic } from "../app/serveTraffic.ts"
import { simulatedExchange, webhookToken } from "../app/simulated.ts"
import { parsePace, rate } from "../clock/pace.ts"
import { iso, parseDuration } from "../core/Instant.ts"
import type { Traffic } from "../core/traffic/reader.ts"
import { saltFingerprint } from "../core/traffic/redact/Redactor.ts"
import { makePlayer } from "../traffic/playback/Player.ts"
import type { FieldRule } from "../traffic/playback/reading.ts"
import type { PlaybackPace } from "../traffic/playback/webhookSender.ts"
import { readSalt } from "../traffic/saltFile.ts"
import { readTrafficFile } from "../traffic/TrafficFile.ts"
import { asWrongUse, type CommandFailed, wrongUse } from "./failure.ts"
import { fileArg } from "./fileArg.ts"
import { addressOf, listeningAt, serverUrl } from "./given.ts"
import { fileOption, jsonHappens, listeningOptions } from "./options.ts"
import { tellJson, tellPerson } from "./playbackTold.ts"
import { printable } from "./terminal.ts"
import { faultLines } from "./trafficFaults.ts"

const options = {
  file: fileArg("FILE", "A traffic recording (.jsonl)"),
  ...listeningOptions,
  mode: Options.choice("mode", ["order", "key", "repeat-last"]).pipe(
    Options.withDescription(
      "order: requests come as they were recorded; key (default): in any order, each once; repeat-last: the last one that fits again and again",
    ),
    Options.withDefault("key" as const),
  ),
  field: Options.text("field").pipe(
    Options.withDescription(
      "How a parameter is compared, any number of times: NAME=exact, NAME=ignore, NAME=pattern:REGEX",
    ),
    Options.repeated,
  ),
  onMiss: Options.choice("on-miss", ["fail", "simulate", "passthrough"]).pipe(
    Options.withDescription(
      "What answers a request that was not recorded: 404 (default), an exchange in this process, or --upstream",
    ),
    Options.withDefault("fail" as const),
  ),
  upstream: Options.text("upstream").pipe(
    Options.withDescription("The API for --on-miss passthrough"),
    Options.optional,
  ),
  config: fileOption(
    "config",
    "Settings file of the exchange for --on-miss simulate, and of the token that signs webhooks",
  ).pipe(Options.optional),
  webhooksTo: Options.text("webhooks-to").pipe(
    Options.withDescription("The application that recorded webhooks are sent to; without it none are"),
    Options.optional,
  ),
  pace: Options.text("pace").pipe(
    Options.withDescription("How fast the gaps before webhooks pass: real (default), <n>x, fast (at once)"),
    Options.withDefault("real"),
  ),
  expire: Options.text("expire").pipe(
    Options.withDescription("Warn of a recording that is older, such as 90d"),
    Options.optional,
  ),
  salt: fileOption(
    "salt",
    "The file with the salt of the recording's stand-ins; with it requests are compared exactly",
  ).pipe(Options.optional),
  json: jsonHappens,
}

/** `ringback playback FILE`: answers an application's requests from a recording, and sends it the recorded webhooks. */
export const playback = Command.make("playback", options, (given) =>
  Effect.gen(function* () {
    const at = yield* listeningAt(given)
    const fields = yield* fieldRules(given.field)
    const pace = yield* playbackPaceOf(given.pace)
    const to = yield* serverUrl("webhooks-to", given.webhooksTo)
    const config = Option.getOrUndefined(given.config)
    const traffic = yield* readTrafficFile(given.file).pipe(Effect.mapError(asWrongUse))
    const salt = yield* saltFor(traffic, given.salt)
    const otherwise = yield* whoElse(given.onMiss, given.upstream, config)
    const token = to === undefined ? undefined : yield* webhookToken(config).pipe(Effect.mapError(asWrongUse))
    for (const warning of [
      ...faultLines(given.file, traffic),
      ...(yield* staleness(given.file, traffic, given.expire)),
      ...webhookWarnings(traffic, to, token !== undefined),
    ])
      yield* Console.error(`warning: ${printable(warning)}`)
    const tell = given.json ? tellJson : tellPerson(given.file)
    const player = yield* makePlayer({
      fields,
      mode: given.mode,
      otherwise,
      salt,
      told: (event) => tell.event(event, player.soFar()),
      traffic,
      webhooks: to === undefined ? undefined : { pace, to, token },
    })
    yield* Effect.addFinalizer(() => Effect.suspend(() => tell.ended(given.file, player.soFar())))
    const { port } = yield* serveTraffic(at, player.handler).pipe(Effect.mapError(asWrongUse))
    yield* tell.listening(addressOf({ host: given.host, port }), given.file, traffic)
    return yield* Effect.never
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Answer an application's requests from recorded traffic. Example: ringback playback traffic.jsonl --webhooks-to http://localhost:3000 --pace 10x",
  ),
)

/** The rules of `--field NAME=RULE`. */
const fieldRules = (given: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, FieldRule>, CommandFailed> =>
  Effect.map(
    Effect.forEach(given, (text) => {
      const [, name = "", rule = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? []
      const read = fieldRule(rule)
      return read === undefined
        ? wrongUse(`--field: expected NAME=exact, NAME=ignore or NAME=pattern:REGEX, found ${JSON.stringify(text)}`)
        : Effect.succeed([name, read] as const)
    }),
    (all) => new Map(all),
  )

const fieldRule = (text: string): FieldRule | undefined => {
  if (text === "exact" || text === "ignore") return text
  if (!text.startsWith("pattern:")) return undefined
  try {
    return { pattern: new RegExp(text.slice("pattern:".length), "u") }
  } catch {
    return undefined // Said to be no rule, with the text that was given.
  }
}

const playbackPaceOf = (text: string): Effect.Effect<PlaybackPace, CommandFailed> =>
  Either.match(parsePace(text), {
    onLeft: () => wrongUse(`--pace: expected real, fast or <n>x, found ${JSON.stringify(text)}`),
    onRight: (pace) =>
      pace._tag === "paused"
        ? wrongUse("--pace: expected real, fast or <n>x, found paused")
        : Effect.succeed(pace._tag === "fast" ? "fast" : rate(pace)),
  })

/** The salt, if it is given and is that of the recording. */
const saltFor = ({ header }: Traffic, file: Option.Option<string>): Effect.Effect<string | undefined, CommandFailed> =>
  Option.match(file, {
    onNone: () => Effect.succeed(undefined),
    onSome: (name) =>
      Effect.gen(function* () {
        const salt = yield* readSalt(name).pipe(Effect.mapError(asWrongUse))
        const { salt: wanted } = header.redaction
        return wanted === "" || wanted === saltFingerprint(salt)
          ? salt
          : yield* wrongUse(`--salt: ${name} is not the salt of this recording's stand-ins`)
      }),
  })

const whoElse = (
  onMiss: "fail" | "simulate" | "passthrough",
  upstream: Option.Option<string>,
  config: string | undefined,
): Effect.Effect<URL | undefined, CommandFailed, Scope.Scope> => {
  if (onMiss !== "passthrough" && Option.isSome(upstream))
    return wrongUse("--upstream: only --on-miss passthrough asks it")
  if (onMiss === "simulate") return Effect.mapError(simulatedExchange(config), asWrongUse)
  if (onMiss === "fail") return Effect.succeed(undefined)
  return Option.isNone(upstream)
    ? wrongUse("--on-miss passthrough needs --upstream URL")
    : serverUrl("upstream", upstream)
}

/** What is said of a recording that is older than it may be. */
const staleness = (
  file: string,
  { exchanges, header }: Traffic,
  expire: Option.Option<string>,
): Effect.Effect<ReadonlyArray<string>, CommandFailed> =>
  Effect.gen(function* () {
    if (Option.isNone(expire)) return []
    const most = parseDuration(expire.value)
    if (most === undefined)
      return yield* wrongUse(`--expire: expected a duration such as 90d, found ${JSON.stringify(expire.value)}`)
    const recorded = exchanges.reduce((latest, { at }) => Math.max(latest, at), header.started)
    const age = (yield* Clock.currentTimeMillis) - recorded
    if (age <= most) return []
    const days = Math.floor(age / 86_400_000)
    return [`${file} was recorded ${days} days ago (${iso(recorded)}), longer than ${expire.value}; record it again`]
  })

const webhookWarnings = ({ exchanges }: Traffic, to: URL | undefined, signed: boolean): ReadonlyArray<string> => {
  const count = exchanges.filter(({ direction }) => direction === "webhook").length
  if (count === 0) return []
  if (to === undefined) return [`${count} webhooks of the recording are not sent; --webhooks-to says where to`]
  return signed ? [] : ["webhooks are not signed: no auth token is given (TWILIO_AUTH_TOKEN, or --config)"]
}
