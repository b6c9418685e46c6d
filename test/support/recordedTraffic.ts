import type { RecordedExchange, RecordedRequest, TrafficHeader } from "../../src/core/traffic/RecordedExchange.ts"

/** A SID of a kind, by number. */
export const sidOf = (kind: string, n = 1): string => `${kind}${String(n).padStart(32, "0")}`

/** When the traffic of tests began. */
export const recordedAt = Date.UTC(2025, 10, 18, 9)

/** The header of a recording in which everything is kept, unless it is said otherwise. */
export const trafficHeader = (redaction: Partial<TrafficHeader["redaction"]> = {}): TrafficHeader => ({
  by: "ringback test",
  format: 1,
  kind: "traffic",
  recording: "ringback",
  redaction: { bodies: "kept", numbers: "kept", salt: "", ...redaction },
  source: "https://api.twilio.com",
  started: recordedAt,
})

export type FormFields = Readonly<Record<string, string>>

const formType = ["content-type", "application/x-www-form-urlencoded"] as const

/** A request for a path, with a form or, of a GET, a query. */
export const requestFor = (method: string, path: string, fields: FormFields = {}): RecordedRequest => {
  const form = new URLSearchParams(fields).toString()
  const isGet = method === "GET"
  return {
    body: { text: isGet ? "" : form },
    headers: isGet ? [] : [formType],
    method,
    url: `https://api.twilio.com${path}${isGet && form !== "" ? `?${form}` : ""}`,
  }
}

/** An exchange as it is recorded; the n-th begins n seconds after the first and takes 100 ms. */
export const recordedExchange = (
  n: number,
  request: RecordedRequest,
  { about = "", answer = {}, status = 200 }: { about?: string; answer?: object; status?: number } = {},
): RecordedExchange => ({
  about,
  answer: { body: { text: JSON.stringify(answer) }, headers: [["content-type", "application/json"]], status },
  at: recordedAt + 1_000 * n,
  direction: "api",
  n,
  request,
  took: 100,
})

/** A webhook about something. */
export const recordedWebhook = (n: number, about: string, fields: FormFields = {}): RecordedExchange => ({
  about,
  answer: { body: { text: "" }, headers: [], status: 204 },
  at: recordedAt + 1_000 * n,
  direction: "webhook",
  n,
  request: {
    ...requestFor("POST", "", { MessageSid: about, ...fields }),
    url: "https://recorder.example/webhooks/status",
  },
  took: 5,
})
