import type * as http from "node:http"

/** Gives a whole answer at once. */
export const send = (response: http.ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "X-Content-Type-Options": "nosniff",
  })
  response.end(body)
}

/** Answers a request to control or pages that is not let in, or cannot be dealt with. */
export const refuse = (response: http.ServerResponse, status: number, message: string): void =>
  send(response, status, "application/json", JSON.stringify({ _tag: "Refused", message }))
