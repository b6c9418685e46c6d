import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import { TwilioSettings } from "../carriers/twilio/settings.ts"
import { ConversationsSettings } from "../conversations/settings.ts"
import { canonical, type JsonObject } from "../core/canonical.ts"
import { isGroup } from "../core/group.ts"
import { limits } from "../core/limits.ts"
import { optional } from "../core/optional.ts"
import { defaultGatewaySettings, GatewaySettings } from "../gateway/settings.ts"
import { hideUserinfo } from "../network/secretUrl.ts"
import { CallbacksSettings, ScriptedEndpoint } from "../network/settings.ts"
import { withSecretsOf } from "./gatewaySettings.ts"
import { settingsOf } from "./settings.ts"
import { checkSettings, problemLine } from "./settingsCheck.ts"
import { writtenOf } from "./writtenSettings.ts"

/*
 * Settings that a fork changes: `PATH=VALUE` in the words of the settings file, made of those that are in force in the log.
 *
 *   twilio.numbers[+15551234567].outcome=failed      a key, a number or a URL in brackets needs no quoting
 *   endpoints[https://app.test/status].answers=[{status: 500}]    an item by its url, name or number; one that is not there is added
 *   twilio.carriers[0].loss_percent=5                an item by its place
 *   twilio.rate=null                                 nothing said
 */

/** One change: where, and what is to stand there. */
export interface SettingsChange {
  readonly path: ReadonlyArray<string>
  readonly value: unknown
  /** As it was written. */
  readonly text: string
}

/** Sections of the settings file that are the run's and not the process's. */
const sections = ["twilio", "callbacks", "endpoints", "conversations", "gateway"]
const ownKeys = ["account_sid", "auth_token", "test_credentials", "carrier", "monitor_token", "tokens"]

/** Reads `PATH=VALUE`; the left says what was expected. */
export const readChange = (text: string): Either.Either<SettingsChange, string> => {
  const parts = /^((?:[\w-]|\[[^\]]*\]|\.)+)=(.*)$/s.exec(text)
  const path = [...(parts?.[1] ?? "").matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, key, word]) => key ?? word ?? "")
  // Only words: a URL in brackets may hold a password.
  const named = path.filter((word) => /^[\w-]{1,40}$/.test(word)).join(".")
  if (parts === null || path.length === 0)
    return Either.left("expected PATH=VALUE such as twilio.numbers[+15551234567].outcome=failed")
  if (!sections.includes(path[0] ?? ""))
    return Either.left(`${named}: a fork changes what begins with ${sections.join(", ")}`)
  if (path[0] === "twilio" && path.length === 1)
    return Either.left(`${named}: expected a key below it, such as twilio.default_behavior`)
  if (["twilio", "conversations", "gateway"].includes(path[0] ?? "") && ownKeys.includes(path[1] ?? ""))
    return Either.left(`${named}: a fork keeps the account's SID and secrets`)
  const value = Either.try({ try: () => readValue(parts[2] ?? ""), catch: () => `${named}: expected a value in YAML` })
  return Either.flatMap(value, (read) =>
    holdsSecret(path, read)
      ? Either.left(`${named}: a fork has no keys file, so it cannot keep a password in a URL; leave it out`)
      : Either.right({ path, value: read, text }),
  )
}

