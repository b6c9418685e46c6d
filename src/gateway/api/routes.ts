import type { Draft, Entry } from "../../core/Entry.ts"
import type { ApiRequested } from "../../core/entries.ts"
import type { World } from "../../core/Machine.ts"
import { configOf } from "../attempts.ts"
import type { GatewayRequest } from "../requests.ts"
import type { GatewayProvider } from "../settings.ts"
import type { Gateway } from "../state.ts"
import { type Handled, type Request, refused, respond } from "./answers.ts"
import { cancelRequest, resendAll, resendOne, resetDistribution, resetHealthOf, takeReceipt } from "./orders.ts"
import {
  allHealth,
  allProviders,
  deadLetters,
  distribution,
  healthOf,
  noProvider,
  noRequest,
  oneRequest,
  rateLimits,
  requests,
  statusOf,
} from "./reading.ts"
import { send, sendDirectly } from "./send.ts"

type Handler<Named> = (request: Request, named: Named) => Handled
interface Methods<Named> {
  readonly GET?: Handler<Named>
  readonly POST?: Handler<Named>
}

/** A path below `/api/sms`, and what answers on it. Its `:id` is nothing, a provider or a request. */
type Route =
  | { readonly path: RegExp; readonly names: "nothing"; readonly methods: Methods<undefined> }
  | { readonly path: RegExp; readonly names: "provider"; readonly methods: Methods<GatewayProvider> }
  | { readonly path: RegExp; readonly names: "request"; readonly methods: Methods<GatewayRequest> }

const nothing = (path: RegExp, methods: Methods<undefined>): Route => ({ path, names: "nothing", methods })
const ofProvider = (path: RegExp, methods: Methods<GatewayProvider>): Route => ({ path, names: "provider", methods })
const ofRequest = (path: RegExp, methods: Methods<GatewayRequest>): Route => ({ path, names: "request", methods })

/** Words of the API come first: no provider is called like one of them (app/gatewaySettings.ts). */
const routes: ReadonlyArray<Route> = [
  nothing(/^(?:\/send)?$/, { POST: send }),
  nothing(/^\/rate-limits$/, { GET: rateLimits }),
  nothing(/^\/health$/, { GET: allHealth }),
  nothing(/^\/distribution-stats$/, { GET: distribution }),
  nothing(/^\/distribution-stats\/reset$/, { POST: resetDistribution }),
  nothing(/^\/requests$/, { GET: requests }),
  nothing(/^\/dead-letters$/, { GET: deadLetters }),
  nothing(/^\/dead-letters\/resend$/, { POST: resendAll }),
  nothing(/^\/providers$/, { GET: allProviders }),
  ofProvider(/^\/health\/([^/]+)$/, { GET: healthOf }),
  ofProvider(/^\/health\/([^/]+)\/reset$/, { POST: resetHealthOf }),
  ofRequest(/^\/requests\/([^/]+)$/, { GET: oneRequest }),
  ofRequest(/^\/requests\/([^/]+)\/cancel$/, { POST: cancelRequest }),
  ofRequest(/^\/dead-letters\/([^/]+)\/resend$/, { POST: resendOne }),
  ofProvider(/^\/([^/]+)$/, { POST: sendDirectly }),
  ofProvider(/^\/([^/]+)\/status$/, { GET: statusOf }),
  ofProvider(/^\/([^/]+)\/receipts$/, { POST: takeReceipt }),
]

/** The words of the API that a path may begin with: no provider can have one as its id. */
export const reservedIds: ReadonlyArray<string> = [
  "send",
  "rate-limits",
  "health",
  "distribution-stats",
  "requests",
  "dead-letters",
  "providers",
]

/** Answers a request of the gateway's API: now, or once a provider has answered. */
export const answerRequest = (world: World, entry: Entry<ApiRequested>, gateway: Gateway): ReadonlyArray<Draft> => {
  const handled = handle({ world, gateway, entry })
  return "later" in handled ? handled.later : respond(entry, handled)
}

const handle = (request: Request): Handled => {
  const path = request.entry.data.path.replace(/^\/api\/sms/, "").replace(/\/$/, "")
  for (const route of routes) {
    const found = route.path.exec(path)
    if (found === null) continue
    const id = found[1] ?? ""
    switch (route.names) {
      case "nothing":
        return called(request, route.methods, (handler) => handler(request, undefined))
      case "provider":
        return called(request, route.methods, (handler) => {
          const provider = configOf(request.gateway, id)
          return provider === undefined ? noProvider(request.gateway, id) : handler(request, provider)
        })
      case "request":
        return called(request, route.methods, (handler) => {
          const named = request.gateway.byId.get(id)
          return named === undefined ? noRequest(id) : handler(request, named)
        })
    }
  }
  return refused("not_found", "there is no such path in this API", { path: request.entry.data.path.slice(0, 200) })
}

/** HEAD is answered as GET is. A method that the path does not have is refused whatever the path names. */
const called = <Named>(
  { entry: { data } }: Request,
  { GET, POST }: Methods<Named>,
  call: (handler: Handler<Named>) => Handled,
): Handled => {
  const { method } = data
  const handler = method === "POST" ? POST : method === "GET" || method === "HEAD" ? GET : undefined
  if (handler !== undefined) return call(handler)
  const allowed = GET === undefined ? "POST" : "GET"
  return refused("method_not_allowed", `this path is for ${allowed}`, { allowed }, [["Allow", allowed]])
}
