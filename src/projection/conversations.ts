import {
  conversationClosed,
  conversationLanguageDetected,
  conversationMerged,
  conversationReopened,
  conversationStarted,
  conversationUpdated,
  deliveryStatuses,
  messageAccepted,
  messageComposed,
  messageDelayed,
  messageFailed,
  messageReceived,
  statusesTied,
  statusReceived,
  tenantAsked,
  tenantLookedUp,
} from "../conversations/entries.ts"
import { sendPurpose } from "../conversations/state.ts"
import { apiRequested, dataCleared, outboundRequested } from "../core/entries.ts"
import { type Change, changes, insertInto, instant, jsonOfPairs, type Part, statement } from "./Part.ts"

type Database = Parameters<Part["prepare"]>[0]

const statuses = deliveryStatuses.map((status) => `'${status}'`).join(", ")
const languages = "'en', 'es', 'pt', 'unknown'"

/**
 * The conversation service's numbers, messages and status callbacks as they stand now, and every webhook that it was sent, whatever
 * became of it. Confidence from 0 to 1.
 */
export const conversationsPart: Part = {
  tables: ["sms_conversations", "sms_messages", "sms_message_status_events", "sms_webhooks"],
  create: `
    CREATE TABLE sms_conversations (
      id TEXT PRIMARY KEY NOT NULL,
      phone_number_canonical TEXT NOT NULL UNIQUE,
      phone_number_original TEXT NOT NULL,
      tenant_id TEXT,
      workflow_type TEXT,
      workflow_id TEXT,
      language_detected TEXT NOT NULL DEFAULT 'unknown' CHECK (language_detected IN (${languages})),
      language_confidence NUMERIC NOT NULL DEFAULT 0 CHECK (language_confidence BETWEEN 0 AND 1),
      last_message_at TIMESTAMP NOT NULL,
      created_at TIMESTAMP NOT NULL,
      updated_at TIMESTAMP NOT NULL,
      status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed', 'merged')),
      merged_into TEXT REFERENCES sms_conversations (id),
      tenant_lookup TEXT CHECK (tenant_lookup IN ('found', 'none', 'failed')),
      tenant_lookup_reason TEXT
    );
    CREATE INDEX sms_conversations_by_activity ON sms_conversations (last_message_at);
    CREATE INDEX sms_conversations_by_tenant ON sms_conversations (tenant_id) WHERE tenant_id IS NOT NULL;
    CREATE TABLE sms_messages (
      id TEXT PRIMARY KEY NOT NULL,
      conversation_id TEXT NOT NULL REFERENCES sms_conversations (id),
      direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
      twilio_sid TEXT UNIQUE,
      from_number TEXT NOT NULL,
      to_number TEXT NOT NULL,
      message_content TEXT NOT NULL,
      delivery_status TEXT NOT NULL CHECK (delivery_status IN (${statuses})),
      raw_webhook_data TEXT,
      created_at TIMESTAMP NOT NULL,
      updated_at TIMESTAMP NOT NULL,
      error_code TEXT,
      reason TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      num_media INTEGER NOT NULL,
      language_detected TEXT NOT NULL DEFAULT 'unknown' CHECK (language_detected IN (${languages})),
      language_confidence NUMERIC NOT NULL DEFAULT 0
    );
    CREATE INDEX sms_messages_by_conversation ON sms_messages (conversation_id);
    CREATE TABLE sms_message_status_events (
      id INTEGER PRIMARY KEY,
      message_id TEXT REFERENCES sms_messages (id),
      event_status TEXT NOT NULL CHECK (event_status IN (${statuses})),
      error_code TEXT,
      raw_webhook_data TEXT,
      created_at TIMESTAMP NOT NULL,
      twilio_sid TEXT NOT NULL,
      moved BOOLEAN NOT NULL
    );
    CREATE INDEX sms_message_status_events_by_message ON sms_message_status_events (message_id);
    CREATE INDEX sms_message_status_events_untied ON sms_message_status_events (twilio_sid) WHERE message_id IS NULL;
    CREATE TABLE sms_webhooks (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      signature TEXT,
      raw_webhook_data TEXT NOT NULL,
      created_at TIMESTAMP NOT NULL
    );`,
  prepare: (db) => [
    ...webhookChanges(db),
    ...conversationChanges(db),
    ...messageChanges(db),
    ...statusChanges(db),
    ...clearing(db),
  ],
}

