import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { limits } from "../core/limits.ts"
import { LogOpenError } from "./EventLog.ts"
import { logFormat, newerFormatLine } from "./format.ts"
import { corrupt, openFailure } from "./openFailure.ts"

/**
 * What a run knows and its log must not: the fingerprint key, tokens and the userinfo of URLs, by name.
 *
 * Plain synchronous methods, because the HTTP door asks on its hot path.
 */
export interface Keys {
  /** A keyed fingerprint (HMAC-SHA256, 16 hex digits): tells equal texts without telling the text. */
  readonly fingerprint: (text: string) => string
  readonly secret: (name: string) => Redacted.Redacted<string> | undefined
  /**
   * Keeps a secret under a name, on disk before it returns; a value that is known there already costs nothing, another one
   * takes its place. Throws `SecretsFull`, or the file system's error when the file cannot be written.
   */
  readonly remember: (name: string, value: Redacted.Redacted<string>) => void
  /**
   * The secret of a name; made by chance when there is none yet, and on disk before it returns. Whoever names such secrets bounds
   * their number: they do not count among `limits.secretsMax`. Throws the file system's error when the file cannot be written.
   */
  readonly make: (name: string) => Redacted.Redacted<string>
  /** The name of a known secret with exactly this value, the one named first if there are several. */
  readonly nameOf: (value: string) => string | undefined
}

/** The keys take no further secret. */
export class SecretsFull extends Error {
  override readonly name = "SecretsFull"
}

/** Keys in memory, for runs that are: the key is given, so that such a run is deterministic. */
export const memoryKeys = (key: string): Keys =>
  makeKeys({ key, secrets: new Map(), made: new Set(), place: ":memory:", keep: () => {} })

/**
 * The keys over what is known so far.
 *
 * `keep` is called with each new secret before it counts. Values are found by their keyed hash and then compared in constant
 * time, so that how long a look-up takes tells nothing about them.
 */
const makeKeys = (options: {
  readonly key: string | Uint8Array
  readonly secrets: ReadonlyMap<string, string>
  readonly made: ReadonlySet<string>
  readonly place: string
  readonly keep: (secret: Secret) => void
}): Keys => {
  const { key, keep, place } = options
  const secrets = new Map<string, Redacted.Redacted<string>>()
  let made = options.made.size
  const namesByHash = new Map<string, Set<string>>()
  const hashOf = (text: string) => crypto.createHmac("sha256", key).update(text).digest("hex")

  const know = (name: string, value: Redacted.Redacted<string>) => {
    const before = secrets.get(name)
    if (before !== undefined) forget(name, hashOf(Redacted.value(before)))
    secrets.set(name, value)
    const hash = hashOf(Redacted.value(value))
    const names = namesByHash.get(hash)
    if (names === undefined) namesByHash.set(hash, new Set([name]))
    else names.add(name)
  }
  const forget = (name: string, hash: string) => {
    const names = namesByHash.get(hash)
    names?.delete(name)
    if (names?.size === 0) namesByHash.delete(hash)
  }

  for (const [name, value] of options.secrets) know(name, Redacted.make(value))

  return {
    fingerprint: (text) => hashOf(text).slice(0, 16),
    secret: (name) => secrets.get(name),
    remember: (name, value) => {
      const known = secrets.get(name)
      if (known !== undefined && sameText(Redacted.value(known), Redacted.value(value))) return
      if (known === undefined && secrets.size - made >= limits.secretsMax)
        throw new SecretsFull(
          `${place} holds ${secrets.size - made} secrets and takes no more (limit secretsMax); use fewer distinct credentials in URLs, or start a new log`,
        )
      keep({ name, value: Redacted.value(value) })
      know(name, value)
    },
    make: (name) => {
      const known = secrets.get(name)
      if (known !== undefined) return known
      const value = crypto.randomBytes(16).toString("hex")
      keep({ made: true, name, value })
      made++
      const secret = Redacted.make(value)
      know(name, secret)
      return secret
    },
    nameOf: (value) => {
      for (const name of namesByHash.get(hashOf(value)) ?? []) {
        const known = secrets.get(name)
        if (known !== undefined && sameText(Redacted.value(known), value)) return name
      }
      return undefined
    },
  }
}

/** The keys file of a log. */
export const keysFileOf = (logFile: string): string => `${logFile}.keys`

/**
 * Opens the keys file beside a log (mode 0600, never exported): a line with the fingerprint key, then one for each secret.
 *
 * `fresh` says that the log has no entry yet: only then is a missing file made. A line is appended and written before the entry
 * that refers to it, and a half-written last line is dropped: no entry can refer to it. Needs the log's lock.
 */
export const openKeys = (logFile: string, options: { readonly fresh: boolean }): Effect.Effect<Keys, LogOpenError> => {
  const file = keysFileOf(logFile)
  return Effect.try({
    try: () => {
      if (!fs.existsSync(file)) {
        if (!options.fresh) throw keysMissing(logFile, file)
        write(file, { key: crypto.randomBytes(32).toString("hex"), secrets: new Map(), made: new Set() })
      }
      const { key, made, secrets } = load(file)
      return makeKeys({ key: Buffer.from(key, "hex"), secrets, made, place: file, keep: appendTo(file) })
    },
    catch: (cause) => openFailure(file, cause),
  })
}

