import { dataCleared, timerFired } from "../core/entries.ts"
import {
  attemptAnswered,
  attemptChosen,
  receiptArrived,
  requestAccepted,
  requestCancelled,
  requestDeadLettered,
  requestResent,
  requestRetried,
  requestSettled,
} from "../gateway/entries.ts"
import { requestStatuses } from "../gateway/requests.ts"
import { queueTimer } from "../gateway/sending.ts"
import { type Change, changes, insertInto, instant, type Part, statement } from "./Part.ts"

type Database = Parameters<Part["prepare"]>[0]

const statuses = requestStatuses.map((status) => `'${status}'`).join(", ")

/**
 * The gateway's requests as they stand now, and what each provider said of them, attempt by attempt. Ids of responses and receipts are the seqs
 * of their entries.
 */
export const gatewayPart: Part = {
  tables: ["gateway_requests", "gateway_responses", "gateway_receipts"],
  create: `
    CREATE TABLE gateway_requests (
      id TEXT PRIMARY KEY NOT NULL,
      phone TEXT NOT NULL,
      text TEXT NOT NULL,
      priority TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN (${statuses})),
      provider TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      direct TEXT,
      send_at TIMESTAMP,
      idempotency_key TEXT,
      dead_letter_reason TEXT,
      detail TEXT,
      created_at TIMESTAMP NOT NULL,
      updated_at TIMESTAMP NOT NULL
    );
    CREATE INDEX gateway_requests_by_status ON gateway_requests (status);
    CREATE INDEX gateway_requests_scheduled ON gateway_requests (send_at) WHERE status = 'scheduled';
    CREATE TABLE gateway_responses (
      id INTEGER PRIMARY KEY,
      request_id TEXT NOT NULL REFERENCES gateway_requests (id),
      attempt INTEGER NOT NULL,
      provider TEXT NOT NULL,
      outcome TEXT,
      status_code INTEGER,
      code TEXT,
      reason TEXT,
      provider_message_id TEXT,
      cost_micros INTEGER,
      currency TEXT,
      created_at TIMESTAMP NOT NULL,
      answered_at TIMESTAMP,
      UNIQUE (request_id, attempt)
    );
    CREATE INDEX gateway_responses_by_message ON gateway_responses (provider, provider_message_id);
    CREATE TABLE gateway_receipts (
      id INTEGER PRIMARY KEY,
      request_id TEXT,
      provider TEXT NOT NULL,
      provider_message_id TEXT NOT NULL,
      status TEXT NOT NULL,
      told TEXT NOT NULL,
      code TEXT,
      cost_micros INTEGER,
      currency TEXT,
      created_at TIMESTAMP NOT NULL
    );
    CREATE INDEX gateway_receipts_by_message ON gateway_receipts (provider, provider_message_id);`,
  prepare: (db) => [...requestChanges(db), ...attemptChanges(db), ...receiptChanges(db), ...clearing(db)],
}

const requestChanges = (db: Database): ReadonlyArray<Change> => {
  const columns = ["id", "phone", "text", "priority", "status", "direct", "send_at", "idempotency_key"]
  const add = insertInto(db, "gateway_requests", [...columns, "created_at", "updated_at"])
  const stand = statement(
    db,
    `UPDATE gateway_requests SET status = @status, updated_at = @at, dead_letter_reason = @reason, detail = @detail WHERE id = @id`,
  )
  const promote = statement(
    db,
    "UPDATE gateway_requests SET status = 'pending', updated_at = @at WHERE status = 'scheduled' AND send_at <= @at",
  )
  const becomes = (
    id: string,
    at: number,
    status: string,
    reason: string | null = null,
    detail: string | null = null,
  ) => stand({ id, at: instant(at), status, reason, detail })
  return [
    changes(requestAccepted, ({ at, data, subject }) => {
      const { direct, idempotency, phone, priority, send_at, text } = data
      add({
        ...{ id: subject, phone, text, priority },
        status: send_at !== undefined ? "scheduled" : direct !== undefined ? "sending" : "pending",
        direct: direct ?? null,
        send_at: send_at === undefined ? null : instant(send_at),
        idempotency_key: idempotency?.key ?? null,
        ...{ created_at: instant(at), updated_at: instant(at) },
      })
    }),
    changes(timerFired, ({ at, data: { key } }) => {
      if (key === queueTimer) promote({ at: instant(at) })
    }),
    changes(requestRetried, ({ at, subject }) => becomes(subject, at, "pending")),
    changes(requestResent, ({ at, subject }) => becomes(subject, at, "pending")),
    changes(requestCancelled, ({ at, subject }) => becomes(subject, at, "cancelled")),
    changes(requestSettled, ({ at, data: { status }, subject }) => becomes(subject, at, status)),
    changes(requestDeadLettered, ({ at, data: { detail, reason }, subject }) =>
      becomes(subject, at, reason === "unsure" ? "unsure" : "failed", reason, detail ?? null),
    ),
  ]
}

