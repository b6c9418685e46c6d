import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { SettingsFile } from "../../src/app/settingsFile.ts"
import { messageArrived } from "../../src/carriers/twilio/inbound/entries.ts"
import { conversationsMachine } from "../../src/conversations/conversations.machine.ts"
import type { Conversations } from "../../src/conversations/state.ts"
import { type ApiRequested, apiRequested } from "../../src/core/entries.ts"
import { memoryKeys } from "../../src/log/Keys.ts"
import { conversationsApi } from "../../src/network/apis.ts"
import { jsonIn } from "../../src/network/jsonIn.ts"
import { account, type SimulateOptions, type Simulation, simulate } from "./simulate.ts"

export const number = "+15550000001"
export const phone = "+14155550123"

/** An answer of the conversation service, its body read. */
export interface Said {
  readonly status: number
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any
}

export interface Conversing extends Simulation {
  /** Sends one request to the conversation service; a webhook counts as signed unless `data` says otherwise. */
  readonly ask: (
    method: string,
    url: string,
    body?: unknown,
    data?: Partial<ApiRequested> & { readonly named?: Readonly<Record<string, string>> },
  ) => Effect.Effect<Said>
  /** A phone writes to the number. */
  readonly write: (body: string, from?: string) => Effect.Effect<void>
  readonly world: () => Conversations
}

const keys = memoryKeys("conversing")

const bytesOf = (body: unknown) =>
  body === undefined
    ? new Uint8Array()
    : new TextEncoder().encode(
        body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : JSON.stringify(body),
      )

/** The input that a request to the conversation service is. */
export const requestIn = (
  method: string,
  url: string,
  body?: unknown,
  { named, ...data }: Parameters<Conversing["ask"]>[3] = {},
) => {
  const form = body instanceof URLSearchParams
  const read = jsonIn(
    {
      method,
      url,
      authorization: undefined,
      contentType: form ? "application/x-www-form-urlencoded" : "application/json",
      ...(named === undefined ? {} : { headers: named }),
      body: bytesOf(body),
    },
    { api: conversationsApi, reads: ["x-request-id", "idempotency-key"] },
    keys,
  )
  return apiRequested.draft("", {
    ...read,
    ...(url.startsWith("/webhook/") ? { signature: "valid" as const } : {}),
    ...data,
  })
}

/** A webhook's parameters about a message from a phone. */
export const smsParams = (sid: string, params: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({
    MessageSid: sid,
    AccountSid: account,
    From: phone,
    To: number,
    Body: "Hello there",
    NumMedia: "0",
    ...params,
  })

export const statusParams = (sid: string, status: string, params: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({ MessageSid: sid, MessageStatus: status, AccountSid: account, ...params })

/** A run whose number tells messages from phones to its own conversation service. */
export const conversing = ({
  settings,
  ...options
}: SimulateOptions = {}): Effect.Effect<Conversing, never, Scope.Scope> =>
  Effect.gen(function* () {
    const simulation = yield* simulate({
      ...options,
      settings: { ...settings, twilio: { allowed_from_numbers: [number], ...settings?.twilio } } satisfies SettingsFile,
    })
    const { engine } = simulation.run
    const ask: Conversing["ask"] = (method, url, body, data) =>
      Effect.async((resume) =>
        engine.ask(
          requestIn(method, url, body, data),
          ({ aside, entry: { data: answer } }) => {
            const text = "body" in answer ? answer.body : (aside ?? "")
            const json = text.startsWith("{") ? JSON.parse(text) : undefined
            resume(Effect.succeed({ status: answer.status, body: text, json }))
          },
          (why) => resume(Effect.die(why)),
        ),
      )
    const numbers = `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers`
    if (!simulation.run.resumed) {
      const listed = JSON.parse((yield* simulation.api("GET", `${numbers}.json`)).body)
      const { sid } = listed.incoming_phone_numbers[0]
      const form = new URLSearchParams({ SmsUrl: "http://ringback.internal/webhook/twilio/sms" })
      yield* simulation.api("POST", `${numbers}/${sid}.json`, form.toString())
    }
    return {
      ...simulation,
      ask,
      write: (body, from = phone) =>
        Effect.asVoid(Effect.orDie(engine.submit(messageArrived.draft("", { body, from, to: number })))),
      world: () => engine.world.slice(conversationsMachine),
    }
  })
