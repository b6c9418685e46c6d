import * as http from "node:http"
import * as https from "node:https"
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Http, type HttpAnswer, HttpFailure, type HttpFailureReason, type HttpRequest } from "./Http.ts"

export interface NodeHttpOptions {
  /** Connections to one host at once; 50 when absent. */
  readonly connectionsMax?: number | undefined
  /** Certificates that are trusted instead of Node's, PEM. */
  readonly ca?: string | ReadonlyArray<string> | undefined
}

/** An `Http` that keeps connections. */
export interface NodeHttp extends Http {
  /** Closes what it keeps; requests on their way end. */
  readonly close: () => void
}

/**
 * The way over node's own `https`: TLS 1.2 or newer, certificates always checked, whatever the environment says.
 *
 * A connection is kept for 4 s without a request: less than servers do, because one that the server closes just as a send is written
 * to it leaves open whether the message exists. Connections that are kept do not keep the process alive.
 */
export const makeNodeHttp = ({ ca, connectionsMax = 50 }: NodeHttpOptions = {}): NodeHttp => {
  const kept = { keepAlive: true, maxSockets: connectionsMax, maxFreeSockets: connectionsMax, timeout: idleMs }
  const plain = new http.Agent(kept)
  const secure = new https.Agent({
    ...kept,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] }),
  })
  return {
    close: () => {
      plain.destroy()
      secure.destroy()
    },
    send: (request) =>
      Effect.suspend(() => {
        const flight: Flight = { left: false }
        return Effect.timeoutFail(sent(request, flight, plain, secure), {
          duration: request.timeoutMs,
          onTimeout: () => failure("timeout", flight, `no answer within ${request.timeoutMs} ms`),
        })
      }),
  }
}

export const layerNodeHttp = (options: NodeHttpOptions = {}): Layer.Layer<Http> =>
  Layer.scoped(
    Http,
    Effect.acquireRelease(
      Effect.sync(() => makeNodeHttp(options)),
      (made) => Effect.sync(made.close),
    ),
  )

const idleMs = 4_000
/** Bytes of an answer: 1000 messages of a page have a few million. */
const answerBytesMax = 16 * 1024 * 1024

/** What is known of a request on its way. */
interface Flight {
  /** Whether its connection was there, so that bytes of it may have gone. Until then node keeps all of it. */
  left: boolean
}

const failure = (reason: HttpFailureReason, { left }: Flight, message: string, systemCode?: string): HttpFailure =>
  new HttpFailure({ reason, left, message, systemCode })

const sent = (
  { authorization, body, connectTimeoutMs, headers, method, url }: HttpRequest,
  flight: Flight,
  plain: http.Agent,
  secure: https.Agent,
): Effect.Effect<HttpAnswer, HttpFailure> =>
  Effect.async((resume) => {
    const isSecure = url.startsWith("https:")
    const fail = (reason: HttpFailureReason, message: string, systemCode?: string) =>
      resume(Effect.fail(failure(reason, flight, message, systemCode)))
    const request = (isSecure ? https : http).request(url, {
      agent: isSecure ? secure : plain,
      method,
      headers: { ...headers, Authorization: Redacted.value(authorization) },
    })
    request.on("socket", (socket) => watch(request, socket, isSecure, connectTimeoutMs, flight))
    request.on("error", (error: NodeJS.ErrnoException) => {
      const reason = reasonOf(error, flight, isSecure)
      fail(reason, said[reason], error.code)
    })
    request.on("response", (response) => readWhole(response, resume, fail))
    request.end(body)
    return Effect.sync(() => request.destroy())
  })

/** Bounds how long a connection takes to come about, and knows when it has. */
const watch = (
  request: http.ClientRequest,
  socket: Socket,
  isSecure: boolean,
  connectMs: number,
  flight: Flight,
): void => {
  // One that is new and secure has its handshake before it.
  if (request.reusedSocket || !(socket.connecting || isSecure)) {
    flight.left = true
    return
  }
  const tooSlow = () => request.destroy(Object.assign(new Error("connect"), { code: connectTimeout }))
  socket.setTimeout(connectMs, tooSlow)
  socket.once(isSecure ? "secureConnect" : "connect", () => {
    flight.left = true
    socket.off("timeout", tooSlow)
    // The agent sets its own again when the connection is free.
    socket.setTimeout(0)
  })
}

const connectTimeout = "CONNECT_TIMEOUT"

const readWhole = (
  response: http.IncomingMessage,
  resume: (effect: Effect.Effect<HttpAnswer, HttpFailure>) => void,
  fail: (reason: HttpFailureReason, message: string, systemCode?: string) => void,
): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  response.on("data", (chunk: Buffer) => {
    length += chunk.length
    chunks.push(chunk)
    if (length <= answerBytesMax) return
    fail("too-long", `the answer has more than ${answerBytesMax} bytes`)
    response.destroy()
  })
  response.on("error", (error: NodeJS.ErrnoException) => fail("reset", said.reset, error.code))
  response.on("end", () => {
    if (!response.complete) return fail("reset", said.reset)
    const headers: Record<string, string> = Object.create(null)
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value
    const body = Buffer.concat(chunks).toString("utf8")
    resume(Effect.succeed({ status: response.statusCode ?? 0, headers, body }))
  })
}

/** Words of ours: the system's may hold what was sent. */
const said: Readonly<Record<HttpFailureReason, string>> = {
  dns: "the name of the host was not found",
  connect: "no connection came about",
  tls: "the connection could not be made secure, or its certificate is not trusted",
  timeout: "no connection came about in time",
  reset: "the connection broke before the answer was there",
  "too-long": "the answer is too long",
  broken: "the answer is no HTTP",
}

const reasonOf = ({ code = "" }: NodeJS.ErrnoException, { left }: Flight, isSecure: boolean): HttpFailureReason => {
  if (code === connectTimeout) return "timeout"
  if (code.startsWith("HPE_")) return "broken"
  if (left) return "reset"
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "dns"
  // The system's codes are one word; those of OpenSSL are several.
  return isSecure && (code === "EPROTO" || code.includes("_")) ? "tls" : "connect"
}
