import { codesIn, linksIn } from "../../carriers/delivery/found.ts"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { iso } from "../../core/Instant.ts"
import type { Candidate, ExpectationKind } from "./ExpectationKind.ts"
import type { Ledger } from "./Ledger.ts"

export const message: ExpectationKind = {
  key: "message",
  nouns: ["message", "messages"],
  summary: "Messages of the run, sent or received, as they are now",
  fields: {
    sid: "Its SID",
    account_sid: "The account it belongs to",
    messaging_service_sid: "The messaging service it was sent by, or null",
    direction: "inbound, outbound-api, outbound-call or outbound-reply",
    from: "Who sent it, or null while a service has not chosen",
    to: "Who gets it",
    body: "Its text",
    codes: "One-time codes in its text, likeliest first",
    links: "Addresses in its text",
    status: "What became of it",
    statuses: "Every status it has had, oldest first",
    error_code: "Why it failed, or null",
    num_media: "How many media it has",
    num_segments: "How many segments it takes",
    created: "When it was created, ISO 8601",
    sent: "When it was sent, ISO 8601, or null",
  },
  candidates: (ledger) => [...ledger.stage.messages()].reverse().map((seen) => candidate(seen, ledger)),
}

const candidate = (seen: SeenMessage, ledger: Ledger): Candidate => ({
  id: seen.sid,
  subject: seen.sid,
  fields: {
    sid: seen.sid,
    account_sid: seen.accountSid,
    messaging_service_sid: seen.serviceSid ?? null,
    direction: seen.direction,
    from: seen.from === "" ? null : seen.from,
    to: seen.to,
    body: seen.body,
    // Looked for only where somebody asks for them.
    get codes() {
      return codesIn(seen.body)
    },
    get links() {
      return linksIn(seen.body)
    },
    status: seen.status,
    statuses: ledger.statusesOf(seen.sid),
    error_code: seen.errorCode ?? null,
    num_media: seen.numMedia,
    num_segments: seen.numSegments,
    get created() {
      return iso(seen.created)
    },
    get sent() {
      return seen.sent === undefined ? null : iso(seen.sent)
    },
  },
})
