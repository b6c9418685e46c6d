import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { machines } from "../../src/app/machines.ts"
import { seenCalls } from "../../src/carriers/twilio/calls/seenCalls.ts"
import { seenMessages } from "../../src/carriers/twilio/messages/seenMessages.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { conversationsMachine } from "../../src/conversations/conversations.machine.ts"
import type { SeenStatus } from "../../src/conversations/state.ts"
import { decode, type Row } from "../../src/core/Entry.ts"
import { iso } from "../../src/core/Instant.ts"
import { WorldState } from "../../src/engine/World.ts"
import { gatewayMachine } from "../../src/gateway/gateway.machine.ts"
import type { LogReader } from "../../src/log/EventLog.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import { openProjection } from "../../src/projection/ProjectionFile.ts"
import { tables } from "../../src/projection/parts.ts"

export const logOf = (rows: ReadonlyArray<Row>): LogReader => {
  const log = makeMemory()
  log.append(rows)
  return log
}

export const scoped = <A, E>(body: Effect.Effect<A, E, Scope.Scope>) => Effect.orDie(Effect.scoped(body))

/** The world's messages and calls as tables have them, oldest first. */
const worldTables = (world: WorldState) => {
  const { calls, messages } = world.slice(twilioMachine)
  return {
    messages: [...(seenMessages(messages) ?? [])].reverse().map((message) => ({
      message_sid: message.sid,
      account_sid: message.accountSid,
      messaging_service_sid: message.serviceSid ?? null,
      direction: message.direction,
      from_number: message.from,
      to_number: message.to,
      body: message.body,
      status: message.status,
      error_code: message.errorCode ?? null,
      num_media: message.numMedia,
      num_segments: message.numSegments,
      created_at: iso(message.created),
      updated_at: iso(message.updated),
      sent_at: message.sent === undefined ? null : iso(message.sent),
    })),
    calls: [...(seenCalls(calls) ?? [])].reverse().map((call) => ({
      call_sid: call.sid,
      account_sid: call.accountSid,
      parent_call_sid: call.parentSid ?? null,
      direction: call.direction,
      from_number: call.from,
      to_number: call.to,
      status: call.status === "initiated" ? "queued" : call.status,
      answered_by: call.answeredBy ?? null,
      created_at: iso(call.created),
      answered_at: call.answered === undefined ? null : iso(call.answered),
      ended_at: call.ended === undefined ? null : iso(call.ended),
    })),
    ...conversationTables(world),
    ...gatewayTables(world),
    callbacks: world.slice(outboundMachine).attempts,
  }
}

const gatewayTables = (world: WorldState) => {
  const all = [...world.slice(gatewayMachine).byId.values()]
  return {
    gateway_requests: all.map((request) => ({
      id: request.id,
      phone: request.phone,
      text: request.text,
      priority: request.priority,
      status: request.status,
      attempts: request.attempts.length,
      provider: request.attempts.at(-1)?.provider ?? null,
      dead_letter_reason: request.dead?.reason ?? null,
      created_at: iso(request.accepted),
      updated_at: iso(request.updated ?? request.accepted),
    })),
    gateway_responses: all
      .flatMap((request) =>
        request.attempts.map((attempt, i) => ({
          id: attempt.chosen,
          request_id: request.id,
          attempt: i + 1,
          provider: attempt.provider,
          outcome: attempt.outcome ?? null,
          status_code: attempt.status ?? null,
          code: attempt.code ?? null,
          reason: attempt.reason ?? null,
          provider_message_id: attempt.providerMessageId ?? null,
          cost_micros: attempt.cost?.micros ?? null,
          currency: attempt.cost?.currency ?? null,
          created_at: iso(attempt.at),
          answered_at: attempt.answered === undefined ? null : iso(attempt.answered),
        })),
      )
      .sort((a, b) => a.id - b.id),
  }
}

const conversationTables = (world: WorldState) => {
  const { all, messages, untied } = world.slice(conversationsMachine)
  const confidence = (basisPoints: number) => basisPoints / 10_000
  const event = (message_id: string | null, twilio_sid: string) => (seen: SeenStatus) => ({
    message_id,
    twilio_sid,
    event_status: seen.status,
    error_code: seen.errorCode ?? null,
    created_at: iso(seen.at),
    moved: seen.moved ? 1 : 0,
  })
  return {
    sms_conversations: all.map((conversation) => ({
      id: conversation.id,
      phone_number_canonical: conversation.number,
      phone_number_original: conversation.original,
      tenant_id: conversation.tenantId ?? null,
      workflow_type: conversation.workflowType ?? null,
      workflow_id: conversation.workflowId ?? null,
      language_detected: conversation.language,
      language_confidence: confidence(conversation.confidenceBp),
      last_message_at: iso(conversation.lastMessageAt),
      created_at: iso(conversation.createdAt),
      updated_at: iso(conversation.updatedAt),
      status: conversation.status,
      merged_into: conversation.mergedInto ?? null,
      tenant_lookup: conversation.lookup?._tag === "Ended" ? conversation.lookup.outcome : null,
    })),
    sms_messages: messages.map((message) => ({
      id: message.id,
      conversation_id: all[message.conversation]?.id ?? "",
      direction: message.direction,
      twilio_sid: message.sid === "" ? null : message.sid,
      from_number: message.from,
      to_number: message.to,
      message_content: message.body,
      delivery_status: message.status,
      created_at: iso(message.createdAt),
      updated_at: iso(message.updatedAt),
      error_code: message.errorCode ?? null,
      reason: message.reason ?? null,
      attempts: message.attempts,
      num_media: message.numMedia,
      language_detected: message.language,
      language_confidence: confidence(message.confidenceBp),
    })),
    sms_message_status_events: [
      ...messages.flatMap((message) => message.statuses.map(event(message.id, message.sid))),
      ...[...untied].flatMap(([sid, statuses]) => statuses.map(event(null, sid))),
    ],
  }
}

/** Of rows of a table the columns that others have. */
const columnsLike = (rows: Iterable<Readonly<Record<string, unknown>>>, like: ReadonlyArray<object>) => {
  const columns = Object.keys(like[0] ?? {})
  return [...rows].map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))
}

const compared = [
  "messages",
  "calls",
  "sms_conversations",
  "sms_messages",
  "gateway_requests",
  "gateway_responses",
] as const

/** Takes rows one piece after the other, and compares the tables with the whole world behind each. */
export const agrees = (rows: ReadonlyArray<Row>, pieces: ReadonlyArray<number>) =>
  scoped(
    Effect.gen(function* () {
      const projection = yield* openProjection(":memory:")
      const world = new WorldState(machines)
      let from = 0
      for (const piece of [...pieces, rows.length]) {
        const taken = rows.slice(from, from + piece)
        from += taken.length
        for (const row of taken) world.evolve(decode(row))
        projection.take(taken)
        const expected = worldTables(world)
        for (const table of compared)
          deepStrictEqual(columnsLike(projection.rows(table), expected[table]), expected[table])
        const events = expected.sms_message_status_events
        deepStrictEqual(
          new Set(columnsLike(projection.rows("sms_message_status_events"), events).map((row) => JSON.stringify(row))),
          new Set(events.map((row) => JSON.stringify(row))),
        )
        const callbacks = [...projection.rows("callback_logs")].filter(({ purpose }) => purpose === "callback")
        strictEqual(callbacks.length, expected.callbacks)
      }
      const whole = yield* openProjection(":memory:")
      whole.take(rows)
      for (const table of tables) deepStrictEqual([...projection.rows(table)], [...whole.rows(table)])
    }),
  )
