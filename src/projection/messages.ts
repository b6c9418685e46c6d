import { messageCreated, messageDeleted, messageRedacted, messageStatusChanged } from "../carriers/delivery/entries.ts"
import { dataCleared } from "../core/entries.ts"
import { changes, insertInto, instant, type Part, statement } from "./Part.ts"

/** The carrier's messages, as its API shows them now. Ids are the seqs of the entries that rows began with. */
export const messagesPart: Part = {
  tables: ["messages"],
  create: `
    CREATE TABLE messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      message_sid TEXT UNIQUE NOT NULL,
      provider TEXT NOT NULL,
      from_number TEXT NOT NULL,
      to_number TEXT NOT NULL,
      body TEXT,
      status TEXT NOT NULL,
      callback_url TEXT,
      created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      account_sid TEXT NOT NULL,
      direction TEXT NOT NULL,
      messaging_service_sid TEXT,
      num_segments INTEGER NOT NULL,
      num_media INTEGER NOT NULL,
      error_code INTEGER,
      sent_at TIMESTAMP
    );
    CREATE INDEX messages_by_status ON messages (status);`,
  prepare: (db) => {
    const create = insertInto(db, "messages", [
      "id",
      "message_sid",
      "provider",
      "from_number",
      "to_number",
      "body",
      "status",
      "callback_url",
      "created_at",
      "updated_at",
      "account_sid",
      "direction",
      "messaging_service_sid",
      "num_segments",
      "num_media",
      "sent_at",
    ])
    const change = statement(
      db,
      `UPDATE messages SET status = @status, error_code = @error_code, updated_at = @at, from_number = coalesce(@from, from_number),
         num_segments = coalesce(@num_segments, num_segments), sent_at = CASE @status WHEN 'sent' THEN @at ELSE sent_at END
       WHERE message_sid = @sid`,
    )
    const redact = statement(db, "UPDATE messages SET body = '', updated_at = @at WHERE message_sid = @sid")
    const remove = statement(db, "DELETE FROM messages WHERE message_sid = @sid")
    const clear = statement(db, "DELETE FROM messages")
    return [
      changes(messageCreated, ({ at, data, seq, subject }) => {
        create({
          id: seq,
          message_sid: subject,
          provider: "twilio",
          from_number: data.from,
          to_number: data.to,
          body: data.body,
          status: data.status,
          callback_url: data.status_callback ?? null,
          created_at: instant(at),
          updated_at: instant(at),
          account_sid: data.account_sid,
          direction: data.direction,
          messaging_service_sid: data.messaging_service_sid ?? null,
          num_segments: data.num_segments,
          num_media: data.num_media,
          sent_at: data.direction === "inbound" ? instant(at) : null,
        })
      }),
      changes(messageStatusChanged, ({ at, data, subject }) => {
        change({
          sid: subject,
          at: instant(at),
          status: data.status,
          error_code: data.error_code ?? null,
          // A sender and its segments come with the plan of a service's message.
          from: data.plan === undefined ? null : (data.from ?? null),
          num_segments: data.plan === undefined ? null : (data.num_segments ?? null),
        })
      }),
      changes(messageRedacted, ({ at, subject }) => redact({ sid: subject, at: instant(at) })),
      changes(messageDeleted, ({ subject }) => remove({ sid: subject })),
      changes(dataCleared, ({ data: { what } }) => {
        if (what === "messages" || what === "all") clear({})
      }),
    ]
  },
}