/** A secret of the keys file beside a log, which somebody else may have open: nothing is written. Undefined where there is none. */
export const peekSecret = (
  logFile: string,
  name: string,
): Effect.Effect<Redacted.Redacted<string> | undefined, LogOpenError> =>
  Effect.try({
    try: () => {
      const file = keysFileOf(logFile)
      if (!fs.existsSync(file)) return undefined
      const values = fs
        .readFileSync(file, "utf8")
        .split("\n")
        .map(parse)
        .flatMap((line) => (isSecret(line) && line.name === name ? [line.value] : []))
      const value = values.at(-1)
      return value === undefined ? undefined : Redacted.make(value)
    },
    catch: (cause) => openFailure(keysFileOf(logFile), cause),
  })

interface Stored {
  /** The fingerprint key in hex. */
  readonly key: string
  readonly secrets: ReadonlyMap<string, string>
  /** The names of those that were made here. */
  readonly made: ReadonlySet<string>
}

const keysMissing = (logFile: string, file: string) =>
  new LogOpenError({
    reason: "keys-missing",
    file,
    message: `${logFile} has no keys file ${file}, and its secrets are nowhere else; put it back beside the log, or use another --db to start a new one`,
  })

/** Lines that a later one made void, beyond which the file is written anew at opening. */
const voidLinesMax = 1_000

const isHeader = Schema.is(
  Schema.Struct({ format: Schema.Int, fingerprint_key: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)) }),
)
const isFormat = Schema.is(Schema.Struct({ format: Schema.Int }))
/** A line of the file. */
const Secret = Schema.Struct({
  made: Schema.optionalWith(Schema.Literal(true), { exact: true }),
  name: Schema.String,
  value: Schema.String,
})
type Secret = typeof Secret.Type
const isSecret = Schema.is(Secret)

/** Reads a keys file and sets it right: its mode, a half-written end, too many void lines. No error shows what a line holds. */
const load = (file: string): Stored => {
  const { mode } = fs.statSync(file)
  if ((mode & 0o777) !== 0o600) fs.chmodSync(file, 0o600)
  const bytes = fs.readFileSync(file)
  const whole = bytes.lastIndexOf(10) + 1
  if (whole < bytes.length) fs.truncateSync(file, whole)
  const [first, ...rest] = bytes.subarray(0, whole).toString().split("\n").slice(0, -1).map(parse)
  if (isFormat(first) && first.format > logFormat)
    throw new LogOpenError({ reason: "newer-format", file, message: newerFormatLine(file, first.format) })
  if (!isHeader(first)) throw corrupt(file, "its first line holds no fingerprint key")
  const secrets = new Map<string, string>()
  const made = new Set<string>()
  for (const [i, line] of rest.entries()) {
    if (!isSecret(line)) throw corrupt(file, `its line ${i + 2} holds no secret`)
    secrets.set(line.name, line.value)
    if (line.made) made.add(line.name)
  }
  const given = secrets.size - made.size
  if (given > limits.secretsMax)
    throw corrupt(file, `it holds ${given} secrets, and ${limits.secretsMax} are the most (limit secretsMax)`)
  const stored = { key: first.fingerprint_key, secrets, made }
  if (rest.length - secrets.size > voidLinesMax) write(file, stored)
  return stored
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Writes a whole keys file beside its place and then puts it there. */
const write = (file: string, { key, made, secrets }: Stored): void => {
  const part = `${file}.part`
  // `rmSync` by itself would load what removes folders, too.
  if (fs.lstatSync(part, { throwIfNoEntry: false }) !== undefined) fs.rmSync(part)
  const lines = [...secrets].map(([name, value]) =>
    lineOf(made.has(name) ? { made: true, name, value } : { name, value }),
  )
  const text = [JSON.stringify({ format: logFormat, fingerprint_key: key }), ...lines, ""].join("\n")
  fs.writeFileSync(part, text, { mode: 0o600, flush: true })
  fs.renameSync(part, file)
}

const lineOf = (secret: Secret): string => JSON.stringify(secret)

/** Appends a secret's line to a file that is there; one that was deleted is not made again, because its key is gone. */
const appendTo =
  (file: string) =>
  (secret: Secret): void => {
    const fd = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND)
    try {
      const { size } = fs.fstatSync(fd)
      try {
        fs.appendFileSync(fd, `${lineOf(secret)}\n`)
      } catch (cause) {
        fs.ftruncateSync(fd, size)
        throw cause
      }
    } finally {
      fs.closeSync(fd)
    }
  }

/** Compares two texts in a time that depends on their lengths alone. */
const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, "utf16le"), Buffer.from(b, "utf16le")]
  return left.length === right.length && crypto.timingSafeEqual(left, right)
}
