import { CallDirection, CallStatus } from "../../carriers/twilio/calls/entries.ts"
import { iso } from "../../core/Instant.ts"
import { expectationKind } from "./ExpectationKind.ts"
import type { Ledger, PlacedCall } from "./Ledger.ts"

/** What of one kind is heard or done in a call. */
const heard = (what: string, field: "digits" | "text") => (call: PlacedCall, ledger: Ledger) =>
  transcriptOf(call, ledger).flatMap((line) => (line.what === what && line[field] !== undefined ? [line[field]] : []))

const transcriptOf = ({ sid }: PlacedCall, ledger: Ledger) => ledger.stage.calls.transcript(ledger.about(sid))

export const call = expectationKind<PlacedCall>({
  key: "call",
  nouns: ["call", "calls"],
  summary: "Calls of the run, made or received, as they are now",
  fields: {
    sid: { is: "Its SID", of: ({ sid }) => sid },
    account_sid: { is: "The account it belongs to", of: ({ data }) => data.account_sid },
    parent_call_sid: { is: "The call whose <Dial> made it, or null", of: ({ data }) => data.parent_call_sid ?? null },
    direction: {
      is: "inbound, outbound-api or outbound-dial",
      holds: { oneOf: CallDirection.literals },
      of: ({ data }) => data.direction,
    },
    from: { is: "Who calls", of: ({ data }) => data.from },
    to: { is: "Who is called", of: ({ data }) => data.to },
    status: {
      is: "What became of it",
      holds: { oneOf: CallStatus.literals },
      of: ({ sid }, { stage }) => stage.calls.stateOf(sid)?.status ?? null,
    },
    statuses: {
      is: "Every status it has had, oldest first",
      holds: { shape: "list", oneOf: CallStatus.literals },
      of: ({ sid }, ledger) => ledger.statusesOf(sid),
    },
    said: { is: "Texts it has said, oldest first", holds: { shape: "list" }, of: heard("said", "text") },
    spoke: { is: "What the other end has said", holds: { shape: "list" }, of: heard("spoke", "text") },
    pressed: { is: "Keys the other end has pressed", holds: { shape: "list" }, of: heard("pressed", "digits") },
    heard: {
      is: "What was heard and done, each in a word: answered, said, pressed, gathered, completed …",
      holds: { shape: "list" },
      of: (item, ledger) => transcriptOf(item, ledger).map(({ what }) => what),
    },
    created: { is: "When it was created, ISO 8601", of: ({ at }) => iso(at) },
  },
  items: (ledger) => ledger.calls,
  id: ({ sid }) => sid,
  subject: ({ sid }) => sid,
})
