import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type { PayloadParseError } from "../errors.ts"
import { Body, brokenOff } from "./body.ts"
import type { WebhookAnswer } from "./duplicates.ts"
import { unreadable, type WebhookRequest } from "./incoming.ts"

/** A request of node:http as a webhook. Its URL is what the Host header says, unless `publicUrl` does. */
export const fromNodeRequest = (request: IncomingMessage): WebhookRequest => ({
  method: request.method ?? "",
  url: `${"encrypted" in request.socket ? "https" : "http"}://${request.headers.host ?? "localhost"}${request.url ?? "/"}`,
  header: (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  },
  body: (bytesMax) => readAll(request, bytesMax),
})

/** Sends an answer. What is left of a body that was not read ends the connection. */
export const answerNode = (
  request: IncomingMessage,
  response: ServerResponse,
  { body, headers, status }: WebhookAnswer,
): void => {
  if (response.headersSent || response.destroyed) return
  const more = request.readableEnded ? {} : { connection: "close" }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body), ...more }).end(body)
}

const readAll = (request: IncomingMessage, bytesMax: number): Effect.Effect<Uint8Array, PayloadParseError> =>
  Effect.async((resume) => {
    // Nothing would ever come of it.
    if (request.readableDidRead)
      return resume(unreadable(500, "its body was read by someone else: webhooks come before body parsers"))
    const body = new Body(bytesMax)
    const take = (chunk: Buffer) => {
      if (body.take(chunk)) return
      stop()
      request.pause()
      resume(body.whole)
    }
    const end = () => resume(body.whole)
    const broken = () => resume(brokenOff())
    const stop = () => void request.off("data", take).off("end", end).off("close", broken)
    // An error may come when nobody waits any more, and is followed by close.
    request.on("error", () => {})
    request.on("data", take).on("end", end).on("close", broken)
    return Effect.sync(stop)
  })
