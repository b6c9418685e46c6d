import { once } from "node:events"
import * as net from "node:net"
import * as tls from "node:tls"

/** A connection that a proxy was asked for, and what it answered. */
export interface Connected {
  readonly socket: net.Socket
  readonly status: number
  /** What came behind the answer's head so far, where it is no connection. */
  readonly body: string
}

/** Asks a proxy for a connection. */
export const connectThrough = async (port: number, authority: string, host = "127.0.0.1"): Promise<Connected> => {
  const socket = net.connect(port, host)
  await once(socket, "connect")
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
  let text = ""
  for (;;) {
    const [chunk] = (await Promise.race([once(socket, "data"), once(socket, "close").then(() => [undefined])])) as [
      Buffer | undefined,
    ]
    if (chunk === undefined) break
    text += chunk.toString("latin1")
    const head = text.indexOf("\r\n\r\n")
    if (head < 0) continue
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    if (text.length >= head + 4 + length) break
  }
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
  return { socket, status, body: text.slice(text.indexOf("\r\n\r\n") + 4) }
}

/** Speaks TLS over a connection; rejects when either side ends it. */
export const secured = async (socket: net.Socket, options: tls.ConnectionOptions): Promise<tls.TLSSocket> => {
  const over = tls.connect({ socket, ...options })
  await once(over, "secureConnect")
  return over
}

/** Sends bytes and gives all that comes back until the other end closes. */
export const sent = async (socket: net.Socket, text: string): Promise<string> => {
  const chunks: Array<Buffer> = []
  socket.on("data", (chunk: Buffer) => chunks.push(chunk))
  const closed = once(socket, "close")
  socket.write(text)
  await closed
  return Buffer.concat(chunks).toString("latin1")
}
