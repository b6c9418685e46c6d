import { decode, type Row } from "../../core/Entry.ts"
import { iso } from "../../core/Instant.ts"
import { expectationKind } from "./ExpectationKind.ts"
import { fits } from "./patterns.ts"

export const logEntry = expectationKind<Row>({
  key: "log",
  nouns: ["log entry", "log entries"],
  summary: "Entries of the log",
  fields: {
    type: { is: "Its type, such as message.status-changed", holds: { oneOf: "entry types" }, of: ({ type }) => type },
    subject: { is: "The SID or id it is about", of: ({ subject }) => subject },
    kind: { is: "input or outcome", holds: { oneOf: ["input", "outcome"] }, of: ({ kind }) => kind },
    seq: { is: "Its place in the log", holds: { shape: "number" }, of: ({ seq }) => seq },
    cause: {
      is: "The seq of the entry it follows from; 0 if none",
      holds: { shape: "number" },
      of: ({ cause }) => cause,
    },
    at: { is: "When, ISO 8601", of: ({ at }) => iso(at) },
    data: { is: "What it says", holds: { shape: "any", plain: true }, of: (row) => decode(row).data },
  },
  // Data is read only of those that can fit; a log may be long.
  items: ({ rows }, { subject, type }) =>
    subject === undefined && type === undefined
      ? rows
      : rows.filter(
          (row) =>
            (type === undefined || fits(type, row.type)) && (subject === undefined || fits(subject, row.subject)),
        ),
  id: ({ seq }) => `entry ${seq}`,
  subject: ({ subject }) => subject,
})
