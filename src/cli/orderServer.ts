import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CommandFailed, wrongUse } from "./failure.ts"
import { printable } from "./terminal.ts"

/* Orders to a running server, as commands give them. */

/** Where the server is, and what opens it. */
export const serverOptions = {
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

interface Server {
  readonly url: string
  readonly adminToken: Option.Option<Redacted.Redacted<string>>
}

/** Host seconds the server has to answer. */
const answerSecondsMax = 30

/** Gives an order to a server's control API; gives its receipt. */
export const orderServer = <A, I>(
  { adminToken, url }: Server,
  path: string,
  order: unknown,
  receipt: Schema.Schema<A, I>,
): Effect.Effect<A, CommandFailed> =>
  Effect.gen(function* () {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      return yield* wrongUse(`--url: expected a URL such as http://127.0.0.1:8080, found ${JSON.stringify(url)}`)
    const answer = yield* ask(url, path, order, Option.getOrUndefined(adminToken))
    const read = Schema.decodeUnknownEither(Schema.parseJson(receipt))(answer.text)
    if (answer.status !== 200 || Either.isLeft(read))
      return yield* new CommandFailed({ message: `${url}: ${refused(answer)}`, exitCode: 1 })
    return read.right
  })

interface Answer {
  readonly status: number
  readonly text: string
}

const ask = (
  url: string,
  path: string,
  order: unknown,
  adminToken: Redacted.Redacted<string> | undefined,
): Effect.Effect<Answer, CommandFailed> =>
  Effect.tryPromise(async (signal): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
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
