import * as net from "node:net"

/** What came back on a raw connection; `status` is 0 when it was no HTTP answer. */
export interface RawReply {
  readonly status: number
  readonly text: string
  /** The last answer's body. */
  readonly body: string
}

/**
 * Sends bytes as they are and reads until the other end closes.
 *
 * `cut` ends our side right after writing, without waiting for an answer.
 */
export const sendRaw = (
  port: number,
  pieces: ReadonlyArray<string | Uint8Array>,
  options: { readonly cut?: boolean } = {},
): Promise<RawReply> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => {}) // A reset is one more way to be closed.
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("latin1")
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
        text,
        body: text.slice(text.lastIndexOf("\r\n\r\n") + 4),
      })
    })
    socket.on("connect", () => {
      for (const piece of pieces) socket.write(piece)
      if (options.cut === true) socket.end(() => socket.destroy())
    })
  })

/** The bytes of a request that is closed after its answer. */
export const requestText = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    "",
    body,
  ].join("\r\n")
