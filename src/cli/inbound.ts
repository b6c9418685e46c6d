import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { InboundReceipt } from "../server/inboundApi.ts"
import { CommandFailed, wrongUse } from "./failure.ts"
import { printable, styled } from "./terminal.ts"

const options = {
  from: Options.text("from").pipe(Options.withDescription("The phone that sends the message (+15551234567)")),
  to: Options.text("to").pipe(Options.withDescription("A number of the exchange")),
  body: Options.text("body").pipe(Options.withDescription("The text, which may be empty"), Options.optional),
  media: Options.text("media").pipe(
    Options.withDescription("URL of a picture or file; may be given up to ten times"),
    Options.repeated,
  ),
  url: Options.text("url").pipe(
    Options.withDescription("Where the server listens"),
    Options.withDefault("http://127.0.0.1:8080"),
  ),
  adminToken: Options.redacted("admin-token").pipe(
    Options.withFallbackConfig(Config.redacted("RINGBACK_ADMIN_TOKEN")),
    Options.withDescription("The server's admin token, where it asks for one; better given as RINGBACK_ADMIN_TOKEN"),
    Options.optional,
  ),
}

/** Host seconds the server has to answer. */
const answerSecondsMax = 30

/** `ringback inbound`: a phone sends a message to a number of a running server. */
export const inbound = Command.make("inbound", options, ({ adminToken, body, from, media, to, url }) =>
  Effect.gen(function* () {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      return yield* wrongUse(`--url: expected a URL such as http://127.0.0.1:8080, found ${JSON.stringify(url)}`)
    const answer = yield* ask(
      url,
      { body: Option.getOrUndefined(body), from, media, to },
      Option.getOrUndefined(adminToken),
    )
    const receipt = Schema.decodeUnknownEither(Schema.parseJson(InboundReceipt))(answer.text)
    if (answer.status !== 200 || Either.isLeft(receipt))
      return yield* new CommandFailed({ message: `${url}: ${refused(answer)}`, exitCode: 1 })
    const { automatic_reply, keyword, sid } = receipt.right
    yield* Console.log(`${styled("bold", sid)} has arrived`)
    if (keyword !== null)
      yield* Console.log(
        automatic_reply === null
          ? `${keyword}: the carrier does not answer this one`
          : `${keyword}: the carrier answers ${JSON.stringify(automatic_reply)}`,
      )
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Let a phone send a message to a running server. Example: ringback inbound --from +15551234567 --to +15550000001 --body Hello",
  ),
)

interface Answer {
  readonly status: number
  readonly text: string
}

const ask = (
  url: string,
  order: { readonly media: ReadonlyArray<string> } & Readonly<Record<string, unknown>>,
  adminToken: Redacted.Redacted<string> | undefined,
): Effect.Effect<Answer, CommandFailed> =>
  Effect.tryPromise(async (signal): Promise<Answer> => {
    const response = await fetch(new URL("/admin/inbound", url), {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(adminToken === undefined ? {} : { Authorization: `Bearer ${Redacted.value(adminToken)}` }),
      },
      body: JSON.stringify(order),
      redirect: "error",
      signal,
    })
    return { status: response.status, text: await response.text() }
  }).pipe(
    Effect.timeout(Duration.seconds(answerSecondsMax)),
    Effect.mapError((error) =>
      error._tag === "TimeoutException"
        ? wrongUse(`${url} does not answer within ${answerSecondsMax} s`)
        : wrongUse(
            `no server answers at ${url} (${reason(error.error)}); start one with ringback serve, or say where it listens with --url`,
          ),
    ),
  )

/** The system's code for why nobody answered. */
const reason = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code)
  return error instanceof Error ? error.message : String(error)
}

/** What the server says of an order it did not carry out. */
const refused = ({ status, text }: Answer): string => {
  const said = Schema.decodeUnknownEither(Schema.parseJson(Schema.Struct({ message: Schema.String })))(text)
  const why = Either.match(said, { onLeft: () => text.slice(0, 300), onRight: ({ message }) => message })
  return printable(status === 200 ? "the answer is not Ringback's" : `${why.trim()} (${status})`)
}
