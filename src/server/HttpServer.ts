import { timingSafeEqual } from "node:crypto"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { sha256 } from "../core/canonical.ts"
import { limits } from "../core/limits.ts"
import { apiOf } from "../network/apis.ts"
import type { ForwardProxy } from "../proxy/ForwardProxy.ts"
import { ApiIntake } from "./ApiIntake.ts"
import { type AccessRules, type Caller, refusal } from "./access.ts"
import { apiHandler, makeRest } from "./apiHandler.ts"
import { type Handler, limitConnections, oneAtATime, timeouts, usualPatience, watchUnread } from "./connections.ts"
import { Exchange } from "./Exchange.ts"
import { type CannotListen, listen, listenBeside } from "./listening.ts"
import { onFirstUse, type PathHandler } from "./onFirstUse.ts"
import { PlainLane } from "./PlainLane.ts"
import { refuse, send } from "./plainAnswer.ts"

export interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly allowedHosts: ReadonlyArray<string>
  readonly adminToken: Redacted.Redacted<string> | undefined
  /** Loads what answers for pages, when the first one is asked for; absent: there are none. */
  readonly pages?: () => Promise<Effect.Effect<PathHandler, never, Scope.Scope>>
  /** Stands for the carrier's hosts on the same port; absent: there is no proxy. */
  readonly proxy?: ForwardProxy | undefined
  /** Port for TLS under the carrier's names; absent: none. Needs the proxy. */
  readonly tlsPort?: number | undefined
  /** Loads what answers for metrics, which is told from then on how long requests took; absent: there are none. */
  readonly metrics?: (times: RequestTimes) => Promise<Effect.Effect<PathHandler, never, Scope.Scope>>
}

/** Who wants to know how long a request of an API took, in host ms from its head to the end of its answer. */
export interface RequestTimes {
  take: ((api: string, ms: number) => void) | undefined
}

/** Where a server has come to listen. */
export interface Listens {
  readonly port: number
  readonly tlsPort: number | undefined
}

const noPages: PathHandler = (_, __, response) =>
  refuse(response, 404, "this exchange has no pages; ringback serve has")

const noMetrics: PathHandler = (_, __, response) =>
  refuse(response, 404, "this exchange has no metrics; ringback serve has")

/** A read that asks to wait for what is still to come. */
const waits = /[?&]wait=/

const isPage = (path: string): boolean =>
  path === "/" || path === "/ui" || path.startsWith("/ui/") || path === "/favicon.ico"

/** What control and pages answer on; every other path is the carrier's. */
const isControl = (path: string): boolean =>
  isPage(path) ||
  path === "/health" ||
  path === "/metrics" ||
  path === "/docs" ||
  path === "/openapi.json" ||
  path.startsWith("/admin/") ||
  path === "/admin" ||
  path.startsWith("/clear/")

/**
 * Serves the exchange over HTTP on one port: the carrier's API on the thin way in, control on Effect's `HttpApi`.
 * Closing the scope stops listening, lets answers in flight finish, and cuts what is left.
 */
