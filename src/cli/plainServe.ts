import { parseArgs } from "node:util"
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

/** Its options: how node reads them, what they are called here, and whether a text has to be a whole number. */
const options = {
  config: { type: "string", key: "config" },
  host: { type: "string", key: "host" },
  port: { type: "string", key: "port", integer: true },
  db: { type: "string", key: "db" },
  seed: { type: "string", key: "seed", integer: true },
  pace: { type: "string", key: "pace" },
  profile: { type: "string", key: "profile" },
  "log-format": { type: "string", key: "logFormat" },
  tls: { type: "boolean", key: "tls" },
  "tls-port": { type: "string", key: "tlsPort", integer: true },
  start: { type: "string", key: "start" },
  providers: { type: "boolean", key: "providers" },
  "providers-port": { type: "string", key: "providersPort", integer: true },
  json: { type: "boolean", key: "json" },
} as const satisfies Record<
  string,
  { readonly type: "string" | "boolean"; readonly key: keyof ServeOptions; readonly integer?: true }
>

/**
 * What a command line gives to `serve` where that is plain to read: options by their full names, each once, their values behind them.
 * `undefined` of every other command line, right or wrong: the library of the command line reads those, and tells what is wrong.
 *
 * Why   that library takes a twelfth of the processor time until a server's first answer; a test compares what both read
 */
export const plainServe = ([, , verb, ...words]: ReadonlyArray<string>): ServeOptions | undefined => {
  if (verb !== "serve") return undefined
  const given = new Map<string, unknown>()
  for (const token of parseArgs({ args: words, options, strict: false, tokens: true }).tokens) {
    const option = token.kind === "option" && token.rawName === `--${token.name}` ? optionOf(token.name) : undefined
    if (token.kind !== "option" || option === undefined || given.has(option.key)) return undefined
    const value = plainValueOf(option, token)
    if (value === undefined) return undefined
    given.set(option.key, value)
  }
  return { ...nothing, ...Object.fromEntries(given) }
}

const optionOf = (name: string): (typeof options)[keyof typeof options] | undefined =>
  Object.hasOwn(options, name) ? options[name as keyof typeof options] : undefined

/** `undefined`: it is not plain. */
const plainValueOf = (
  { type, ...option }: (typeof options)[keyof typeof options],
  { inlineValue, value }: { readonly inlineValue: boolean | undefined; readonly value: string | undefined },
): true | Option.Option<string | number> | undefined => {
  if (type === "boolean") return value === undefined ? true : undefined
  if (value === undefined || inlineValue === true || !/^[^-]/.test(value)) return undefined
  if (!("integer" in option)) return Option.some(value)
  return /^(?:0|[1-9]\d{0,9})$/.test(value) ? Option.some(Number(value)) : undefined
}
