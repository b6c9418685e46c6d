import * as fs from "node:fs"
import * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { isGroup } from "../core/group.ts"
import { type GatewaySettings, gatewaySettings } from "../gateway/settings.ts"
import { noGatewayEnvironment } from "./gatewayEnvironment.ts"
import { gatewaySettingsOf, withSecretsOf, writtenGateway } from "./gatewaySettings.ts"
import { BadSettings, parseSettings } from "./settings.ts"
import { checkSettings, problemLine } from "./settingsCheck.ts"
import type { SettingsFile } from "./settingsFile.ts"

/*
 * A policy: what a settings file says of the gateway, and of that only what is to be otherwise. Providers are known by their ids; one that
 * the policy does not name stays as it is.
 */

type Policy = NonNullable<SettingsFile["gateway"]>

/** Reads a policy's file; what is wrong with it is told as of settings: file, line, path, what was expected and found. */
export const readPolicy = (file: string): Either.Either<Policy, BadSettings> =>
  Either.flatMap(readText(file), (text) =>
    Either.flatMap(parseSettings(file, text), (written) => {
      const { gateway, ...others } = written
      const wrong = Object.keys(others).map(
        (key) =>
          `${placeOf(file, text, key)}: ${key}: expected nothing but gateway, which a policy is about, found more`,
      )
      if (gateway?.tokens !== undefined)
        wrong.push(
          `${placeOf(file, text, "tokens")}: gateway.tokens: expected no secrets, which a policy has no use for, found some`,
        )
      if (wrong.length > 0) return Either.left(new BadSettings({ lines: wrong }))
      return gateway === undefined
        ? Either.left(new BadSettings({ lines: [`${file}: gateway: expected what is to be otherwise, found nothing`] }))
        : Either.right(gateway)
    }),
  )

const readText = (file: string): Either.Either<string, BadSettings> =>
  Either.try({
    try: () => fs.readFileSync(file, "utf8"),
    catch: (error) => new BadSettings({ lines: [fileFailure({ doing: "read", file, what: "policy file" }, error)] }),
  })

const placeOf = (file: string, text: string, key: string): string => {
  const line = text.split("\n").findIndex((each) => each.trimStart().startsWith(`${key}:`))
  return line < 0 ? file : `${file}:${line + 1}`
}

/** Makes the settings in force those that a policy wants. Throws an error that says what does not fit together. */
export const underPolicy =
  (policy: Policy) =>
  (inForce: JsonObject): JsonObject => {
    const before = gatewaySettings(inForce)
    const wanted = merged(writtenGateway(before), withLimits(policy, before))
    const checked = Either.getOrThrowWith(
      checkSettings({ gateway: wanted }),
      (problems) => new Error([...new Set(problems.map(problemLine))].join("; ")),
    )
    const { gateway = before } = gatewaySettingsOf(checked.gateway, noGatewayEnvironment)
    return { ...inForce, gateway: withSecretsOf(before, gateway) } as unknown as JsonObject
  }

/** A limit for every provider is one for each that has none of its own in the policy. */
const withLimits = (policy: Policy, { providers }: GatewaySettings): Policy => {
  const limit = policy.limits?.provider
  if (limit === undefined) return policy
  const named = new Map(policy.providers?.map((provider) => [provider.id, provider]))
  const ids = [...new Set([...providers.map(({ id }) => id), ...named.keys()])]
  const all = ids.map((id) => ({ id, rate_limit: limit, ...named.get(id) }))
  return { ...policy, providers: all as unknown as NonNullable<Policy["providers"]> }
}

/** Groups are merged, lists of things with ids item by item; anything else is replaced. */
const merged = (before: unknown, policy: unknown): unknown => {
  if (isGroup(before) && isGroup(policy)) {
    const result = new Map(Object.entries(before))
    for (const [key, value] of Object.entries(policy)) result.set(key, merged(result.get(key), value))
    return Object.fromEntries(result)
  }
  if (!isListOfIds(before) || !isListOfIds(policy)) return policy
  const others = policy.filter(({ id }) => before.every((each) => each.id !== id))
  return [...before.map((each) => merged(each, policy.find(({ id }) => id === each.id) ?? {})), ...others]
}

const isListOfIds = (value: unknown): value is ReadonlyArray<{ readonly id: string }> =>
  Array.isArray(value) && value.every((item) => isGroup(item) && typeof item.id === "string")
