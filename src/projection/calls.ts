import {
  callCreated,
  callDeleted,
  callPartyDetected,
  callStatusChanged,
  callUpdated,
} from "../carriers/twilio/calls/entries.ts"
import { dataCleared } from "../core/entries.ts"
import { changes, insertInto, instant, type Part, statement } from "./Part.ts"

/** The carrier's calls, as its API shows them now: one that has left the queue and does not ring yet is `queued`. */
export const callsPart: Part = {
  tables: ["calls"],
  create: `
    CREATE TABLE calls (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      call_sid TEXT UNIQUE NOT NULL,
      provider TEXT NOT NULL,
      from_number TEXT NOT NULL,
      to_number TEXT NOT NULL,
      status TEXT NOT NULL,
      callback_url TEXT,
      twiml_url TEXT,
      created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      account_sid TEXT NOT NULL,
      direction TEXT NOT NULL,
      parent_call_sid TEXT,
      answered_by TEXT,
      answered_at TIMESTAMP,
      ended_at TIMESTAMP
    );
    CREATE INDEX calls_by_status ON calls (status);`,
  prepare: (db) => {
    const create = insertInto(db, "calls", [
      "id",
      "call_sid",
      "provider",
      "from_number",
      "to_number",
      "status",
      "callback_url",
      "twiml_url",
      "created_at",
      "updated_at",
      "account_sid",
      "direction",
      "parent_call_sid",
    ])
    const change = statement(
      db,
      `UPDATE calls SET status = @status, updated_at = @at,
         answered_at = CASE @status WHEN 'in-progress' THEN coalesce(answered_at, @at) ELSE answered_at END,
         ended_at = CASE WHEN @ended THEN @at ELSE ended_at END
       WHERE call_sid = @sid`,
    )
    const update = statement(
      db,
      `UPDATE calls SET updated_at = @at, callback_url = coalesce(@callback_url, callback_url),
         twiml_url = CASE WHEN @instructed THEN @twiml_url ELSE twiml_url END
       WHERE call_sid = @sid`,
    )
    const detect = statement(db, "UPDATE calls SET answered_by = @answered_by WHERE call_sid = @sid")
    const remove = statement(db, "DELETE FROM calls WHERE call_sid = @sid")
    const clear = statement(db, "DELETE FROM calls")
    return [
      changes(callCreated, ({ at, data, seq, subject }) => {
        create({
          id: seq,
          call_sid: subject,
          provider: "twilio",
          from_number: data.from,
          to_number: data.to,
          status: shown(data.status),
          callback_url: data.reports?.url ?? null,
          twiml_url: data.instructions.url ?? null,
          created_at: instant(at),
          updated_at: instant(at),
          account_sid: data.account_sid,
          direction: data.direction,
          parent_call_sid: data.parent_call_sid ?? null,
        })
      }),
      changes(callStatusChanged, ({ at, data, subject }) => {
        change({ sid: subject, at: instant(at), status: shown(data.status), ended: running.has(data.status) ? 0 : 1 })
      }),
      changes(callUpdated, ({ at, data, subject }) => {
        update({
          sid: subject,
          at: instant(at),
          callback_url: data.reports?.url ?? null,
          instructed: data.instructions === undefined ? 0 : 1,
          twiml_url: data.instructions?.url ?? null,
        })
      }),
      changes(callPartyDetected, ({ data, subject }) => detect({ sid: subject, answered_by: data.answered_by })),
      changes(callDeleted, ({ subject }) => remove({ sid: subject })),
      changes(dataCleared, ({ data: { what } }) => {
        if (what === "calls" || what === "all") clear({})
      }),
    ]
  },
}

/** The status of the resource: `initiated` is told by callbacks alone. */
const shown = (status: string): string => (status === "initiated" ? "queued" : status)

const running: ReadonlySet<string> = new Set(["queued", "initiated", "ringing", "in-progress"])
