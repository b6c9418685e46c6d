import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { stages } from "../../src/app/stages.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import { decode } from "../../src/core/Entry.ts"
import { outboundAnswered, outboundRequested, type Pair } from "../../src/core/entries.ts"
import { formBody } from "../../src/core/form.ts"
import { aboutOf } from "../../src/core/traffic/about.ts"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { askStage } from "../../src/scenarios/askStage.ts"
import type { Stage } from "../../src/scenarios/Stage.ts"

/* What a recorder between an application and an exchange would keep, of a run whose application is scripted endpoints. */

const start = Date.UTC(2026, 0, 5, 9)
const form: ReadonlyArray<Pair> = [["content-type", "application/x-www-form-urlencoded"]]
const json: ReadonlyArray<Pair> = [["content-type", "application/json"]]

export interface RecordedRun {
  readonly exchanges: ReadonlyArray<RecordedExchange>
}

/** An application: what it asks, and what happens meanwhile. */
export interface Acting {
  readonly stage: Stage
  /** Asks the API; gives the fields of the answer. */
  readonly ask: (method: string, path: string, params?: Readonly<Record<string, string>>) => Effect.Effect<JsonObject>
  readonly wait: (ms: number) => Effect.Effect<void>
  readonly arrives: (from: string, to: string, body: string) => Effect.Effect<void>
}

/** Plays an application on a run and gives what was said, as recorded. */
export const recordedRun = (
  settings: JsonObject,
  act: (acting: Acting) => Effect.Effect<void>,
  seed = 7,
): Effect.Effect<ReadonlyArray<RecordedExchange>> =>
  Effect.scoped(
    Effect.gen(function* () {
      const stage = yield* stages.open({ seed, start, settings, forwards: [], application: undefined })
      const { engine } = stage.run
      const exchanges: Array<Omit<RecordedExchange, "about" | "n">> = []
      const ask: Acting["ask"] = (method, path, params) =>
        Effect.gen(function* () {
          const at = engine.now
          const url = path.replace("ACCOUNT", stage.accountSid)
          const body = params === undefined ? "" : formBody(Object.entries(params))
          const credentials = `${stage.accountSid}:${Redacted.value(stage.authToken)}`
          const answered = yield* askStage(stage, {
            method,
            url,
            authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
            contentType: params === undefined ? undefined : form[0]?.[1],
            body: Buffer.from(body),
          })
          if ("never" in answered) throw new Error(answered.never)
          exchanges.push({
            direction: "api",
            at,
            took: engine.now - at,
            request: {
              method,
              url: `https://api.twilio.com${url}`,
              headers: params === undefined ? [] : form,
              body: { text: body },
            },
            answer: { status: answered.status, headers: json, body: { text: answered.body } },
          })
          return (answered.body === "" ? {} : JSON.parse(answered.body)) as JsonObject
        }).pipe(Effect.orDie)
      yield* act({
        stage,
        ask,
        wait: (ms) => Effect.orDie(engine.advance(ms)),
        arrives: (from, to, body) =>
          Effect.gen(function* () {
            yield* engine.submit(Either.getOrThrow(stage.phones.arriving({ from, to, body, media: [] })))
            yield* engine.settled
          }).pipe(Effect.orDie),
      })
      return inOrder([...exchanges, ...(yield* webhooksOf(stage))])
    }),
  ).pipe(Effect.orDie)

const inOrder = (exchanges: ReadonlyArray<Omit<RecordedExchange, "about" | "n">>): ReadonlyArray<RecordedExchange> =>
  [...exchanges]
    .sort((a, b) => a.at - b.at)
    .map((exchange, i) => ({ ...exchange, about: aboutOf({ ...exchange, n: i + 1 }), n: i + 1 }))

/** Requests that the run sent, with what its endpoints answered. */
const webhooksOf = (stage: Stage) =>
  Effect.gen(function* () {
    const rows = yield* Effect.orDie(stage.run.log.read(0, 100_000))
    const entries = rows.map(decode)
    const answers = new Map(entries.filter(outboundAnswered.is).map((entry) => [entry.cause, entry]))
    return entries.filter(outboundRequested.is).flatMap(({ at, data: request, seq }) => {
      const answer = answers.get(seq)
      if (answer === undefined) return []
      const get = request.method === "GET"
      const text = formBody(request.params)
      const { body, content_type: type = "text/plain", status } = answer.data
      return [
        {
          direction: "webhook" as const,
          at,
          took: answer.at - at,
          request: {
            method: request.method,
            url: get && text !== "" ? `${request.url}?${text}` : request.url,
            headers: [...(get ? [] : form), ["x-twilio-signature", "present"] as const],
            body: { text: get ? "" : text },
          },
          answer: {
            status,
            headers: [["content-type", type] as const],
            body: { text: typeof body === "string" ? body : "" },
          },
        },
      ]
    })
  })

const number = "+14155550100"

/** A run with a bit of everything that recorded traffic has. */
export const busyRun = recordedRun(
  {
    twilio: {
      numbers: {
        "+14155550199": { outcome: "undelivered", error_code: 30003, delays: { sent: "700ms", undelivered: "9s" } },
      },
    },
    callbacks: {},
    endpoints: [
      {
        url: "https://app.example/sms",
        answers: [{ status: 200, content_type: "text/xml", body: "<Response><Message>Thank you</Message></Response>" }],
      },
      {
        url: "https://app.example/voice",
        answers: [{ status: 200, content_type: "text/xml", body: "<Response><Say>Hello</Say><Hangup/></Response>" }],
      },
      { url: "https://app.example/status", answers: [{ status: 204 }] },
    ],
  },
  ({ arrives, ask, wait }) =>
    Effect.gen(function* () {
      const messages = "/2010-04-01/Accounts/ACCOUNT/Messages"
      const status = { StatusCallback: "https://app.example/status" }
      yield* ask("POST", "/2010-04-01/Accounts/ACCOUNT/IncomingPhoneNumbers.json", {
        PhoneNumber: number,
        SmsUrl: "https://app.example/sms",
      })
      yield* wait(1_000)
      const sent = yield* ask("POST", `${messages}.json`, {
        To: "+14155550123",
        From: number,
        Body: "Your code is 482913",
        ...status,
      })
      yield* wait(40)
      yield* ask("POST", `${messages}.json`, { To: "+14155550199", From: number, Body: "Hello", ...status })
      yield* ask("POST", `${messages}.json`, { To: "12", From: number, Body: "Hello" })
      yield* wait(60_000)
      yield* ask("GET", `${messages}/${String(sent.sid)}.json`)
      yield* arrives("+14155550177", number, "Is anybody there?")
      yield* wait(5_000)
      yield* ask("POST", "/2010-04-01/Accounts/ACCOUNT/Calls.json", {
        To: "+14155550123",
        From: number,
        Url: "https://app.example/voice",
        ...status,
      })
      yield* wait(60_000)
      yield* ask("GET", `${messages}.json?PageSize=2`)
      yield* ask("GET", `${messages}/SM${"0".repeat(32)}.json`)
      yield* ask("DELETE", `${messages}/${String(sent.sid)}.json`)
    }),
)