export const serveHttp = (options: ServerOptions): Effect.Effect<Listens, CannotListen, Exchange | Scope.Scope> =>
  Effect.gen(function* () {
    const { proxy, tlsPort } = options
    const exchange = { ...(yield* Exchange), proxySeen: proxy?.seen }
    const { carrier, doors, run } = exchange
    // A fifth of a start otherwise, and most runs answer the carrier's API first.
    const control = yield* onFirstUse("the control API", async () =>
      Effect.provideService((await import("./controlHandler.ts")).controlHandler, Exchange, exchange),
    )
    const pages = options.pages === undefined ? noPages : yield* onFirstUse("the pages", options.pages)
    const times: RequestTimes = { take: undefined }
    const { metrics: load } = options
    const metrics = load === undefined ? noMetrics : yield* onFirstUse("the metrics", () => load(times))
    const carrierIntake = new ApiIntake(run.engine, carrier)
    const intakes = new Map([...doors].map(([name, door]) => [name, new ApiIntake(run.engine, door)]))
    const carrierApi = apiHandler(carrierIntake, proxy?.isSecure)
    const apis = new Map([...intakes].map(([name, intake]) => [name, apiHandler(intake)]))
    const rules: AccessRules = {
      allowedHosts: new Set([options.host, ...options.allowedHosts].map((name) => name.toLowerCase())),
      hasToken: options.adminToken !== undefined,
    }
    const streams = new Set<http.ServerResponse>()
    const answer: Handler = (request, response) => {
      const whose = proxy === undefined ? "own" : proxy.take(request, response)
      if (whose === "done") return
      if (whose === "carrier") return carrierApi(request, response)
      const url = request.url ?? "/"
      const cut = url.indexOf("?")
      const path = cut < 0 ? url : url.slice(0, cut)
      if (!isControl(path)) {
        const name = apiOf(path)
        const guard = doors.get(name)?.guard
        const caught = guard?.covers(path) === true ? refusal(callerOf(request, options.adminToken), rules) : undefined
        if (guard !== undefined && caught !== undefined)
          return send(response, caught.status, "application/json", guard.body(caught.status, caught.message))
        if (times.take !== undefined) timed(times.take, run.clock.hostMonotonic, name, response)
        return (apis.get(name) ?? carrierApi)(request, response)
      }
      const open = path === "/health" || path === "/favicon.ico"
      const refused = open ? undefined : refusal(callerOf(request, options.adminToken), rules)
      if (refused !== undefined) {
        // Browsers then ask for a password, which is the token.
        if (refused.status === 401) response.setHeader("WWW-Authenticate", 'Basic realm="Ringback", charset="UTF-8"')
        return refuse(response, refused.status, refused.message)
      }
      const unfit = unfitOrder(request)
      if (unfit !== undefined) return refuse(response, unfit.status, unfit.message)
      if (path === "/" && request.headers.accept?.includes("text/html") !== true) return welcome(response)
      if (request.headers.accept?.includes("text/event-stream") === true || waits.test(url)) {
        streams.add(response)
        response.once("close", () => streams.delete(response))
      }
      if (path === "/metrics") metrics(path, request, response)
      else if (isPage(path)) pages(path, request, response)
      else control(path, request, response)
    }
    const unread = yield* watchUnread(usualPatience, run.clock.hostMonotonic)
    const server = http.createServer(timeouts(usualPatience), oneAtATime(unread, answer))
    limitConnections(server)
    const lane = new PlainLane(server, {
      intakeOf: (path) => {
        if (isControl(path)) return undefined
        const name = apiOf(path)
        return doors.get(name)?.guard?.covers(path) === true ? undefined : (intakes.get(name) ?? carrierIntake)
      },
      timing: (path) => times.take && timing(times.take, run.clock.hostMonotonic, apiOf(path)),
      unread,
      rest: makeRest(),
      hostNow: run.clock.hostNow,
      headersMsMax: usualPatience.headersMsMax,
    })
    yield* listen(server, options, streams, lane)
    const { port } = server.address() as AddressInfo
    if (proxy === undefined) return { port, tlsPort: undefined }
    proxy.attach(server, rules.allowedHosts)
    yield* Effect.addFinalizer(() => Effect.sync(proxy.end))
    if (tlsPort === undefined) return { port, tlsPort }
    limitConnections(proxy.tls)
    yield* listenBeside(proxy.tls, { host: options.host, port: tlsPort })
    return { port, tlsPort: (proxy.tls.address() as AddressInfo).port }
  })

/** Why a request cannot be an order, by its head alone. */
const unfitOrder = ({
  headers,
}: http.IncomingMessage): { readonly status: number; readonly message: string } | undefined => {
  // No order is multipart. Effect's reader of them would write files, and dies of a broken one.
  if (/multipart/i.test(headers["content-type"] ?? ""))
    return { status: 415, message: "orders are JSON; send Content-Type: application/json" }
  if (Number(headers["content-length"]) > limits.bodyBytesMax)
    return { status: 413, message: `orders have at most ${limits.bodyBytesMax} bytes` }
  return undefined
}

const timed = (
  take: NonNullable<RequestTimes["take"]>,
  now: () => number,
  api: string,
  response: http.ServerResponse,
): void => {
  response.once("finish", timing(take, now, api))
}

/** Gives what is to be called once it is answered. */
const timing = (take: NonNullable<RequestTimes["take"]>, now: () => number, api: string): (() => void) => {
  const began = now()
  return () => take(api, now() - began)
}

const callerOf = (request: http.IncomingMessage, adminToken: Redacted.Redacted<string> | undefined): Caller => {
  const { headers, method = "GET", socket } = request
  const shown = tokenIn(headers.authorization ?? "")
  return {
    method,
    peer: socket.remoteAddress,
    host: headers.host,
    origin: headers.origin,
    secFetchSite: headers["sec-fetch-site"] as string | undefined,
    tokenShown: adminToken !== undefined && shown !== undefined && sameText(shown, Redacted.value(adminToken)),
  }
}

/** The token as programs show it, or as the password that a browser was given; the user does not matter. */
const tokenIn = (authorization: string): string | undefined => {
  const basic = /^basic +([\w+/=-]{1,4096})$/i.exec(authorization)?.[1]
  return basic === undefined
    ? /^bearer +(.+)$/i.exec(authorization)?.[1]
    : /^[^:]*:(.+)$/s.exec(Buffer.from(basic, "base64").toString("utf8"))?.[1]
}

const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a), "latin1"), Buffer.from(sha256(b), "latin1"))

const welcome = (response: http.ServerResponse) =>
  send(
    response,
    200,
    "text/plain; charset=utf-8",
    [
      "Ringback, a local telephone exchange.",
      "",
      "/2010-04-01/Accounts/{AccountSid}/Messages.json   Twilio's API",
      "/callback-test takes any callback and shows what it got",
      "/health        counts, digest, virtual time; /metrics for Prometheus",
      "/admin/messages  what was sent, with its codes and links; ?wait=5s until it is there",
      "/admin/log     the log; with Accept: text/event-stream as it grows",
      "/admin/clock   the run's clock",
      "/admin/inbound lets a phone send a message; /admin/opt-outs, /admin/alerts",
      "/docs          the control API, readable; /openapi.json for machines",
      "/              in a browser: the dashboard; /ui/messages, /ui/callbacks, /ui/log",
      "",
    ].join("\n"),
  )
