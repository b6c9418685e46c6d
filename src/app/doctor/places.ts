import * as http from "node:http"
import * as net from "node:net"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { isLoopback } from "../../network/isLoopback.ts"
import { CannotListen } from "../../server/listening.ts"
import { type Check, type Finding, fail, ok, warn } from "./Check.ts"

/* Whether the places Ringback listens at and sends to are there. */

/** Host ms a connection or an answer may take. */
const answerMsMax = 2_000

/** Whether the port is free, or a Ringback listens there already. */
export const portCheck = ({ host, port }: { readonly host: string; readonly port: number }): Check => ({
  about: `port ${port}`,
  look: Effect.gen(function* () {
    const code = yield* listens(host, port)
    if (code === undefined) return ok(port === 0 ? `any free one of ${host}` : `free on ${host}`)
    if (code === "EADDRINUSE" && (yield* isRingback(host, port))) return ok(`a Ringback listens on ${host} already`)
    const { message } = new CannotListen({ host, port, code, flag: "--port" })
    const cut = message.indexOf("; ")
    return cut < 0
      ? fail(message, "choose another port with --port, or another address with --host")
      : fail(message.slice(0, cut), message.slice(cut + 2))
  }),
})

/** Why nothing can listen there; undefined if it can. */
const listens = (host: string, port: number): Effect.Effect<string | undefined> =>
  Effect.async((resume) => {
    const server = net.createServer()
    server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.succeed(error.code ?? error.message)))
    server.listen({ host, port }, () => server.close(() => resume(Effect.succeed(undefined))))
  })

/** Whether a Ringback answers there. */
export const isRingback = (host: string, port: number): Effect.Effect<boolean> =>
  Effect.async<boolean>((resume) => {
    const request = http.get({ host: reachable(host), port, path: "/health", agent: false }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (more: string) => {
        if (text.length < healthLengthMax) text += more
      })
      answer.once("end", () => resume(Effect.succeed(/"status":\s*"healthy"/.test(text) && text.includes('"digest"'))))
      answer.once("error", () => resume(Effect.succeed(false)))
    })
    request.once("error", () => resume(Effect.succeed(false)))
    return Effect.sync(() => request.destroy())
  }).pipe(Effect.timeoutTo({ duration: Duration.millis(answerMsMax), onSuccess: (is) => is, onTimeout: () => false }))

const healthLengthMax = 64 * 1024

/** Where a server that listens at every address is asked. */
export const reachable = (host: string): string => (host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host)

/** Whether strangers may open pages and control. */
export const openDoorCheck = ({
  adminToken,
  host,
}: {
  readonly adminToken: unknown
  readonly host: string
}): Check => ({
  about: "access",
  look: Effect.sync(() => {
    if (isLoopback(host) || host === "localhost") return ok(`only this machine reaches ${host}`)
    return adminToken === undefined
      ? warn(
          `${host} is reached from elsewhere; pages and /admin will answer only this machine`,
          "set server.admin_token in the settings to open them",
        )
      : ok(`${host} is reached from elsewhere; pages and /admin ask for the admin token`)
  }),
})

/** Whether something listens where callbacks go. */
export const callbackCheck = (url: URL): Check => ({
  about: `callbacks to ${url.origin}`,
  look: Effect.map(
    connects(url),
    (failure): Finding =>
      failure === undefined
        ? ok("something listens there")
        : warn(
            failure,
            "start your application there before messages are sent; until then callbacks fail and are tried again",
          ),
  ),
})

/** Why no connection comes about. Nothing is sent. */
const connects = (url: URL): Effect.Effect<string | undefined> =>
  Effect.async<string | undefined>((resume) => {
    const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)
    const socket = net.connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port })
    socket.once("connect", () => resume(Effect.succeed(undefined)))
    socket.once("error", (error: NodeJS.ErrnoException) => resume(Effect.succeed(whyOf(error.code ?? error.message))))
    return Effect.sync(() => socket.destroy())
  }).pipe(
    Effect.timeoutTo({
      duration: Duration.millis(answerMsMax),
      onSuccess: (failure) => failure,
      onTimeout: () => `no connection within ${answerMsMax / 1000} s`,
    }),
  )

const whyOf = (code: string): string =>
  code === "ECONNREFUSED"
    ? "nothing listens there"
    : code === "ENOTFOUND"
      ? "no such host is known"
      : `no connection (${code})`
