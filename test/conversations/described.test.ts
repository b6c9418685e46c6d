import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { openApiOf } from "../../src/server/controlHandler.ts"
import {
  Conflict,
  Conversation,
  Conversations,
  Forbidden,
  Message,
  Messages,
  NotFound,
  TooLarge,
  ValidationError,
} from "../../src/server/conversationsApi.ts"
import { type Conversing, conversing, number, phone, smsParams } from "../support/conversing.ts"

const tooLarge = { length: 70_000, sha256: "", why: "too-large" as const }

type Described = Schema.Schema.AnyNoContext

const conforms = (schema: Described, json: unknown) =>
  void Schema.decodeUnknownSync(schema as Schema.Schema<unknown>)(json, { onExcessProperty: "error" })

/** A run in which a number wrote and was answered, another was merged into it, and a message failed. */
const busy = Effect.gen(function* () {
  const run = yield* conversing({
    settings: {
      conversations: {
        monitor: { simulated: { tenants: { [phone]: "tenant-1" } } },
        reply: "We have your message.",
      },
    },
  })
  yield* run.write("Hola, ¿cuándo llega mi pedido?")
  yield* run.write("Hello", "+14155550124")
  yield* run.settled
  const { conversations } = (yield* run.ask("GET", "/api/conversations")).json
  yield* run.ask("POST", "/api/messages", { to: "+15005550001", body: "Hello", from: number })
  yield* run.ask("POST", "/api/messages", { conversation_id: conversations[0].id, body: "Hello" })
  yield* run.settled
  return { run, ids: conversations.map(({ id }: { id: string }) => id) as ReadonlyArray<string> }
})

describe("what the conversation service answers", () => {
  it.scoped("is as /openapi.json describes it, and nothing besides", () =>
    Effect.gen(function* () {
      const { ids, run } = yield* busy
      const [first, second] = ids as readonly [string, string]
      const is = (schema: Described, status: number, asked: ReturnType<Conversing["ask"]>) =>
        Effect.map(asked, (said) => {
          strictEqual(said.status, status)
          conforms(schema, said.json)
          return said.json
        })
      const under = `/api/conversations/${first}`
      const list = yield* is(Conversations, 200, run.ask("GET", "/api/conversations"))
      strictEqual(list.conversations.length, 3)
      yield* is(Conversation, 200, run.ask("GET", under))
      yield* is(Conversation, 200, run.ask("GET", `/api/conversations/by-number/${phone}`))
      const all = yield* is(Messages, 200, run.ask("GET", `${under}/messages`))
      assertTrue(all.messages.some((message: { status_events: [] }) => message.status_events.length > 0))
      yield* is(Message, 200, run.ask("GET", `/api/messages/${all.messages[0].id}`))
      yield* is(Conversation, 200, run.ask("PATCH", under, { workflow_type: "dispute", tenant_id: null }))
      yield* is(Conversation, 200, run.ask("POST", `${under}/close`, {}))
      yield* is(Conversation, 200, run.ask("POST", `${under}/reopen`, {}))
      yield* is(Conversation, 202, run.ask("POST", `${under}/lookup`, {}))
      const named = { named: { "idempotency-key": "k-1" } }
      yield* is(Message, 202, run.ask("POST", "/api/messages", { to: phone, body: "Once" }, named))
      yield* is(Conflict, 409, run.ask("POST", "/api/messages", { to: phone, body: "Twice" }, named))
      yield* is(Conversation, 200, run.ask("POST", `${under}/merge`, { into: second }))
      yield* is(Conversation, 200, run.ask("GET", under))
      yield* is(Conflict, 409, run.ask("PATCH", under, { workflow_type: "x" }))
      yield* is(NotFound, 404, run.ask("GET", "/api/conversations/none"))
      yield* is(ValidationError, 400, run.ask("POST", "/api/messages", { to: "nobody", body: "" }))
      yield* is(TooLarge, 413, run.ask("POST", "/api/messages", undefined, { body: tooLarge }))
      const sid = `SM${"9".repeat(32)}`
      yield* is(Forbidden, 403, run.ask("POST", "/webhook/twilio/sms", smsParams(sid), { signature: "invalid" }))
    }),
  )
})

describe("/openapi.json", () => {
  it("has the paths of the conversation service, and each is one that it answers", () => {
    const { components, paths, tags } = JSON.parse(openApiOf("1"))
    const ours = Object.entries(paths as Record<string, object>)
      .filter(([path]) => /^\/(webhook|api\/(conversations|messages))/.test(path))
      .map(([path, methods]) => `${path} ${Object.keys(methods).sort().join(" ")}`)
      .sort()
    deepStrictEqual(ours, [
      "/api/conversations get",
      "/api/conversations/by-number/{number} get",
      "/api/conversations/{id} get patch",
      "/api/conversations/{id}/close post",
      "/api/conversations/{id}/lookup post",
      "/api/conversations/{id}/merge post",
      "/api/conversations/{id}/messages get",
      "/api/conversations/{id}/reopen post",
      "/api/messages post",
      "/api/messages/{id} get",
      "/webhook/twilio/sms post",
      "/webhook/twilio/status post",
    ])
    assertTrue(Object.hasOwn(components.schemas, "SmsConversation"))
    assertTrue(tags.some(({ name }: { name: string }) => name === "conversation webhooks"))
    const webhook = paths["/webhook/twilio/sms"].post
    deepStrictEqual(Object.keys(webhook.requestBody.content), ["application/x-www-form-urlencoded"])
    deepStrictEqual(Object.keys(webhook.responses["200"].content), ["text/xml"])
  })
})
