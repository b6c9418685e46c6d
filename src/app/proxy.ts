import type * as Effect from "effect/Effect"
import { type ForwardProxy, makeProxy } from "../proxy/ForwardProxy.ts"
import { openLocalCa } from "../proxy/LocalCa.ts"
import type { Settings } from "./settings.ts"

/** The proxy as settings have it; its CA is opened, or made, when the first name needs it. */
export const proxyOf = (
  { proxy: { caPath, others } }: Pick<Settings, "proxy">,
  told: (line: string) => void,
): Effect.Effect<ForwardProxy> => makeProxy({ others, ca: openLocalCa(caPath), told })
