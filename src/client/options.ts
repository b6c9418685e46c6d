import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { isSender, parseAddress } from "../core/addresses.ts"
import type { CircuitRules } from "./circuitBreaker.decider.ts"
import { InvalidAccountSid, InvalidAuthToken, InvalidBaseUrl, InvalidOption, InvalidPhoneNumber } from "./errors.ts"
import type { OptOuts } from "./optOuts.ts"
import type { LimiterOptions } from "./RateLimiter.ts"
import { type RetryRows, retryTable } from "./retry.ts"
import type { BucketRule } from "./tokenBucket.ts"
import type { ClientEvent } from "./types.ts"

/** What a client is made of. Only the account and its token are needed. */
export interface ClientOptions {
  /** `AC` and 32 hex digits. */
  readonly accountSid: string
  /** The account's token; or the secret of `apiKey`. Kept as `Redacted` and told nobody but the API. */
  readonly authToken: string | Redacted.Redacted<string>
  /** `SK…`: whose secret `authToken` is. */
  readonly apiKey?: string | undefined
  /** `https://api.twilio.com` when absent; of another region, or of Ringback. */
  readonly baseUrl?: string | undefined
  /** Hosts besides loopback to which plain HTTP is allowed, such as a container's name. */
  readonly allowInsecureHosts?: ReadonlyArray<string> | undefined
  /** The sender of messages that name none; either of the two. */
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly statusCallback?: string | undefined
  /** Ms of one request, and of its connection; 30,000 and 5,000 when absent. */
  readonly timeoutMs?: number | undefined
  readonly connectTimeoutMs?: number | undefined
  /** False: no limits. */
  readonly limits?: false | LimitOptions | undefined
  /** False: no circuit breaker. */
  readonly circuitBreaker?: false | Partial<CircuitRules> | undefined
  /** Rows that replace those of the table; false: nothing is repeated. */
  readonly retry?: false | RetryRows | undefined
  /**
   * After a send of which it is not known whether it was carried out. `fail`: `OutcomeUnknown`. `check`: looks for the message, gives
   * it if it is there, and sends again only what Twilio itself answered with an error and what is not there.
   */
  readonly onAmbiguous?: "fail" | "check" | undefined
  /** Whoever keeps opt-outs; in memory when absent. */
  readonly optOuts?: OptOuts | undefined
  /** Whether bodies of messages stay out of log lines, of which only those of level Trace have them; true when absent. */
  readonly redactBodies?: boolean | undefined
  /** Makes hashes of numbers in the log the same in several processes. */
  readonly redactionKey?: string | undefined
  /** Hears of everything as it happens; must not throw. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined
}

export interface LimitOptions {
  /** Over all numbers: 10 a second, 30 at once. */
  readonly account?: Partial<BucketRule> | undefined
  /** Of each number: 1 a second, 3 at once. */
  readonly number?: Partial<BucketRule> | undefined
  /** Whose number: that of the sender, which is whom Twilio limits, or that of the recipient. */
  readonly numberOf?: "sender" | "recipient" | undefined
  /** `wait` when absent. */
  readonly onLimit?: "wait" | "refuse" | undefined
  /** Sends that may wait at once; 10,000 when absent. */
  readonly waitingMax?: number | undefined
}

export type OptionError = InvalidAccountSid | InvalidAuthToken | InvalidBaseUrl | InvalidOption | InvalidPhoneNumber

/** Options that hold, with everything said. */
export interface Checked {
  readonly accountSid: string
  readonly authorization: Redacted.Redacted<string>
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly from: string | undefined
  readonly messagingServiceSid: string | undefined
  readonly statusCallback: string | undefined
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  readonly limits: (LimiterOptions & { readonly numberOf: "sender" | "recipient" }) | undefined
  readonly circuit: CircuitRules | undefined
  readonly retry: RetryRows
  readonly onAmbiguous: "fail" | "check"
  readonly redactBodies: boolean
  readonly redactionKey: string | undefined
  readonly onEvent: ((event: ClientEvent) => void) | undefined
}

export const defaultBaseUrl = "https://api.twilio.com"

