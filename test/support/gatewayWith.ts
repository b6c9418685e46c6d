import { defaultGatewaySettings, type GatewaySettings } from "../../src/gateway/settings.ts"

/* Settings of gateways in tests; imports nothing of the test library, so that the fuzzer uses it too. */

/** An instant at which a window of a second begins. */
export const noon = Date.UTC(2026, 0, 1, 12)

/** What differs from the settings of an empty file; of its groups, only what is named. */
export type Differently = {
  readonly [Key in keyof GatewaySettings]?: GatewaySettings[Key] extends ReadonlyArray<unknown>
    ? GatewaySettings[Key]
    : Partial<GatewaySettings[Key]>
}

/** Settings of the gateway that differ so from the default ones. */
export const gatewayWith = (differently: Differently): GatewaySettings =>
  Object.fromEntries(
    Object.entries(defaultGatewaySettings).map(([key, value]) => {
      const other = differently[key as keyof Differently]
      const group = typeof value === "object" && !Array.isArray(value)
      return [key, other === undefined ? value : group ? { ...value, ...(other as object) } : other]
    }),
  ) as unknown as GatewaySettings

/** Providers `p1`, `p2` … of these weights, otherwise as the default ones. */
export const providersOf = (
  ...some: ReadonlyArray<Partial<GatewaySettings["providers"][number]>>
): GatewaySettings["providers"] =>
  some.map((each, i) => ({
    ...defaultGatewaySettings.providers[0],
    id: `p${i + 1}`,
    ...each,
  })) as unknown as GatewaySettings["providers"]