const attemptChanges = (db: Database): ReadonlyArray<Change> => {
  const choose = statement(
    db,
    `UPDATE gateway_requests SET status = 'sending', attempts = @attempt, provider = @provider, updated_at = @at WHERE id = @id`,
  )
  // One of a request that is not there is passed over.
  const add = statement(
    db,
    `INSERT INTO gateway_responses (id, request_id, attempt, provider, created_at)
     SELECT @seq, id, @attempt, @provider, @at FROM gateway_requests WHERE id = @id`,
  )
  // An answer to the question what became of an attempt adds to what is known. Receipts may have come before the answer.
  const answer = statement(
    db,
    `UPDATE gateway_responses SET outcome = @outcome, status_code = coalesce(@status, status_code), code = coalesce(@code, code),
       reason = coalesce(@reason, reason), provider_message_id = coalesce(@message, provider_message_id),
       cost_micros = coalesce(@micros, cost_micros), currency = coalesce(@currency, currency), answered_at = @at
     WHERE request_id = @id AND attempt = @attempt`,
  )
  const priceByReceipt = statement(
    db,
    `UPDATE gateway_responses SET (cost_micros, currency) =
       (SELECT cost_micros, currency FROM gateway_receipts
        WHERE provider = @provider AND provider_message_id = @message ORDER BY id DESC LIMIT 1)
     WHERE request_id = @id AND attempt = @attempt AND cost_micros IS NULL`,
  )
  const take = statement(
    db,
    `UPDATE gateway_requests SET updated_at = @at, status = CASE @outcome WHEN 'accepted' THEN 'sent' ELSE status END WHERE id = @id`,
  )
  return [
    changes(attemptChosen, ({ at, data: { attempt, provider }, seq, subject }) => {
      const values = { id: subject, attempt, provider, at: instant(at) }
      choose(values)
      add({ ...values, seq })
    }),
    changes(attemptAnswered, ({ at, data, subject }) => {
      const { attempt, code, cost, outcome, provider, provider_message_id, reason, status } = data
      const known = answer({
        ...{ id: subject, attempt, outcome, at: instant(at) },
        ...{ status: status ?? null, code: code ?? null, reason: reason ?? null, message: provider_message_id ?? null },
        ...{ micros: cost?.micros ?? null, currency: cost?.currency ?? null },
      })
      if (known > 0) take({ id: subject, outcome, at: instant(at) })
      if (known > 0 && outcome === "accepted" && provider_message_id !== undefined)
        priceByReceipt({ id: subject, attempt, provider, message: provider_message_id })
    }),
  ]
}

const receiptChanges = (db: Database): ReadonlyArray<Change> => {
  const columns = ["id", "request_id", "provider", "provider_message_id", "status", "told", "code", "created_at"]
  const add = insertInto(db, "gateway_receipts", [...columns, "cost_micros", "currency"])
  const price = statement(
    db,
    `UPDATE gateway_responses SET cost_micros = @micros, currency = @currency
     WHERE cost_micros IS NULL AND id =
       (SELECT max(id) FROM gateway_responses WHERE provider = @provider AND provider_message_id = @message)`,
  )
  return [
    changes(receiptArrived, ({ at, data, seq, subject }) => {
      const { code = null, cost, provider, provider_message_id, status, told } = data
      const request_id = subject === "" ? null : subject
      const receipt = { provider, provider_message_id, status, told, code, created_at: instant(at) }
      add({ id: seq, request_id, ...receipt, cost_micros: cost?.micros ?? null, currency: cost?.currency ?? null })
      if (cost !== undefined) price({ provider, message: provider_message_id, ...cost })
    }),
  ]
}

const clearing = (db: Database): ReadonlyArray<Change> => {
  // Rows that others name go behind them.
  const clear = gatewayPart.tables.toReversed().map((table) => statement(db, `DELETE FROM ${table}`))
  return [
    changes(dataCleared, ({ data: { what } }) => {
      if (what === "all") for (const each of clear) each({})
    }),
  ]
}