/** Options as they hold, or the first that does not. */
export const checkOptions = (options: ClientOptions): Either.Either<Checked, OptionError> =>
  Either.gen(function* () {
    yield* record("what a client is made of", options)
    const { accountSid, messagingServiceSid } = options
    if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid))
      return yield* Either.left(new InvalidAccountSid({ message: "accountSid has to be AC and 32 hex digits" }))
    if (options.apiKey !== undefined && !/^SK[0-9a-fA-F]{32}$/.test(options.apiKey))
      return yield* wrong("apiKey has to be SK and 32 hex digits")
    if (options.from !== undefined && !isSender(options.from))
      return yield* Either.left(
        new InvalidPhoneNumber({ message: "from has to be a phone number, a short code or a name", code: 21212 }),
      )
    if (messagingServiceSid !== undefined && !/^MG[0-9a-fA-F]{32}$/.test(messagingServiceSid))
      return yield* wrong("messagingServiceSid has to be MG and 32 hex digits")
    return {
      accountSid,
      authorization: yield* basic(options),
      baseUrl: yield* checkBaseUrl(
        options.baseUrl ?? defaultBaseUrl,
        yield* texts("allowInsecureHosts", options.allowInsecureHosts ?? []),
      ),
      from: options.from === undefined ? undefined : (parseAddress(options.from) ?? options.from),
      messagingServiceSid,
      statusCallback: options.statusCallback,
      timeoutMs: yield* whole("timeoutMs", options.timeoutMs ?? 30_000, 1, 600_000),
      connectTimeoutMs: yield* whole("connectTimeoutMs", options.connectTimeoutMs ?? 5_000, 1, 600_000),
      limits: yield* checkLimits(options.limits ?? {}),
      circuit: yield* checkCircuit(options.circuitBreaker ?? {}),
      retry: yield* checkRetry(options.retry ?? {}),
      onAmbiguous: yield* oneOf("onAmbiguous", options.onAmbiguous ?? "fail", ["fail", "check"]),
      redactBodies: options.redactBodies ?? true,
      redactionKey: options.redactionKey,
      onEvent: options.onEvent,
    }
  })

const wrong = (message: string): Either.Either<never, InvalidOption> => Either.left(new InvalidOption({ message }))

/** `Basic …`, never said in an error. */
const basic = ({
  accountSid,
  apiKey = accountSid,
  authToken,
}: ClientOptions): Either.Either<Redacted.Redacted<string>, InvalidAuthToken> => {
  const secret = Redacted.isRedacted(authToken) ? Redacted.value(authToken) : authToken
  if (typeof secret !== "string" || secret === "")
    return Either.left(new InvalidAuthToken({ message: "authToken must not be empty" }))
  // What stands around a token that was read from a file is easily missed, and the API would only say 401.
  if (!/^[\x21-\x7e]+$/.test(secret))
    return Either.left(new InvalidAuthToken({ message: "authToken holds white space, or what is not ASCII" }))
  return Either.right(Redacted.make(`Basic ${Buffer.from(`${apiKey}:${secret}`).toString("base64")}`))
}

/** An address that may be spoken to: HTTPS, or loopback, or a host that is allowed by name. */
export const checkBaseUrl = (
  text: string,
  insecureHosts: ReadonlyArray<string>,
): Either.Either<string, InvalidBaseUrl> => {
  const refused = (message: string) => Either.left(new InvalidBaseUrl({ message }))
  if (!URL.canParse(text)) return refused("baseUrl is no URL")
  const { hash, hostname, origin, password, pathname, protocol, search, username } = new URL(text)
  if (protocol !== "https:" && protocol !== "http:") return refused(`baseUrl has to begin with https:, not ${protocol}`)
  if (username !== "" || password !== "") return refused("baseUrl must not hold a user or password")
  if (search !== "" || hash !== "") return refused("baseUrl must end with its path")
  if (protocol === "http:" && !isLoopback(hostname) && !insecureHosts.some((host) => host.toLowerCase() === hostname))
    return refused(`baseUrl has to begin with https: (plain HTTP to ${hostname} needs allowInsecureHosts)`)
  return Either.right(`${origin}${pathname.replace(/\/+$/, "")}`)
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname)