const webhookChanges = (db: Database): ReadonlyArray<Change> => {
  const add = insertInto(db, "sms_webhooks", ["id", "path", "signature", "raw_webhook_data", "created_at"])
  return [
    changes(apiRequested, ({ at, data, seq }) => {
      if (data.api !== "conversations" || !data.path.startsWith("/webhook/")) return
      const payload = jsonOfPairs(data.params)
      add({
        id: seq,
        path: data.path,
        signature: data.signature ?? null,
        raw_webhook_data: payload,
        created_at: instant(at),
      })
    }),
  ]
}

const conversationChanges = (db: Database): ReadonlyArray<Change> => {
  const start = insertInto(db, "sms_conversations", [
    "id",
    "phone_number_canonical",
    "phone_number_original",
    "last_message_at",
    "created_at",
    "updated_at",
  ])
  const set = (what: string) => statement(db, `UPDATE sms_conversations SET ${what}, updated_at = @at WHERE id = @id`)
  const update = set(
    `tenant_id = CASE WHEN @tenant_said THEN @tenant_id ELSE tenant_id END,
     workflow_id = CASE WHEN @id_said THEN @workflow_id ELSE workflow_id END,
     workflow_type = CASE WHEN @type_said THEN @workflow_type ELSE workflow_type END`,
  )
  const stand = set("status = @status")
  const detect = set("language_detected = @language, language_confidence = @confidence_bp / 10000.0")
  const lookUp = set(
    "tenant_lookup = @outcome, tenant_lookup_reason = @reason, tenant_id = coalesce(@tenant_id, tenant_id)",
  )
  const ask = set("tenant_lookup = NULL, tenant_lookup_reason = NULL")
  const merge = set("status = 'merged', merged_into = @into")
  const gain = statement(
    db,
    `UPDATE sms_conversations SET updated_at = @at,
       last_message_at = max(last_message_at, (SELECT last_message_at FROM sms_conversations WHERE id = @id))
     WHERE id = @into`,
  )
  const moveMessages = statement(db, "UPDATE sms_messages SET conversation_id = @into WHERE conversation_id = @id")
  const known = db.prepare<[string], number>("SELECT 1 FROM sms_conversations WHERE id = ?").pluck()
  return [
    changes(conversationStarted, ({ at, data, subject }) => {
      const now = instant(at)
      start({
        id: subject,
        phone_number_canonical: data.number,
        phone_number_original: data.original,
        last_message_at: now,
        created_at: now,
        updated_at: now,
      })
    }),
    changes(conversationUpdated, ({ at, data, subject }) => {
      update({
        id: subject,
        at: instant(at),
        tenant_said: data.tenant_id === undefined ? 0 : 1,
        tenant_id: data.tenant_id ?? null,
        id_said: data.workflow_id === undefined ? 0 : 1,
        workflow_id: data.workflow_id ?? null,
        type_said: data.workflow_type === undefined ? 0 : 1,
        workflow_type: data.workflow_type ?? null,
      })
    }),
    changes(conversationClosed, ({ at, subject }) => stand({ id: subject, at: instant(at), status: "closed" })),
    changes(conversationReopened, ({ at, subject }) => stand({ id: subject, at: instant(at), status: "open" })),
    changes(conversationMerged, ({ at, data: { into }, subject }) => {
      if (known.get(into) === undefined) return
      if (merge({ id: subject, at: instant(at), into }) === 0) return
      moveMessages({ id: subject, into })
      gain({ id: subject, into, at: instant(at) })
    }),
    changes(conversationLanguageDetected, ({ at, data: { confidence_bp, language }, subject }) => {
      detect({ id: subject, at: instant(at), language, confidence_bp })
    }),
    changes(tenantAsked, ({ at, subject }) => ask({ id: subject, at: instant(at) })),
    changes(tenantLookedUp, ({ at, data: { outcome, reason, tenant_id }, subject }) => {
      lookUp({ id: subject, at: instant(at), outcome, reason: reason ?? null, tenant_id: tenant_id ?? null })
    }),
  ]
}

