import * as net from "node:net"
import { performance } from "node:perf_hooks"

/** An endpoint for callbacks, and what it saw. */
export interface Endpoint {
  readonly url: string
  /** Connections that are open now, at most so far, and in all. */
  readonly open: () => number
  readonly openMax: () => number
  readonly connections: () => number
  /** Bytes it has sent on the connection that got most. */
  readonly sentMax: () => number
  readonly close: () => void
}

type Manner = (socket: net.Socket) => void

const drip =
  (head: string): Manner =>
  (socket) => {
    let sent = 0
    const timer = setInterval(() => socket.write(head[sent++] ?? "x"), 200)
    socket.once("close", () => clearInterval(timer))
  }

const pour: Manner = (socket) => {
  const length = 100 * 2 ** 20
  const piece = Buffer.alloc(64 * 1024, "x")
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)
  const more = () => {
    while (!socket.destroyed && socket.bytesWritten < length) if (!socket.write(piece)) return
  }
  socket.on("drain", more)
  more()
}

/** What endpoints do to whoever calls them. */
export const manners: ReadonlyMap<string, Manner> = new Map<string, Manner>([
  ["hangs", () => {}],
  ["drips its head", drip(`HTTP/1.1 200 OK\r\nX-Head: ${"h".repeat(10_000)}\r\n\r\n`)],
  ["drips its body", drip("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")],
  ["resets", (socket) => void socket.resetAndDestroy()],
  ["answers 100 MB", pour],
  [
    "redirects for ever",
    (socket) => void socket.write("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"),
  ],
])

/** Starts an endpoint on a free port that does the same with every request. */
export const startEndpoint = (manner: Manner): Promise<Endpoint> =>
  listen((socket, text) => {
    if (text.startsWith("POST ")) manner(socket)
  })

const listen = async (take: (socket: net.Socket, text: string) => void): Promise<Endpoint> => {
  const sockets = new Set<net.Socket>()
  let [openMax, connections, sentMax] = [0, 0, 0]
  const server = net.createServer((socket) => {
    sockets.add(socket)
    connections++
    openMax = Math.max(openMax, sockets.size)
    socket.on("error", () => {})
    socket.on("data", (chunk) => take(socket, chunk.toString("latin1")))
    socket.once("close", () => {
      sentMax = Math.max(sentMax, socket.bytesWritten - socket.writableLength)
      sockets.delete(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    open: () => sockets.size,
    openMax: () => openMax,
    connections: () => connections,
    sentMax: () => sentMax,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** An application as it should be: answers at once and keeps when which report came. */
export interface Application extends Endpoint {
  /** When a report arrived, by `SID status`, by `performance.now()`. */
  readonly arrived: ReadonlyMap<string, number>
  readonly forget: () => void
}

export const startApplication = async (): Promise<Application> => {
  const arrived = new Map<string, number>()
  const received = new Map<net.Socket, string>()
  const endpoint = await listen((socket, text) => {
    const whole = (received.get(socket) ?? "") + text
    received.set(socket, whole)
    const cut = whole.indexOf("\r\n\r\n")
    const length = Number(/content-length: (\d+)/i.exec(whole)?.[1] ?? 0)
    if (cut < 0 || whole.length < cut + 4 + length) return
    received.set(socket, "")
    const params = new URLSearchParams(whole.slice(cut + 4))
    arrived.set(`${params.get("MessageSid")} ${params.get("MessageStatus")}`, performance.now())
    socket.write("HTTP/1.1 204 No Content\r\n\r\n")
  })
  return { ...endpoint, arrived, forget: () => arrived.clear() }
}