const whole = (name: string, value: number, min: number, max: number): Either.Either<number, InvalidOption> =>
  Number.isInteger(value) && value >= min && value <= max
    ? Either.right(value)
    : wrong(`${name} has to be a whole number from ${min} to ${max}, found ${value}`)

const oneOf = <A extends string>(name: string, value: A, known: ReadonlyArray<A>): Either.Either<A, InvalidOption> =>
  known.includes(value)
    ? Either.right(value)
    : wrong(`${name} has to be ${known.map((one) => JSON.stringify(one)).join(" or ")}, found ${shown(value)}`)

const texts = (name: string, value: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, InvalidOption> =>
  Array.isArray(value) && value.every((one) => typeof one === "string")
    ? Either.right(value)
    : wrong(`${name} has to be a list of texts, found ${shown(value)}`)

/** Types say so; who writes JavaScript has none. */
const record = (name: string, value: unknown): Either.Either<void, InvalidOption> =>
  typeof value === "object" && value !== null ? Either.void : wrong(`${name} must be an object, found ${shown(value)}`)

const shown = (value: unknown): string => `${JSON.stringify(value) ?? typeof value}`.slice(0, 100)

const checkLimits = (limits: false | LimitOptions): Either.Either<Checked["limits"], InvalidOption> =>
  Either.gen(function* () {
    if (limits === false) return undefined
    yield* record("limits (which may be false)", limits)
    return {
      account: yield* checkBucket("limits.account", { perSecond: 10, burst: 30, ...defined(limits.account) }),
      number: yield* checkBucket("limits.number", { perSecond: 1, burst: 3, ...defined(limits.number) }),
      numberOf: yield* oneOf("limits.numberOf", limits.numberOf ?? "sender", ["sender", "recipient"]),
      onLimit: yield* oneOf("limits.onLimit", limits.onLimit ?? "wait", ["wait", "refuse"]),
      waitingMax: yield* whole("limits.waitingMax", limits.waitingMax ?? 10_000, 0, 1_000_000),
    }
  })

const checkBucket = (name: string, { burst, perSecond }: BucketRule): Either.Either<BucketRule, InvalidOption> =>
  Either.gen(function* () {
    if (!(perSecond >= 0.001 && perSecond <= 100_000))
      return yield* wrong(`${name}.perSecond has to be a number from 0.001 to 100000, found ${perSecond}`)
    return { perSecond, burst: yield* whole(`${name}.burst`, burst, 1, 100_000) }
  })

const checkCircuit = (rules: false | Partial<CircuitRules>): Either.Either<CircuitRules | undefined, InvalidOption> =>
  Either.gen(function* () {
    if (rules === false) return undefined
    yield* record("circuitBreaker (which may be false)", rules)
    const { failures, resetMs, successes } = { failures: 5, successes: 2, resetMs: 30_000, ...defined(rules) }
    return {
      failures: yield* whole("circuitBreaker.failures", failures, 1, 1_000_000),
      successes: yield* whole("circuitBreaker.successes", successes, 1, 1_000_000),
      resetMs: yield* whole("circuitBreaker.resetMs", resetMs, 0, 86_400_000),
    }
  })

const checkRetry = (rows: false | RetryRows): Either.Either<RetryRows, InvalidOption> =>
  Either.gen(function* () {
    if (rows === false) return {}
    yield* record("retry (which may be false)", rows)
    for (const [name, row] of Object.entries(defined(rows))) {
      if (!Object.hasOwn(retryTable, name)) return yield* wrong(`retry.${name} is no error that is repeated`)
      yield* record(`retry.${name}`, row)
      yield* whole(`retry.${name}.attempts`, row.attempts, 1, 100)
      yield* whole(`retry.${name}.baseMs`, row.baseMs, 0, 3_600_000)
      yield* oneOf(`retry.${name}.backoff`, row.backoff, ["exponential", "fixed"])
    }
    return { ...retryTable, ...defined(rows) }
  })

/** Without what is undefined, which would hide a default. */
const defined = <A extends object>(options: A | undefined): { readonly [K in keyof A]: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof A]: Exclude<A[K], undefined>
  }