/** Text that is no number, list or group stands for itself: a phone number too. */
const readValue = (text: string): unknown => {
  if (/^\s*[[{"']/.test(text)) return parse(text, { maxAliasCount: 0, logLevel: "error" })
  return /^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(text) ? JSON.parse(text) : text
}

const holdsSecret = (path: ReadonlyArray<string>, value: unknown): boolean => {
  let found = false
  const store = {
    fingerprint: () => "0".repeat(16),
    // What is hidden already names a secret that the log's own keys hold.
    remember: () => {
      found = true
    },
    secret: () => undefined,
  }
  const look = (each: unknown): void => {
    if (typeof each === "string") hideUserinfo(each.replace(/userinfo-[0-9a-f]{16}@/g, ""), store)
    else if (typeof each === "object" && each !== null) for (const inner of Object.entries(each).flat()) look(inner)
  }
  look([path, value])
  return found
}

const InForce = Schema.Struct({
  callbacks: CallbacksSettings,
  conversations: optional(ConversationsSettings),
  endpoints: Schema.Array(ScriptedEndpoint),
  gateway: optional(GatewaySettings),
  twilio: TwilioSettings,
})

/**
 * The settings in force with these changes. What no change touches stays as it is, also what this version knows nothing of.
 * Throws an error whose message names the change and what was expected.
 */
export const changedSettings =
  (changes: ReadonlyArray<SettingsChange>) =>
  (inForce: JsonObject): JsonObject => {
    const run = Either.getOrThrowWith(
      Schema.decodeUnknownEither(InForce)(inForce),
      () => new Error("the settings in force there are none that this version can change"),
    )
    const gateway = run.gateway ?? defaultGatewaySettings
    const before = writtenOf({ ...run, gateway })
    const after = changes.reduce<unknown>((written, { path, value }) => changed(written, path, value), before)
    const checked = Either.getOrThrowWith(
      checkSettings(after),
      (problems) => new Error([...new Set(problems.map(problemLine))].join("; ")),
    )
    const [was, is] = [settingsOf(before).run, settingsOf(checked).run]
    const kept = is.gateway === undefined ? is : { ...is, gateway: withSecretsOf(gateway, is.gateway) }
    const made = merged(inForce, { ...was, gateway }, kept)
    const bytes = Buffer.byteLength(canonical(made))
    if (bytes + 1_000 > limits.entryBytesMax)
      throw new Error(`settings of ${bytes} bytes as JSON; at most ${limits.entryBytesMax - 1_000} can be kept`)
    return made
  }

/** What is in force, with every key that the changes make another: of sections their keys, of endpoints the list. */
const merged = (inForce: JsonObject, before: object, after: object, depth = 0): JsonObject => {
  const result = new Map<string, unknown>(Object.entries(inForce))
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)]
    const known = result.get(key)
    if (is === undefined) {
      if (was !== undefined) result.delete(key)
    } else if (was !== undefined && canonical(was) === canonical(is)) continue
    else if (depth === 0 && isGroup(known) && isGroup(was) && isGroup(is))
      result.set(key, merged(known as JsonObject, was, is, depth + 1))
    else result.set(key, is)
  }
  return Object.fromEntries(result) as JsonObject
}

/** A tree with a value at a path; null takes away what is there. */
const changed = (tree: unknown, [key, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(tree)) return changedItem(tree, key, rest, value)
  const group = new Map(Object.entries(isGroup(tree) ? tree : {}))
  const made = changed(group.get(key), rest, value)
  if (made === null) group.delete(key)
  else group.set(key, made)
  return Object.fromEntries(group)
}

/** What items of lists are known by. */
const nameKeys = ["url", "name", "number", "id"]

const changedItem = (
  list: ReadonlyArray<unknown>,
  key: string,
  rest: ReadonlyArray<string>,
  value: unknown,
): ReadonlyArray<unknown> => {
  const place = list.findIndex((item) => isGroup(item) && nameKeys.some((name) => item[name] === key))
  const at = place >= 0 ? place : /^\d{1,4}$/.test(key) ? Math.min(Number(key), list.length) : list.length
  const isNew = at === list.length && !/^\d{1,4}$/.test(key)
  const made = changed(isNew ? { [nameKeyOf(list, key)]: key } : list[at], rest, value)
  return made === null ? list.toSpliced(at, 1) : list.toSpliced(at, 1, made)
}

/** What a new item is known by: what the others are, or a name. */
const nameKeyOf = (list: ReadonlyArray<unknown>, key: string): string =>
  key.includes("://")
    ? "url"
    : (nameKeys.slice(1).find((name) => list.some((item) => isGroup(item) && Object.hasOwn(item, name))) ?? "name")