const messageChanges = (db: Database): ReadonlyArray<Change> => {
  // One of a conversation that is not there is passed over.
  const add = statement(
    db,
    `INSERT INTO sms_messages (id, conversation_id, direction, twilio_sid, from_number, to_number, message_content, delivery_status,
       raw_webhook_data, created_at, updated_at, num_media, language_detected, language_confidence)
     SELECT @id, id, @direction, @sid, @from, @to, @body, @status,
       (SELECT raw_webhook_data FROM sms_webhooks WHERE id = @payload), @at, @at, @num_media, @language, @confidence_bp / 10000.0
     FROM sms_conversations WHERE id = @conversation`,
  )
  const touch = statement(
    db,
    "UPDATE sms_conversations SET last_message_at = @at, updated_at = @at WHERE id = @conversation",
  )
  const set = (what: string) => statement(db, `UPDATE sms_messages SET ${what}, updated_at = @at WHERE id = @id`)
  const accept = set("twilio_sid = @sid, delivery_status = @status, reason = NULL")
  const delay = set("reason = @reason")
  const fail = set("delivery_status = @status, reason = @reason, error_code = @code")
  const attempt = statement(db, "UPDATE sms_messages SET attempts = @attempt WHERE id = @id")
  return [
    changes(messageReceived, ({ at, cause, data, subject }) => {
      const { conversation } = data
      add({
        ...{ id: subject, conversation, direction: "inbound", sid: data.sid, from: data.from, to: data.to },
        ...{ body: data.body, status: "received", payload: cause, at: instant(at) },
        ...{ num_media: data.num_media, language: data.language, confidence_bp: data.confidence_bp },
      })
      touch({ conversation, at: instant(at) })
    }),
    changes(messageComposed, ({ at, data, subject }) => {
      const { conversation } = data
      add({
        ...{ id: subject, conversation, direction: "outbound", sid: null, from: data.from, to: data.to },
        ...{ body: data.body, status: "pending", payload: null, at: instant(at) },
        ...{ num_media: data.media?.length ?? 0, language: "unknown", confidence_bp: 0 },
      })
      touch({ conversation, at: instant(at) })
    }),
    changes(messageAccepted, ({ at, data: { sid, status }, subject }) => {
      accept({ id: subject, at: instant(at), sid, status })
    }),
    changes(messageDelayed, ({ at, data: { reason }, subject }) => delay({ id: subject, at: instant(at), reason })),
    changes(messageFailed, ({ at, data: { code, reason, status }, subject }) => {
      fail({ id: subject, at: instant(at), status, reason, code: code ?? null })
    }),
    changes(outboundRequested, ({ data, subject }) => {
      if (data.purpose === sendPurpose) attempt({ id: subject, attempt: data.attempt })
    }),
  ]
}

const statusChanges = (db: Database): ReadonlyArray<Change> => {
  const add = statement(
    db,
    `INSERT INTO sms_message_status_events (id, message_id, event_status, error_code, raw_webhook_data, created_at, twilio_sid, moved)
     VALUES (@id, (SELECT id FROM sms_messages WHERE id = @message), @status, @error_code,
       (SELECT raw_webhook_data FROM sms_webhooks WHERE id = @payload), @at, @sid, @moved)`,
  )
  const name = statement(
    db,
    "UPDATE sms_messages SET updated_at = @at, twilio_sid = coalesce(twilio_sid, @sid) WHERE id = @message",
  )
  const move = statement(
    db,
    "UPDATE sms_messages SET delivery_status = @status, error_code = @error_code, reason = NULL WHERE id = @message",
  )
  const tied = db.prepare<[string, string], { readonly event_status: string; readonly error_code: string | null }>(
    `SELECT event_status, error_code FROM sms_message_status_events
     WHERE twilio_sid = ? AND message_id IS NULL AND event_status = ? ORDER BY id DESC LIMIT 1`,
  )
  const tie = statement(
    db,
    `UPDATE sms_message_status_events SET message_id = @message
     WHERE twilio_sid = @sid AND message_id IS NULL AND EXISTS (SELECT 1 FROM sms_messages WHERE id = @message)`,
  )
  const touch = statement(db, "UPDATE sms_messages SET updated_at = @at WHERE id = @message")
  return [
    changes(statusReceived, ({ at, cause, data, seq, subject: message }) => {
      const { error_code = null, sid, status } = data
      const moved = data.moves === true
      add({ id: seq, message, status, error_code, payload: cause, at: instant(at), sid, moved: moved ? 1 : 0 })
      name({ message, sid, at: instant(at) })
      if (moved) move({ message, status, error_code })
    }),
    changes(statusesTied, ({ at, data: { sid, status }, subject: message }) => {
      const last = status === undefined ? undefined : tied.get(sid, status)
      tie({ message, sid })
      touch({ message, at: instant(at) })
      if (last !== undefined) move({ message, status: last.event_status, error_code: last.error_code })
    }),
  ]
}

const clearing = (db: Database): ReadonlyArray<Change> => {
  const unmerge = statement(db, "UPDATE sms_conversations SET merged_into = NULL WHERE merged_into IS NOT NULL")
  // Rows that others name go behind them.
  const clear = conversationsPart.tables.toReversed().map((table) => statement(db, `DELETE FROM ${table}`))
  return [
    changes(dataCleared, ({ data: { what } }) => {
      if (what !== "all") return
      unmerge({})
      for (const each of clear) each({})
    }),
  ]
}
