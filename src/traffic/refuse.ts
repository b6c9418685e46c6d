import type { ServerResponse } from "node:http"
import { canonical, type Json } from "../core/canonical.ts"
import type { RecordedExchange } from "../core/traffic/RecordedExchange.ts"

/** Twilio's code for a status. */
const codes = { 400: 20400, 404: 20404, 413: 20400, 502: 20503 } as const

/** An answer that a recorder or a playback gives by itself: to an application in Twilio's shape, to the carrier as a text. */
export const refuse = (
  response: ServerResponse,
  status: keyof typeof codes,
  direction: RecordedExchange["direction"],
  message: string,
  details?: Json,
): void => {
  const code = codes[status]
  const more = details === undefined ? {} : { details }
  const [type, body] =
    direction === "webhook"
      ? ["text/plain; charset=utf-8", `${message}\n`]
      : [
          "application/json",
          canonical({
            code,
            message: `Ringback: ${message}`,
            more_info: `https://www.twilio.com/docs/errors/${code}`,
            status,
            ...more,
          }),
        ]
  response.writeHead(status, { "Content-Length": Buffer.byteLength(body), "Content-Type": type }).end(body)
}
