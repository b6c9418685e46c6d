import type { Server } from "../support/program.ts"

const connections = 6

/** Host ms in which what a server sent before its end is read. */
const lastAnswersMs = 500

/** Numbers the settings of a crash run let succeed and fail. */
export const failureNumber = "+15559999999"
/** The number that messages are sent from, and phones send to. */
export const sender = "+15550000001"
const numbers = ["+15551234567", "+15559876543", failureNumber]

/** Messages that a server was asked to send. */
export interface Load {
  /** SIDs whose answer the client has read to its end. */
  readonly acknowledged: ReadonlySet<string>
  /** Ids of texts to the gateway, the same. */
  readonly texts: ReadonlySet<string>
  /** Answers that were no 201. */
  readonly refused: ReadonlyArray<{ readonly status: number; readonly text: string }>
  /** Requests that got no answer. */
  readonly unanswered: () => number
  /** Ends it; every request that is under way has come to its end then. */
  readonly stop: () => Promise<void>
}

let sent = 0

/** Has the application asked about messages that phones send to the sender's number. */
export const askAboutPhones = async (server: Server, application: string): Promise<void> => {
  const numbersPath = server.messages.replace("Messages", "IncomingPhoneNumbers")
  const { json } = await server.ask(`${numbersPath}?PhoneNumber=${encodeURIComponent(sender)}`)
  const path = numbersPath.replace(".json", `/${json.incoming_phone_numbers[0].sid}.json`)
  const { status, text } = await server.ask(path, { form: { SmsUrl: `${application}/sms` } })
  if (status !== 200) throw new Error(`the number's SmsUrl was not taken: ${status} ${text}`)
}

/** Texts that go to the gateway at once. */
const burst = 5

/** A log keeps 10,000 passwords of URLs at most; several hundred lives of it get by with them. */
const callbacksPerPassword = 32

/**
 * Sends messages over several connections until it is stopped or the server answers no more. Now and then a callback has a
 * password of its own; with `all` one message in five is a phone's, one in seven a call, and one in six a burst of texts to the gateway.
 */
export const startLoad = (server: Server, callbacks: string, { all = false } = {}): Load => {
  const acknowledged = new Set<string>()
  const texts = new Set<string>()
  const refused: Array<{ status: number; text: string }> = []
  let unanswered = 0
  let stopped = false
  // A fetch whose server dies while it connects may wait for ever.
  const underWay = new Set<AbortController>()
  void server.ended.then(() =>
    setTimeout(() => {
      for (const request of underWay) request.abort()
    }, lastAnswersMs),
  )
  const json = (path: string, data: object, { signal }: AbortController) =>
    server.ask(path, {
      method: "POST",
      body: JSON.stringify(data),
      headers: { "content-type": "application/json" },
      signal,
    })
  /** Tells whether all were taken. */
  const sendTexts = async (n: number, request: AbortController): Promise<boolean> => {
    const text = (i: number) => ({ phone: "01921317475", text: `text ${n}-${i}` })
    const asked = Array.from({ length: burst }, (_, i) => json("/api/sms/send", text(i), request))
    let failed = 0
    for (const each of await Promise.allSettled(asked))
      if (each.status === "rejected") failed++
      else if (each.value.status === 200) texts.add(each.value.json.message_id)
      else refused.push(each.value)
    unanswered += failed
    return failed === 0
  }
  const send = async () => {
    while (!stopped) {
      const n = sent++
      const userinfo = n % callbacksPerPassword === 0 ? `u${n}:p${n}@` : ""
      const request = new AbortController()
      underWay.add(request)
      try {
        if (all && n % 6 === 1) {
          if (await sendTexts(n, request)) continue
          return
        }
        const form = {
          To: numbers[n % numbers.length] ?? "",
          From: sender,
          Body: `number ${n}`,
          StatusCallback: `${callbacks.replace("://", `://${userinfo}`)}/status?n=${n}`,
        }
        const call = { To: form.To, From: sender, Url: `${callbacks}/voice`, StatusCallback: form.StatusCallback }
        const {
          json: told,
          status,
          text,
        } = all && n % 7 === 3
          ? await server.ask(server.messages.replace("Messages", "Calls"), { form: call, signal: request.signal })
          : all && n % 5 === 0
            ? await json("/admin/inbound", { from: form.To, to: sender, body: form.Body }, request)
            : await server.ask(server.messages, { form, signal: request.signal })
        if (status === 201 || status === 200) acknowledged.add(told.sid)
        else {
          refused.push({ status, text })
          return
        }
      } catch {
        unanswered++
        return
      } finally {
        underWay.delete(request)
      }
    }
  }
  const senders = Array.from({ length: connections }, send)
  return {
    acknowledged,
    texts,
    refused,
    unanswered: () => unanswered,
    stop: async () => {
      stopped = true
      await Promise.all(senders)
    },
  }
}
