import { decode } from "../../core/Entry.ts"
import { iso } from "../../core/Instant.ts"
import type { ExpectationKind } from "./ExpectationKind.ts"
import { fits } from "./patterns.ts"

export const logEntry: ExpectationKind = {
  key: "log",
  nouns: ["log entry", "log entries"],
  summary: "Entries of the log",
  fields: {
    type: "Its type, such as message.status-changed",
    subject: "The SID or id it is about",
    kind: "input or outcome",
    seq: "Its place in the log",
    cause: "The seq of the entry it follows from; 0 if none",
    at: "When, ISO 8601",
    data: "What it says",
  },
  *candidates(ledger, { subject: aboutWanted, type: typeWanted }) {
    for (const row of ledger.rows) {
      // Data is read only of those that can fit; a log may be long.
      if (typeWanted !== undefined && !fits(typeWanted, row.type)) continue
      if (aboutWanted !== undefined && !fits(aboutWanted, row.subject)) continue
      const { at, cause, data, kind, seq, subject, type } = decode(row)
      yield { id: `entry ${seq}`, subject, fields: { type, subject, kind, seq, cause, at: iso(at), data } }
    }
  },
}
