import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { atEndOfFile } from "./endOfFile.ts"

/** A callback as it arrived. */
export interface Callback {
  readonly method: string
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  /** The form's parameters, which the exchange never repeats. */
  readonly params: Readonly<Record<string, string>>
}

/** What a listener does with a callback: a status, a redirect, a text of a type, or nothing at all, so that the caller hangs. */
export type Answer = number | "hang" | { readonly location: string } | { readonly type: string; readonly body: string }

export interface Listener {
  readonly url: string
  readonly callbacks: ReadonlyArray<Callback>
  readonly statuses: () => ReadonlyArray<string>
  /** Changes the answer to what comes from here on. */
  answer: (callback: Callback, n: number) => Answer
}

/** An application's own HTTP endpoint on a free port, which keeps what it gets; it answers 204 unless told otherwise. */
export const listen = async (): Promise<Listener> => {
  const callbacks: Array<Callback> = []
  const server = http.createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8")
      const callback = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
        params: Object.fromEntries(new URLSearchParams(body)),
      }
      callbacks.push(callback)
      const answer = listener.answer(callback, callbacks.length)
      if (answer === "hang") return
      if (typeof answer === "number") response.writeHead(answer).end()
      else if ("location" in answer) response.writeHead(307, { Location: answer.location }).end()
      else response.writeHead(200, { "Content-Type": answer.type }).end(answer.body)
    })
  })
  atEndOfFile(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const listener: Listener = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callbacks,
    statuses: () => callbacks.map(({ params }) => params.MessageStatus ?? ""),
    answer: () => 204,
  }
  return listener
}
