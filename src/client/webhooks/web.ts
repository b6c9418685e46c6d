import * as Effect from "effect/Effect"
import type { PayloadParseError } from "../errors.ts"
import { Body, brokenOff } from "./body.ts"
import type { WebhookAnswer } from "./duplicates.ts"
import type { WebhookRequest } from "./incoming.ts"

/** A web standard `Request` as a webhook. */
export const fromWebRequest = (request: Request): WebhookRequest => ({
  method: request.method,
  url: request.url,
  header: (name) => request.headers.get(name) ?? undefined,
  body: (bytesMax) => {
    const stream = request.body
    if (stream === null) return Effect.succeed(new Uint8Array())
    return isShort(request.headers.get("content-length"), bytesMax)
      ? readAtOnce(request, bytesMax)
      : readAll(stream, bytesMax)
  },
})

/** An answer as a web standard `Response`. */
export const toWebResponse = ({ body, headers, status }: WebhookAnswer): Response =>
  new Response(body === "" ? null : body, { status, headers })

/** Whether a body that was announced may be read at once: a server takes no more than was announced. */
const isShort = (contentLength: string | null, bytesMax: number): boolean =>
  contentLength !== null && /^\d{1,9}$/.test(contentLength) && Number(contentLength) <= bytesMax

const readAtOnce = (request: Request, bytesMax: number): Effect.Effect<Uint8Array, PayloadParseError> =>
  Effect.flatMap(Effect.tryPromise({ try: () => request.arrayBuffer(), catch: brokenOff }), (bytes) => {
    const body = new Body(bytesMax)
    body.take(new Uint8Array(bytes))
    return body.whole
  })

const readAll = (
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
): Effect.Effect<Uint8Array, PayloadParseError> => {
  const body = new Body(bytesMax)
  return Effect.acquireUseRelease(
    Effect.sync(() => stream.getReader()),
    (reader) =>
      Effect.tryPromise({
        try: async () => {
          for (let part = await reader.read(); !part.done; part = await reader.read())
            if (!body.take(part.value)) return
        },
        catch: brokenOff,
      }),
    // What is left of a body that is too long, or late, is not read; one that was read has nothing left to cancel.
    (reader) => Effect.ignore(Effect.tryPromise(() => reader.cancel())),
  ).pipe(Effect.zipRight(Effect.suspend(() => body.whole)))
}
