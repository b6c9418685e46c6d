import type * as http from "node:http"
import type { Pair } from "../core/entries.ts"

/* Headers of messages that are passed on: what is about one connection stays behind. */

/** Headers that are about one connection. Source: RFC 9110, 7.6.1. */
const ofTheConnection = new Set(
  "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
)

/** The headers of a message as they came. */
export const headerPairs = ({ rawHeaders }: http.IncomingMessage): ReadonlyArray<Pair> =>
  Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i] ?? "", rawHeaders[2 * i + 1] ?? ""])

/** The headers that go on with a message, as they came. */
export const goingOn = (message: http.IncomingMessage): ReadonlyArray<Pair> => {
  // Further ones that this message says are about its connection.
  const named = new Set((message.headers.connection ?? "").toLowerCase().split(/\s*,\s*/))
  return headerPairs(message).filter(([name]) => {
    const small = name.toLowerCase()
    return !ofTheConnection.has(small) && !named.has(small)
  })
}

/** The headers of a request that is passed on to a host, as node takes them: flat. */
export const forwardedHeaders = (incoming: http.IncomingMessage, host: string): Array<string> => {
  const headers = ["Host", host]
  for (const [name, value] of goingOn(incoming)) if (name.toLowerCase() !== "host") headers.push(name, value)
  if (incoming.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked")
  return headers
}
