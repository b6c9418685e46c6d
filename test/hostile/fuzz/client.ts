import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { parseTwiml } from "../../../src/carriers/twilio/twiml/parse.ts"
import {
  clientOver,
  type InboundMessage,
  interactionsOf,
  makeOptOuts,
  makeReplayer,
  makeWebhooks,
  NotRecorded,
  OptOuts,
  readInteractions,
  twiml,
  type WebhookEndpoint,
} from "../../../src/client/client.ts"
import type { Pair } from "../../../src/core/entries.ts"
import { formBody } from "../../../src/core/form.ts"
import { sign } from "../../../src/core/signature.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const token = "mk9Q7xFuzzedTokenZr9w"
const account = `AC${"0".repeat(32)}`
const urls = [
  "https://app.example/sms",
  "https://app.example/status",
  "https://app.example/other",
  "http://app.example:80/sms?a=b",
]
const names =
  "MessageSid AccountSid From To Body NumMedia NumSegments MessageStatus ErrorCode OptOutType MediaUrl0 MediaContentType0 MessagingServiceSid ErrorUrl SmsSid".split(
    " ",
  )
const likely: Readonly<Record<string, ReadonlyArray<string>>> = {
  MessageSid: [`SM${"1".repeat(32)}`, `MM${"2".repeat(32)}`],
  AccountSid: [account],
  From: ["+15551234567", "whatsapp:+15551234567"],
  To: ["+15559876543", "+18005551212"],
  Body: ["Hello", "STOP", "start", "HELP", "echo"],
  NumMedia: ["0", "1", "10"],
  MessageStatus: ["sent", "delivered", "failed", "queued", "read"],
  ErrorCode: ["30003", ""],
  OptOutType: ["STOP", "START"],
  MediaUrl0: ["https://a.example/1.png"],
}
const types = [
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded; charset=UTF-8",
  "application/json",
  "text/plain",
  "",
  "multipart/form-data; boundary=x",
  undefined,
]

/** A request, and whether Twilio could have signed it. */
const requestOf = (random: Random) => {
  const params: Array<Pair> = names
    .filter(() => random.chance(75))
    .map((name) => [name, random.chance(75) ? random.pick(likely[name] ?? ["x"]) : random.pick(nasty)])
  params.push(...random.some(3, (): Pair => [random.pick(nasty), random.pick(nasty)]))
  const url = random.pick(urls)
  const form = formBody(params)
  const isSigned = random.chance(70)
  // What a reader of forms finds is what is signed.
  const read: ReadonlyArray<Pair> = [...new URLSearchParams(form)]
  const right = sign(token, url, read)
  return {
    isSigned,
    method: isSigned ? "POST" : random.pick(["POST", "GET", "PUT", "", "post", random.pick(nasty)]),
    url,
    body: isSigned ? form : mutated(random, form),
    type: isSigned ? types[0] : random.pick(types),
    signature: isSigned
      ? right
      : random.pick([undefined, "", mutated(random, right), random.pick(nasty), sign("", url, read)]),
    idempotency: random.pick([undefined, random.pick(nasty), "t1"]),
  }
}

const document = JSON.stringify({
  interactions: [
    {
      request: {
        method: "POST",
        path: `/Accounts/${account}/Messages.json`,
        body: { To: "+15551234567", From: "+15559876543", Body: "Hi" },
      },
      response: { status: 201, headers: { "content-type": "application/json" }, body: { sid: `SM${"1".repeat(32)}` } },
      timestamp: "2026-01-01T00:00:00Z",
    },
    {
      request: { method: "GET", path: `/Accounts/${account}/Messages/SM${"1".repeat(32)}.json` },
      response: { failed: "timeout, after the request left" },
    },
  ],
})

/** A recording of a stranger is refused with what is wrong, or played; it is never a defect but for what was not recorded. */
const played = async (random: Random): Promise<Outcome> => {
  const input = mutated(random, document, 6)
  const read = readInteractions(input)
  if (Either.isLeft(read))
    return { input, problem: read.left.expected === "" ? "is refused without saying what was expected" : undefined }
  if (Either.isLeft(readInteractions(interactionsOf(read.right)))) return { input, problem: "cannot be read again" }
  const { http } = makeReplayer(read.right)
  const client = Either.getOrThrow(
    clientOver(http, { accountSid: account, authToken: token, limits: false, circuitBreaker: false, retry: false }),
  )
  const sent = client.messages.send({ to: "+15551234567", from: "+15559876543", body: "Hi" })
  const quiet = Logger.withMinimumLogLevel(
    Effect.either(
      Effect.catchAllDefect(sent, (defect) => (defect instanceof NotRecorded ? Effect.void : Effect.die(defect))),
    ),
    LogLevel.None,
  )
  await Effect.runPromise(quiet)
  return { input }
}

const told: Array<string> = []
const watching = Logger.replace(
  Logger.defaultLogger,
  Logger.make(({ annotations, message }) => void told.push(`${message} ${JSON.stringify([...annotations])}`)),
)

const problemOf = (status: number, body: string, isSigned: boolean): string | undefined => {
  if (!isSigned) return status >= 400 && status < 500 ? undefined : `is answered ${status} without a signature`
  if (status !== 200 && status !== 400) return `is answered ${status} although it is signed`
  if (status === 200 && body !== "" && Either.isLeft(parseTwiml(body))) return `is answered no TwiML: ${body}`
  return undefined
}

/** Webhooks and recordings from strangers: refused or handled, and nothing they say is ever a defect. */
export const clientSurface: Surface = {
  name: "client",
  atOnce: 4,
  open: async () => {
    const optOuts = makeOptOuts({ max: 100 })
    const handlers = [
      { on: "echo", answer: ({ params }: InboundMessage) => Effect.succeed([...params].flat().join()) },
      {
        answer: ({ body, from }: InboundMessage) =>
          Effect.succeed(twiml.messaging(twiml.message(body, { to: from, media: [from] }))),
      },
    ]
    const webhooks = await Effect.runPromise(
      makeWebhooks({ authToken: token, messages: handlers, statuses: [{ hears: () => Effect.void }] }).pipe(
        Effect.provideService(OptOuts, optOuts),
      ),
    )
    const run = async (random: Random): Promise<Outcome> => {
      if (random.chance(25)) return played(random)
      const { body, idempotency, isSigned, method, signature, type, url } = requestOf(random)
      const headers: Readonly<Record<string, string | undefined>> = {
        "x-twilio-signature": signature,
        "content-type": type,
        "i-twilio-idempotency-token": idempotency,
      }
      const endpoint: WebhookEndpoint = random.chance(50) ? webhooks.inbound : webhooks.status
      const answer = await Effect.runPromise(
        endpoint({ method, url, header: (name) => headers[name], body: () => Effect.succeed(Buffer.from(body)) }).pipe(
          Logger.withMinimumLogLevel(LogLevel.All),
          Effect.provide(watching),
        ),
      )
      const lines = told.splice(0)
      const leak = lines.find((line) => line.includes(token) || line.includes("5551234567"))
      const problem = problemOf(answer.status, answer.body, isSigned)
      return {
        input: JSON.stringify({ method, url, headers, body }),
        problem: leak === undefined ? problem : `is logged with what is secret: ${leak.slice(0, 200)}`,
      }
    }
    return {
      run,
      end: async () => {
        const kept = (await Effect.runPromise(optOuts.list)).length
        return kept > 100 ? `${kept} opt-outs are kept` : undefined
      },
    }
  },
}
