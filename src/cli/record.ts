import * as fs from "node:fs"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { serveTraffic } from "../app/serveTraffic.ts"
import { version } from "../app/version.ts"
import { isAnswered, type RecordedExchange } from "../core/traffic/RecordedExchange.ts"
import { makeRecorder, type Recorded, type Recorder } from "../traffic/record/Recorder.ts"
import { saltOf } from "../traffic/saltFile.ts"
import { webhookPrefix } from "../traffic/webhookPath.ts"
import { asWrongUse, CommandFailed } from "./failure.ts"
import { addressOf, listeningAt, serverUrl } from "./given.ts"
import { fileOption, jsonHappens, listeningOptions, redactionOptions } from "./options.ts"
import { jsonLine, progress, progressDone, styled } from "./terminal.ts"

const options = {
  ...listeningOptions,
  ...redactionOptions,
  out: fileOption("out", "The recording to write (.jsonl); it must not exist"),
  upstream: Options.text("upstream").pipe(
    Options.withDescription("The API to record (default https://api.twilio.com)"),
    Options.withDefault("https://api.twilio.com"),
  ),
  webhooksTo: Options.text("webhooks-to").pipe(
    Options.withDescription(
      `The application: a request for ${webhookPrefix}/PATH is a webhook, forwarded to PATH there`,
    ),
    Options.optional,
  ),
  publicUrl: Options.text("public-url").pipe(
    Options.withDescription("Where the carrier finds this recorder, for the URLs of webhooks in the recording"),
    Options.optional,
  ),
  json: jsonHappens,
}

/** `ringback record`: a proxy between an application and an API that keeps what goes through it. */
export const record = Command.make("record", options, (given) =>
  Effect.gen(function* () {
    const { json, out } = given
    const tell = json ? tellJson : tellPerson(out)
    let soFar: (() => Recorded) | undefined
    const begun = (recorder: Recorder) => {
      soFar = recorder.soFar
    }
    return yield* recording(given, tell, begun).pipe(
      Effect.scoped,
      Effect.ensuring(Effect.suspend(() => (soFar === undefined ? Effect.void : tell.ended(out, soFar())))),
    )
  }),
).pipe(
  Command.withDescription(
    "Record what an application and an API say to each other, without its secrets. Example: ringback record --out traffic.jsonl --webhooks-to http://localhost:3000",
  ),
)

/** Records until it is stopped, or the file takes no more. */
const recording = (
  given: Command.Command.ParseConfig<typeof options>,
  tell: typeof tellJson | ReturnType<typeof tellPerson>,
  begun: (recorder: Recorder) => void,
): Effect.Effect<never, CommandFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const at = yield* listeningAt(given)
    const upstream = yield* serverUrl("upstream", Option.some(given.upstream))
    if (upstream === undefined) return yield* Effect.dieMessage("an option with a default is always given")
    const webhooksTo = yield* serverUrl("webhooks-to", given.webhooksTo)
    const publicUrl = yield* serverUrl("public-url", given.publicUrl)
    const salt = yield* saltOf(Option.getOrUndefined(given.salt)).pipe(Effect.mapError(asWrongUse))
    const { keepBodies, keepNumbers, out } = given
    const broken = yield* Deferred.make<never, CommandFailed>()
    const recorder = yield* makeRecorder({
      by: `ringback ${version}`,
      failed: (error) =>
        Deferred.unsafeDone(broken, new CommandFailed({ message: `stopped: ${error.message}`, exitCode: 1 })),
      file: out,
      publicUrl,
      recorded: (exchange) => tell.recorded(exchange, recorder.soFar()),
      redaction: { keepBodies, keepNumbers, salt },
      upstream,
      webhooksTo,
    }).pipe(Effect.mapError(asWrongUse))
    const { port } = yield* serveTraffic(at, recorder.handler).pipe(
      Effect.mapError(asWrongUse),
      // Nothing is in it, and the next try would find it in the way.
      Effect.tapError(() => Effect.sync(() => fs.rmSync(out, { force: true }))),
    )
    begun(recorder)
    yield* tell.listening({
      address: addressOf({ host: given.host, port }),
      out,
      upstream: upstream.origin,
      webhooksTo: webhooksTo?.origin,
    })
    return yield* Deferred.await(broken)
  })

interface Listening {
  readonly address: string
  readonly out: string
  readonly upstream: string
  readonly webhooksTo: string | undefined
}

const tellPerson = (out: string) => ({
  listening: ({ address, upstream, webhooksTo }: Listening) =>
    Console.log(
      [
        `${styled("bold", address)} is ${upstream}, recorded in ${out}`,
        ...(webhooksTo === undefined ? [] : [`${address}${webhookPrefix}/… is ${webhooksTo}/…`]),
        "Ctrl-C stops.",
        "",
      ].join("\n"),
    ),
  recorded: (_: RecordedExchange, soFar: Recorded) => progress(`${out}: ${countsOf(soFar)}`),
  ended: (file: string, soFar: Recorded) =>
    Effect.zipRight(Effect.sync(progressDone), Console.log(`${file}: ${countsOf(soFar)}`)),
})

const countsOf = ({ api, bytes, failed, webhooks }: Recorded): string =>
  `${api} requests, ${webhooks} webhooks${failed === 0 ? "" : `, ${failed} of them without an answer`}, ${bytes} bytes`

/* Numbers and texts in these lines are what the recording has: stand-ins unless they are kept. */
const tellJson = {
  listening: ({ address, out, upstream, webhooksTo }: Listening) =>
    jsonEvent({ event: "listening", address, file: out, upstream, webhooks_to: webhooksTo ?? null }),
  recorded: ({ about, answer, direction, n, request, took }: RecordedExchange) => {
    const end = isAnswered(answer) ? { status: answer.status } : { failed: answer.failed }
    const { method, url } = request
    process.stdout.write(
      `${jsonLine(JSON.stringify({ event: "recorded", n, direction, method, url, about, took, ...end }))}\n`,
    )
  },
  ended: (file: string, soFar: Recorded) => jsonEvent({ event: "ended", file, ...soFar }),
}

const jsonEvent = (event: unknown) => Console.log(jsonLine(JSON.stringify(event)))
