import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { TwilioSmsError } from "./errors.ts"
import type { TwilioClient } from "./TwilioClient.ts"

/** A client, and what it can be asked for. */
export interface Subject {
  readonly client: TwilioClient
  /** A number of its account. */
  readonly from: string
  /** A messaging service of its account, and a date at which a message may be scheduled. */
  readonly messagingServiceSid: string
  readonly sendAt: Date
}

const [ann, bob] = ["+15551230001", "+15551230002"]
const nobody = `SM${"f".repeat(32)}`

/** What every `TwilioClient` does, whether it speaks to an API, plays a recording or is a mock. Each fact has a subject of its own. */
export const clientContract = <E>(name: string, open: Effect.Effect<Subject, E, Scope.Scope>): void => {
  describe(`${name} is a TwilioClient:`, () => {
    const fact = (title: string, check: (subject: Subject) => Effect.Effect<void, unknown, Scope.Scope>) =>
      it.scopedLive(title, () => Logger.withMinimumLogLevel(Effect.flatMap(open, check), LogLevel.None))

    fact("what is sent is given back as a message", ({ client, from }) =>
      Effect.gen(function* () {
        const { messages } = client
        const message = yield* messages.send({ to: ann, from, body: "Hello" })
        assertTrue(/^SM[0-9a-fA-F]{32}$/.test(message.sid))
        deepStrictEqual(
          [message.to, message.from, message.body, message.direction, message.numMedia, message.errorCode],
          [ann, from, "Hello", "outbound-api", 0, null],
        )
        assertTrue(message.dateCreated instanceof Date)
        const again = yield* messages.get(message.sid)
        deepStrictEqual([again.sid, again.body], [message.sid, "Hello"])
      }),
    )

    fact("a message with media is an MMS", ({ client, from }) =>
      Effect.gen(function* () {
        const message = yield* client.messages.send({ to: ann, from, mediaUrl: ["https://media.test/1.png"] })
        deepStrictEqual([message.sid.slice(0, 2), message.numMedia], ["MM", 1])
      }),
    )

    fact("bulk: outcomes in order, a failure is a value", ({ client, from }) =>
      Effect.gen(function* () {
        const outcomes = yield* client.messages.sendBulk([
          { to: ann, from, body: "1" },
          { to: "nobody", from, body: "2" },
          { to: bob, from, body: "3" },
        ])
        deepStrictEqual(
          outcomes.map((one) => (one.ok ? one.value.body : one.error._tag)),
          ["1", "InvalidRecipient", "3"],
        )
      }),
    )

    fact("several are read in the order they are asked for, twice too", ({ client, from }) =>
      Effect.gen(function* () {
        const { sid } = yield* client.messages.send({ to: ann, from, body: "Hello" })
        const outcomes = yield* client.messages.getMany([sid, nobody, sid])
        deepStrictEqual(
          outcomes.map((one) => (one.ok ? one.value.sid : one.error._tag)),
          [sid, "NotFound", sid],
        )
      }),
    )

    fact("a list has what was sent to a number, newest first, as many as are taken", ({ client, from }) =>
      Effect.gen(function* () {
        for (const [to, body] of [
          [ann, "1"],
          [bob, "2"],
          [ann, "3"],
          [ann, "4"],
        ] as const)
          yield* client.messages.send({ to, from, body })
        const bodies = (messages: Chunk.Chunk<{ readonly body: string }>) => [...messages].map(({ body }) => body)
        deepStrictEqual(bodies(yield* Stream.runCollect(client.messages.list({ to: ann }))), ["4", "3", "1"])
        deepStrictEqual(bodies(yield* Stream.runCollect(client.messages.list({ to: ann, limit: 2 }))), ["4", "3"])
        const pages = Chunk.toReadonlyArray(yield* Stream.runCollect(client.messages.pages({ to: ann, pageSize: 2 })))
        deepStrictEqual(
          pages.map(({ index, isLast, items }) => [index, items.map(({ body }) => body), isLast]),
          [
            [0, ["4", "3"], false],
            [1, ["1"], true],
          ],
        )
      }),
    )

    fact("a scheduled message is canceled, twice too; one that is not scheduled is not", (subject) =>
      Effect.gen(function* () {
        const { messages } = subject.client
        const { from, messagingServiceSid, sendAt } = subject
        const later = yield* messages.send({ to: ann, messagingServiceSid, body: "Later", sendAt })
        strictEqual(later.status, "scheduled")
        strictEqual((yield* messages.cancel(later.sid)).status, "canceled")
        strictEqual((yield* messages.cancel(later.sid)).status, "canceled")
        const now = yield* messages.send({ to: ann, from, body: "Now" })
        strictEqual((yield* Effect.flip(messages.cancel(now.sid)))._tag, "NotCancelable")
      }),
    )

    fact("what cannot be sent is refused by its class and Twilio's code", ({ client, from }) =>
      Effect.gen(function* () {
        for (const [request, tag, code] of [
          [{ to: "nobody", from, body: "x" }, "InvalidRecipient", 21211],
          [{ to: ann, from: "!", body: "x" }, "InvalidSender", 21212],
          [{ to: ann, from }, "InvalidRequest", 21619],
          [{ to: ann, from, body: "x".repeat(1_601) }, "MessageTooLong", 21617],
          [{ to: ann, from, body: "x", sendAt: new Date(0) }, "InvalidRequest", 35118],
        ] as const) {
          const error = yield* Effect.flip(client.messages.send(request))
          deepStrictEqual([error._tag, error.code], [tag, code])
          assertTrue(error instanceof TwilioSmsError)
        }
      }),
    )

    fact("a message that is not there is not found", ({ client }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(client.messages.get(nobody))
        deepStrictEqual([error._tag, error.code, error.retryable], ["NotFound", 20404, false])
      }),
    )

    fact("who has opted out is sent nothing, until opting in again", ({ client, from }) =>
      Effect.gen(function* () {
        yield* client.optOuts.optOut({ recipient: ann, sender: from }, "application")
        const error = yield* Effect.flip(client.messages.send({ to: ann, from, body: "x" }))
        deepStrictEqual([error._tag, error.code], ["OptedOut", 21610])
        yield* client.messages.send({ to: bob, from, body: "x" })
        strictEqual(yield* client.optOuts.optIn({ recipient: ann, sender: from }), true)
        yield* client.messages.send({ to: ann, from, body: "x" })
      }),
    )

    fact("a template is validated, rendered and sent", ({ client, from }) =>
      Effect.gen(function* () {
        const { messages, templates } = client
        strictEqual((yield* Effect.flip(templates.register("bad", "{{ 1 + 1 }}")))._tag, "InvalidTemplate")
        yield* templates.register("code", "Your code is {{ code }}")
        strictEqual((yield* Effect.flip(templates.validate("code")))._tag, "MissingVariables")
        strictEqual((yield* Effect.flip(templates.validate("none")))._tag, "UnknownTemplate")
        strictEqual(yield* templates.render("code", { code: "123" }), "Your code is 123")
        const template = { name: "code", variables: { code: "456" } }
        strictEqual((yield* messages.send({ to: ann, from, template })).body, "Your code is 456")
      }),
    )

    fact("a client that is well has its circuit closed", ({ client }) =>
      Effect.map(client.circuit, (state) => strictEqual(state, "closed")),
    )
  })
}
