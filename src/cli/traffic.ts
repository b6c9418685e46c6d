import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ListeningAt } from "../server/listening.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"

/* Options that commands about recorded traffic share. */

export const listeningOptions = {
  host: Options.text("host").pipe(
    Options.withDescription("Address to listen on (default 127.0.0.1)"),
    Options.withDefault("127.0.0.1"),
  ),
  port: Options.integer("port").pipe(
    Options.withDescription("Port (default 8080; 0 for any free one)"),
    Options.withDefault(8080),
  ),
}

export const redactionOptions = {
  keepNumbers: Options.boolean("keep-numbers").pipe(Options.withDescription("Keep phone numbers as they are")),
  keepBodies: Options.boolean("keep-bodies").pipe(Options.withDescription("Keep texts and codes as they are")),
  salt: Options.text("salt").pipe(
    Options.withDescription(
      "A file with the salt of stand-ins, made if it is not there: the same salt, the same stand-ins",
    ),
    Options.optional,
  ),
}

/** A server's URL on the command line; `undefined` where the option was not given. */
export const serverUrl = (
  option: string,
  given: Option.Option<string>,
): Effect.Effect<URL | undefined, CommandFailed> => {
  if (Option.isNone(given)) return Effect.succeed(undefined)
  const url = URL.canParse(given.value) ? new URL(given.value) : undefined
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === ""
  if (!fits)
    return wrongUse(`--${option}: expected a URL such as http://localhost:3000, found ${JSON.stringify(given.value)}`)
  return url.username === "" && url.password === ""
    ? Effect.succeed(url)
    : wrongUse(`--${option}: expected a URL without a user; the requests bring their own credentials`)
}

/** Where to listen, or what is wrong with it. */
export const listeningAt = ({ host, port }: ListeningAt): Effect.Effect<ListeningAt, CommandFailed> =>
  port < 0 || port > 65_535 ? wrongUse(`--port: expected 0 to 65535, found ${port}`) : Effect.succeed({ host, port })

/** The address of a server that listens, for people. */
export const addressOf = ({ host, port }: ListeningAt): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
}
