import * as Effect from "effect/Effect"
import { type Http, type HttpAnswer, HttpFailure, type HttpRequest } from "../../src/client/Http.ts"

/** What becomes of a request: an answer, a failure, or nothing ever. */
export type Reply = HttpAnswer | HttpFailure | "never" | ((request: HttpRequest) => Reply)

export interface ScriptedHttp extends Http {
  readonly requests: Array<HttpRequest>
}

/** Answers each request by the next of its replies, and the last one for ever; keeps its time-out as every `Http` does. */
export const scriptedHttp = (...replies: ReadonlyArray<Reply>): ScriptedHttp => {
  const requests: Array<HttpRequest> = []
  return {
    requests,
    send: (request) =>
      Effect.suspend(() => {
        const reply = replies[Math.min(requests.push(request), replies.length) - 1]
        if (reply === undefined) return Effect.dieMessage(`nothing is scripted for ${request.method} ${request.url}`)
        return Effect.timeoutFail(become(reply, request), {
          duration: request.timeoutMs,
          onTimeout: () => failed("timeout", true),
        })
      }),
  }
}

const become = (reply: Reply, request: HttpRequest): Effect.Effect<HttpAnswer, HttpFailure> => {
  if (reply === "never") return Effect.never
  if (typeof reply === "function") return become(reply(request), request)
  return "status" in reply ? Effect.succeed(reply) : Effect.fail(reply)
}

export const failed = (reason: HttpFailure["reason"], left: boolean): HttpFailure =>
  new HttpFailure({ reason, left, message: `scripted: ${reason}` })

export const answered = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
})

/** Twilio's own error. */
export const refusedBy = (status: number, code: number, headers: Record<string, string> = {}): HttpAnswer =>
  answered(
    status,
    { code, message: `error ${code}`, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
    headers,
  )

export const accountSid = `AC${"0".repeat(32)}`
export const authToken = "s3cr3t-token-of-tests"
export const sidOf = (n: number): string => `SM${String(n).padStart(32, "0")}`

/** A message as Twilio answers it. */
export const wireMessage = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  sid: sidOf(1),
  date_created: "Thu, 01 Jan 1970 00:00:00 +0000",
  date_updated: "Thu, 01 Jan 1970 00:00:00 +0000",
  date_sent: null,
  account_sid: accountSid,
  to: "+15551234567",
  from: "+15550000001",
  messaging_service_sid: null,
  body: "Hello",
  status: "queued",
  num_segments: "1",
  num_media: "0",
  direction: "outbound-api",
  api_version: "2010-04-01",
  price: null,
  price_unit: "USD",
  error_code: null,
  error_message: null,
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sidOf(1)}.json`,
  subresource_uris: {},
  ...fields,
})

export const created = (fields: Record<string, unknown> = {}): HttpAnswer => answered(201, wireMessage(fields))

/** A page of a list, as Twilio answers it. */
export const listed = (messages: ReadonlyArray<Record<string, unknown>>, next: string | null = null): HttpAnswer =>
  answered(200, { messages, next_page_uri: next, page: 0, page_size: 50 }, { date: "Thu, 01 Jan 1970 00:00:00 GMT" })
