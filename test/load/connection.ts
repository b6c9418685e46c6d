import * as net from "node:net"

/** An answer as it came; `ms` is from when its request fell due until its last byte. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly ms: number
  /** When it was there, by `performance.now()`. */
  readonly at: number
}

/** A keep-alive connection over a bare socket: one request at a time. */
export interface Connection {
  readonly socket: net.Socket
  readonly busy: () => boolean
  /** Sends a request that fell due at `due`; the answer is undefined when the connection ends before it is whole. */
  readonly ask: (request: string | Buffer, due: number, then: (answer: Answer | undefined) => void) => void
}

const headEnd = Buffer.from("\r\n\r\n")

/** Opens a connection; undefined when the server does not take it. */
export const connect = (port: number): Promise<Connection | undefined> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true })
    let received: Buffer | undefined
    let due = 0
    let waiting: ((answer: Answer | undefined) => void) | undefined
    const done = (answer: Answer | undefined) => {
      const then = waiting
      waiting = undefined
      received = undefined
      then?.(answer)
    }
    socket.on("data", (chunk) => {
      const bytes: Buffer = received === undefined ? chunk : Buffer.concat([received, chunk])
      const cut = bytes.indexOf(headEnd)
      const head = cut < 0 ? "" : bytes.toString("latin1", 0, cut)
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const end = cut + headEnd.length + length
      if (cut < 0 || bytes.length < end) {
        received = bytes
        return
      }
      const at = performance.now()
      const body = bytes.toString("utf8", end - length, end)
      done({ status: Number(head.slice(9, 12)), body, ms: at - due, at })
    })
    socket.on("error", () => {}) // It is closed then, and that is what counts.
    socket.on("close", () => {
      done(undefined)
      resolve(undefined)
    })
    socket.on("connect", () =>
      resolve({
        socket,
        busy: () => waiting !== undefined,
        ask: (request, at, then) => {
          if (socket.destroyed) return then(undefined)
          due = at
          waiting = then
          socket.write(request)
        },
      }),
    )
  })

/** Opens as many as are wanted, some hundreds at a time; fewer when the server takes no more. */
export const connectAll = async (port: number, count: number): Promise<ReadonlyArray<Connection>> => {
  const open: Array<Connection> = []
  for (let tried = 0; tried < count; tried += 250) {
    const some = await Promise.all(Array.from({ length: Math.min(250, count - tried) }, () => connect(port)))
    open.push(...some.filter((one) => one !== undefined))
  }
  return open
}

/** The bytes of a form sent to the carrier's API. */
export const formRequest = (
  server: { readonly messages: string; readonly authorization: string },
  form: Readonly<Record<string, string>>,
): string => {
  const body = new URLSearchParams(form).toString()
  return [
    `POST ${server.messages} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: ${server.authorization}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n")
}

/** The bytes of a request without a body. */
export const bareRequest = (
  method: "GET" | "POST",
  path: string,
  authorization: string,
  headers: Readonly<Record<string, string>> = {},
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: ${authorization}`,
    ...(method === "POST" ? ["Content-Length: 0"] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\r\n")
