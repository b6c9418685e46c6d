import * as Option from "effect/Option"

/** What `ringback serve` is given. */
export interface ServeOptions {
  readonly config: Option.Option<string>
  readonly host: Option.Option<string>
  readonly port: Option.Option<number>
  readonly db: Option.Option<string>
  readonly seed: Option.Option<number>
  readonly pace: Option.Option<string>
  readonly profile: Option.Option<string>
  readonly logFormat: Option.Option<string>
  readonly tls: boolean
  readonly tlsPort: Option.Option<number>
  readonly start: Option.Option<string>
  readonly providers: boolean
  readonly providersPort: Option.Option<number>
  readonly json: boolean
}

const texts = new Map([
  ["--config", "config"],
  ["--host", "host"],
  ["--db", "db"],
  ["--pace", "pace"],
  ["--profile", "profile"],
  ["--log-format", "logFormat"],
  ["--start", "start"],
])
const integers = new Map([
  ["--port", "port"],
  ["--seed", "seed"],
  ["--tls-port", "tlsPort"],
  ["--providers-port", "providersPort"],
])
const switches = new Map([
  ["--tls", "tls"],
  ["--providers", "providers"],
  ["--json", "json"],
])

const nothing: ServeOptions = {
  config: Option.none(),
  host: Option.none(),
  port: Option.none(),
  db: Option.none(),
  seed: Option.none(),
  pace: Option.none(),
  profile: Option.none(),
  logFormat: Option.none(),
  tls: false,
  tlsPort: Option.none(),
  start: Option.none(),
  providers: false,
  providersPort: Option.none(),
  json: false,
}

/**
 * What a command line gives to `serve` where that is plain to read: options by their full names, each once, their values behind them.
 * `undefined` of every other command line, right or wrong: the library of the command line reads those, and tells what is wrong.
 *
 * Why   the library takes a twelfth of the processor time until a server's first answer; a test compares what both read
 */
export const plainServe = ([, , verb, ...words]: ReadonlyArray<string>): ServeOptions | undefined => {
  if (verb !== "serve") return undefined
  const given = new Map<string, unknown>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    const key = switches.get(word) ?? texts.get(word) ?? integers.get(word)
    if (key === undefined || given.has(key)) return undefined
    const value = switches.has(word) ? true : valueIn(integers.has(word), words[++i])
    if (value === undefined) return undefined
    given.set(key, value)
  }
  return { ...nothing, ...Object.fromEntries(given) }
}

const valueIn = (isInteger: boolean, word = ""): Option.Option<string | number> | undefined => {
  if (!isInteger) return /^[^-]/.test(word) ? Option.some(word) : undefined
  return /^(?:0|[1-9]\d{0,9})$/.test(word) ? Option.some(Number(word)) : undefined
}
