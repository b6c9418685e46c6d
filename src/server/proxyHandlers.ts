import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { ControlApi } from "./controlApi.ts"
import { Exchange } from "./Exchange.ts"

/** What a server without a proxy has seen. */
const nothing = { requests: 0, connects: 0, distrusted: 0, others: [] }

/** What came to the proxy. */
export const ProxyLive = HttpApiBuilder.group(ControlApi, "proxy", (handlers) =>
  Effect.gen(function* () {
    const { proxySeen = () => nothing } = yield* Exchange
    return handlers.handle("read", () => Effect.sync(proxySeen))
  }),
)
