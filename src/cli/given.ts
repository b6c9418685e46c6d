import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Pace, parsePace } from "../clock/pace.ts"
import type { ListeningAt } from "../server/listening.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"

/* What was given to options, checked beyond what the library of the command line checks. */

/** The pace of `--pace`. */
export const paceOf = (text: string): Either.Either<Pace, CommandFailed> =>
  Either.mapLeft(parsePace(text), (why) => wrongUse(`--pace: ${why}`))

/** The whole number an option has to be, in its range; undefined where it was not given. */
export const within = (
  option: string,
  given: Option.Option<number>,
  { least, most }: { readonly least: number; readonly most: number },
): Effect.Effect<number | undefined, CommandFailed> =>
  Option.match(given, {
    onNone: () => Effect.succeed(undefined),
    onSome: (value) =>
      value >= least && value <= most
        ? Effect.succeed(value)
        : wrongUse(`--${option}: expected ${least} to ${most}, found ${value}`),
  })

const ports = { least: 0, most: 65_535 }

/** A port to listen on. */
export const portOf = (option: string, given: Option.Option<number>) => within(option, given, ports)

/** Where to listen, or what is wrong with it. */
export const listeningAt = ({ host, port }: ListeningAt): Effect.Effect<ListeningAt, CommandFailed> =>
  Effect.as(portOf("port", Option.some(port)), { host, port })

/** The address of a server that listens, for people. */
export const addressOf = ({ host, port }: ListeningAt): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
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
