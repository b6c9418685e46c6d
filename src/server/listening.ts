import type * as http from "node:http"
import type * as net from "node:net"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"

/** The server cannot listen; the message is one line for people. */
export class CannotListen extends Data.TaggedError("CannotListen")<{
  readonly host: string
  readonly port: number
  readonly code: string
  /** The option of the command line that chooses another port. */
  readonly flag: string
}> {
  override get message() {
    const where = `${this.host}:${this.port}`
    switch (this.code) {
      case "EADDRINUSE":
        return `${where} is in use; stop what listens there, or choose another port with ${this.flag}`
      case "EACCES":
        return `${where} may not be opened by this user; choose a port above 1023 with ${this.flag}`
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
        return `${this.host} is no address of this machine; choose another with --host`
      default:
        return `cannot listen on ${where} (${this.code})`
    }
  }
}

/** Where a server listens; port 0 is any free one. */
export interface ListeningAt {
  readonly host: string
  readonly port: number
  /** The option of the command line that chooses another port; absent: `--port`. */
  readonly flag?: string
}

/** Connections of a server that it does not know of itself. */
interface Lane {
  /** Closes those on which nothing is under way, and each of the others behind its answer, which says so. */
  readonly end: () => void
  /** Cuts what is left. */
  readonly cut: () => void
}

/** Host seconds that a stopping server gives answers in flight. */
const drainSeconds = 4

/**
 * Listens until the scope closes. Streams never end by themselves, so they are cut at once; answers get their time, and each is the last
 * of its connection.
 */
export const listen = (
  server: http.Server,
  { flag = "--port", host, port }: ListeningAt,
  streams: ReadonlySet<http.ServerResponse>,
  lane?: Lane,
): Effect.Effect<void, CannotListen, Scope.Scope> =>
  Effect.suspend(() => {
    const answersEnd = lastAnswers(server)
    return Effect.acquireRelease(bound(server, { flag, host, port }), () =>
      Effect.async<void>((resume) => {
        const left = new Set(["connections", "answers"])
        const over = (what: string) => () => {
          if (left.delete(what) && left.size === 0) resume(Effect.void)
        }
        server.close(over("connections"))
        for (const stream of streams) stream.destroy()
        lane?.end()
        answersEnd(over("answers"))
        server.closeIdleConnections()
      }).pipe(
        Effect.interruptible, // A release is not, and then no time-out would end it.
        Effect.timeout(Duration.seconds(drainSeconds)),
        Effect.catchTag("TimeoutException", () =>
          Effect.sync(() => {
            server.closeAllConnections()
            lane?.cut()
          }),
        ),
      ),
    )
  })

/**
 * Gives what makes all answers of a server, those under way and those to come, the last of their connections, and calls `then` when
 * these are closed: the server itself waits for none that came by another one, as those under TLS do.
 */
const lastAnswers = (server: http.Server): ((then: () => void) => void) => {
  /** Connections on which something was asked, with the answers that are under way. */
  const connections = new Map<net.Socket, Set<http.ServerResponse>>()
  let ended: (() => void) | undefined
  const answersOn = (socket: net.Socket): Set<http.ServerResponse> => {
    const known = connections.get(socket)
    if (known !== undefined) return known
    const answers = new Set<http.ServerResponse>()
    connections.set(socket, answers)
    socket.once("close", () => {
      connections.delete(socket)
      if (connections.size === 0) ended?.()
    })
    return answers
  }
  server.prependListener("request", ({ socket }, response) => {
    const answers = answersOn(socket).add(response)
    response.once("close", () => answers.delete(response))
    if (ended !== undefined) response.shouldKeepAlive = false
  })
  return (then) => {
    ended = then
    if (connections.size === 0) then()
    for (const response of [...connections.values()].flatMap((answers) => [...answers])) {
      response.shouldKeepAlive = false
      // One whose head has gone out has said that its connection stays.
      if (response.headersSent) response.once("close", () => server.closeIdleConnections())
    }
  }
}

/** Listens until the scope closes, for connections that another server has then: nothing waits for them here. */
export const listenBeside = (server: net.Server, at: ListeningAt): Effect.Effect<void, CannotListen, Scope.Scope> =>
  Effect.acquireRelease(bound(server, at), () => Effect.sync(() => server.close()))

/** A connection that cannot be taken later, for want of files or memory, is no reason to stop: the first one is told. */
const bound = (server: net.Server, { flag = "--port", host, port }: ListeningAt): Effect.Effect<void, CannotListen> =>
  Effect.flatMap(Effect.runtime<never>(), (runtime) =>
    Effect.async((resume) => {
      let told = false
      const fails = ({ code, message }: NodeJS.ErrnoException) => {
        if (!server.listening) return resume(new CannotListen({ host, port, flag, code: code ?? message }))
        if (!told) Runtime.runFork(runtime)(Effect.logWarning(`a connection could not be taken: ${code ?? message}`))
        told = true
      }
      server.on("error", fails)
      server.listen({ host, port, backlog: 4096 }, () => resume(Effect.void))
    }),
  )
