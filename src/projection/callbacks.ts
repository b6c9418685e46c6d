import { messageCreated, messageDeleted, messageStatusChanged } from "../carriers/delivery/entries.ts"
import { callCreated, callDeleted, callStatusChanged } from "../carriers/twilio/calls/entries.ts"
import type { Entry } from "../core/Entry.ts"
import {
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../core/entries.ts"
import { eventOf } from "../network/callbackEvent.ts"
import { changes, insertInto, instant, jsonOfPairs, type Part, statement } from "./Part.ts"

/**
 * What happened to messages and calls, status by status, with what became of the callback that told it; and every request that left,
 * callbacks and others, attempt by attempt. Ids are the seqs of the entries: of a status, and of a request.
 */
export const callbacksPart: Part = {
  tables: ["delivery_events", "callback_logs"],
  create: `
    CREATE TABLE delivery_events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message_sid TEXT,
      call_sid TEXT,
      event_type TEXT NOT NULL,
      status TEXT NOT NULL,
      callback_sent BOOLEAN DEFAULT FALSE,
      callback_response TEXT,
      created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      error_code INTEGER
    );
    CREATE INDEX delivery_events_by_message ON delivery_events (message_sid) WHERE message_sid IS NOT NULL;
    CREATE INDEX delivery_events_by_call ON delivery_events (call_sid) WHERE call_sid IS NOT NULL;
    CREATE TABLE callback_logs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      target_url TEXT NOT NULL,
      payload TEXT NOT NULL,
      status_code INTEGER,
      response_body TEXT,
      attempt_number INTEGER DEFAULT 1,
      created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      purpose TEXT NOT NULL,
      subject TEXT NOT NULL,
      method TEXT NOT NULL,
      token TEXT NOT NULL,
      error TEXT,
      ended_at TIMESTAMP,
      delivery_event_id INTEGER
    );
    CREATE INDEX callback_logs_by_token ON callback_logs (token);
    CREATE INDEX callback_logs_by_subject ON callback_logs (subject);`,
  prepare: (db) => [...eventChanges(db), ...requestChanges(db)],
}

const eventChanges = (db: Parameters<Part["prepare"]>[0]) => {
  const columns = ["id", "message_sid", "call_sid", "event_type", "status", "created_at", "error_code", "callback_sent"]
  const add = insertInto(db, "delivery_events", columns)
  const event = (
    { at, seq, subject, type }: Entry<unknown>,
    kind: "message" | "call",
    { error_code, status }: { readonly error_code?: number | undefined; readonly status: string },
  ) =>
    add({
      id: seq,
      message_sid: kind === "message" ? subject : null,
      call_sid: kind === "call" ? subject : null,
      event_type: type,
      status,
      created_at: instant(at),
      error_code: error_code ?? null,
      callback_sent: 0,
    })
  const removeOfMessage = statement(db, "DELETE FROM delivery_events WHERE message_sid = @sid")
  const removeOfCall = statement(db, "DELETE FROM delivery_events WHERE call_sid = @sid")
  const clearMessages = statement(db, "DELETE FROM delivery_events WHERE message_sid IS NOT NULL")
  const clearCalls = statement(db, "DELETE FROM delivery_events WHERE call_sid IS NOT NULL")
  return [
    changes(messageCreated, (entry) => event(entry, "message", entry.data)),
    changes(messageStatusChanged, (entry) => event(entry, "message", entry.data)),
    changes(callCreated, (entry) => event(entry, "call", { status: entry.data.status })),
    changes(callStatusChanged, (entry) => event(entry, "call", { status: entry.data.status })),
    changes(messageDeleted, ({ subject }) => removeOfMessage({ sid: subject })),
    changes(callDeleted, ({ subject }) => removeOfCall({ sid: subject })),
    changes(dataCleared, ({ data: { what } }) => {
      if (what === "messages" || what === "all") clearMessages({})
      if (what === "calls" || what === "all") clearCalls({})
    }),
  ]
}

const requestChanges = (db: Parameters<Part["prepare"]>[0]) => {
  // Later attempts and copies tell of what the first attempt of their token does; that one follows from the status, or from a fault's timer.
  const request = statement(
    db,
    `INSERT INTO callback_logs (id, target_url, payload, attempt_number, created_at, purpose, subject, method, token, delivery_event_id)
     VALUES (@id, @target_url, @payload, @attempt_number, @created_at, @purpose, @subject, @method, @token,
       CASE @purpose WHEN 'callback' THEN coalesce(
         (SELECT delivery_event_id FROM callback_logs WHERE token = @token AND delivery_event_id IS NOT NULL ORDER BY id LIMIT 1),
         (SELECT id FROM delivery_events WHERE id = @cause),
         (SELECT id FROM delivery_events WHERE message_sid = @subject AND status = @event ORDER BY id DESC LIMIT 1),
         (SELECT id FROM delivery_events WHERE call_sid = @subject AND status = @event ORDER BY id DESC LIMIT 1)) END)`,
  )
  const sent = statement(
    db,
    `UPDATE delivery_events SET callback_sent = 1 WHERE id = (SELECT delivery_event_id FROM callback_logs WHERE id = @id)`,
  )
  const end = statement(
    db,
    `UPDATE callback_logs SET status_code = @status_code, response_body = @response_body, error = @error, ended_at = @at WHERE id = @id`,
  )
  const answered = statement(
    db,
    `UPDATE delivery_events SET callback_response = @response
     WHERE id = (SELECT delivery_event_id FROM callback_logs WHERE id = @id)`,
  )
  const clear = statement(db, "DELETE FROM callback_logs")
  const ended = ({ at, cause, data }: Entry<OutboundAnswered | OutboundFailed>) => {
    const failed = "reason" in data
    const error = failed ? [data.reason, data.detail].filter((text) => text !== undefined).join(": ") : null
    const known = end({
      id: cause,
      at: instant(at),
      status_code: failed ? null : data.status,
      response_body: failed || typeof data.body !== "string" ? null : data.body,
      error,
    })
    if (known > 0) answered({ id: cause, response: failed ? data.reason : String(data.status) })
  }
  return [
    changes(outboundRequested, ({ at, cause, data, seq, subject }) => {
      request({
        id: seq,
        cause,
        target_url: data.url,
        payload: data.json ?? jsonOfPairs(data.params),
        attempt_number: data.attempt,
        created_at: instant(at),
        purpose: data.purpose,
        subject,
        method: data.method,
        token: data.token,
        event: eventOf(data.params) ?? null,
      })
      if (data.purpose === "callback") sent({ id: seq })
    }),
    changes(outboundAnswered, ended),
    changes(outboundFailed, ended),
    changes(dataCleared, ({ data: { what } }) => {
      if (what === "callbacks" || what === "all") clear({})
    }),
  ]
}
