import * as Effect from "effect/Effect"
import type { PayloadParseError } from "../errors.ts"
import { unreadable, type WebhookRequest } from "./incoming.ts"
import type { WebhookAnswer } from "./replays.ts"

/** A web standard `Request` as a webhook. */
export const fromWebRequest = (request: Request): WebhookRequest => ({
  method: request.method,
  url: request.url,
  header: (name) => request.headers.get(name) ?? undefined,
  body: (bytesMax) => {
    const stream = request.body
    return stream === null ? Effect.succeed(new Uint8Array()) : readAll(stream, bytesMax)
  },
})

/** An answer as a web standard `Response`. */
export const toWebResponse = ({ body, headers, status }: WebhookAnswer): Response =>
  new Response(body === "" ? null : body, { status, headers })

const readAll = (stream: ReadableStream<Uint8Array>, bytesMax: number): Effect.Effect<Uint8Array, PayloadParseError> =>
  Effect.acquireUseRelease(
    Effect.sync(() => stream.getReader()),
    (reader) =>
      Effect.tryPromise({
        try: async () => {
          const chunks: Array<Uint8Array> = []
          let length = 0
          for (let part = await reader.read(); !part.done; part = await reader.read()) {
            length += part.value.length
            if (length > bytesMax) return undefined
            chunks.push(part.value)
          }
          return Buffer.concat(chunks)
        },
        catch: () => unreadable(400, "its body broke off"),
      }),
    // What is left of a body that is too long, or late, is not read.
    (reader) => Effect.ignore(Effect.tryPromise(() => reader.cancel())),
  ).pipe(Effect.flatMap((bytes) => (bytes === undefined ? tooLong(bytesMax) : Effect.succeed(bytes))))

export const tooLong = (bytesMax: number) => unreadable(413, `its body is longer than ${bytesMax} bytes`)
